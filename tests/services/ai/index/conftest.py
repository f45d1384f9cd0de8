"""A fresh library for each test, on this worker's database of ai."""

from collections.abc import AsyncIterator

import pytest

from libs.common.database import Database
from tests.services.ai.index.library import Library
from tests.support.databases import ServiceDatabase


@pytest.fixture(scope="session")
async def index_database(ai_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = ai_database.open()
    yield database
    await database.aclose()


@pytest.fixture
async def library(index_database: Database) -> Library:
    """A business with an empty knowledge base."""
    return await Library(index_database).opened()


@pytest.fixture
async def neighbour(index_database: Database) -> Library:
    """Another business."""
    return await Library(index_database).opened()
