"""messaging with an archive in a file, and people who use it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from libs.adapters.history import History, LocalHistorySettings
from libs.common.application import create_application
from libs.common.failpoints import configure_failpoints
from services.messaging.app import SERVICE
from services.messaging.context import MessagingContext
from services.messaging.settings import MessagingSettings
from tests.services.messaging.history.old import OldMonth, new_old_month
from tests.services.messaging.people import Team, opened_team
from tests.services.messaging.world import Business, new_business, open_messaging
from tests.support.http_server import served


@pytest.fixture(scope="session")
def archiving(settings: MessagingSettings, tmp_path_factory: pytest.TempPathFactory) -> MessagingSettings:
    path = tmp_path_factory.mktemp("history") / "messages.db"
    return settings.model_copy(update={"history": LocalHistorySettings(path=path)})


@pytest.fixture
async def messaging(archiving: MessagingSettings) -> AsyncIterator[MessagingContext]:
    async with open_messaging(archiving) as context:
        assert context.history is not None
        await context.history.ensure()
        yield context
        configure_failpoints("")


@pytest.fixture
def history(messaging: MessagingContext) -> History:
    """The archive behind `messaging`."""
    assert messaging.history is not None
    return messaging.history


@pytest.fixture(scope="session")
async def archiving_url(archiving: MessagingSettings) -> AsyncIterator[str]:
    async with served(create_application(replace(SERVICE, open_context=open_messaging), archiving)) as url:
        yield url


@pytest.fixture
async def team(archiving_url: str, business: Business) -> AsyncIterator[Team]:
    async with opened_team(archiving_url, business) as team:
        yield team


@pytest.fixture
async def strangers(archiving_url: str, messaging: MessagingContext) -> AsyncIterator[Team]:
    """The people of another business."""
    async with opened_team(archiving_url, await new_business(messaging)) as team:
        yield team


@pytest.fixture
async def month(messaging: MessagingContext, team: Team) -> OldMonth:
    """A month long past, with a conversation of which a part was written then."""
    return await new_old_month(messaging, team)
