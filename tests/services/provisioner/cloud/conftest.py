"""One emulated account and one opened port for all contract tests of the cloud port; each test takes new names."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.tags import stack_tags
from tests.support.emulated_cloud import EmulatedCloud, cloud_port


# For each module anew: the emulated account is one per process, and other tests of this process start their own.
@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Cloud, EmulatedCloud]]:
    async with cloud_port(tmp_path_factory.mktemp("emulated")) as both:
        yield both


@pytest.fixture
def cloud(opened: tuple[Cloud, EmulatedCloud]) -> Cloud:
    return opened[0]


@pytest.fixture
def emulated(opened: tuple[Cloud, EmulatedCloud]) -> EmulatedCloud:
    return opened[1]


@pytest.fixture
def name() -> str:
    return f"stackpro-{uuid4().hex[:12]}"


@pytest.fixture
def tags() -> dict[str, str]:
    return stack_tags(tenant=str(uuid4()), plan="business", deployment=str(uuid4()))
