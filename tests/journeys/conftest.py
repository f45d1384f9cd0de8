"""One running platform for each test worker."""

from collections.abc import Iterator

import pytest

from tests.support.platform import Owner, Platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = Platform(tmp_path_factory.mktemp("platform") / "home")
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def owner(platform: Platform) -> Owner:
    return Owner.sign_up(platform)
