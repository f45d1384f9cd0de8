"""What the contract suites of the ports need of AWS: an emulator beside the test process."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings


@pytest.fixture(scope="session")
def aws() -> Iterator[AwsSettings]:
    """Settings of an emulated AWS account."""
    command = [sys.executable, "-m", "tests.contracts.ports.moto_program"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield AwsSettings(
                endpoint_url=f"http://127.0.0.1:{port}",
                access_key_id=SecretStr("emulated"),
                secret_access_key=SecretStr("emulated"),
            )
        finally:
            process.terminate()
