"""Fixtures of the tests of attachments."""

import pytest

from services.messaging.context import MessagingContext
from tests.services.messaging.attachments.files import Files
from tests.services.messaging.people import Team


@pytest.fixture
async def files(messaging: MessagingContext, team: Team, objects_server: None) -> Files:
    """A group of the first two of the team, to which files can be uploaded."""
    await messaging.objects.ensure_bucket(messaging.settings.attachments_bucket)
    files = Files(context=messaging, team=team, conversation=await team[0].group(team[1]))
    await files.look()  # at what other tests left due
    return files
