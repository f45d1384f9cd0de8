"""What the contract suites of the ports need of AWS: an emulator inside the test process."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings


@pytest.fixture(scope="session")
def aws() -> Iterator[AwsSettings]:
    """Settings of an emulated AWS account."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield AwsSettings(
            endpoint_url=f"http://{host}:{port}",
            access_key_id=SecretStr("emulated"),
            secret_access_key=SecretStr("emulated"),
        )
    finally:
        server.stop()
