"""What PostgreSQL refuses for the moment is answered by 503 with the time to come back; a fault stays a fault."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import exc, text

from libs.common.application import create_application
from libs.common.busy import problem_of
from libs.common.database import Database
from tests.libs.common.sample.service import SERVICE, SampleSettings
from tests.support.databases import ServiceDatabase
from tests.support.http_server import served
from tests.support.identities import as_member

SLOW = ("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)")


def refusal(sqlstate: str) -> str:
    """SQL that fails as PostgreSQL does with this SQLSTATE."""
    return f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"


@pytest.fixture(scope="module")
async def url(sample_settings: SampleSettings) -> AsyncIterator[str]:
    async with served(create_application(SERVICE, sample_settings)) as url:
        yield url


@pytest.fixture
async def locked_notes(sample_database: ServiceDatabase) -> AsyncIterator[None]:
    """Somebody else holds the table of notes."""
    owner = await asyncpg.connect(sample_database.url("owner").replace("+asyncpg", ""))
    async with owner.transaction():
        await owner.execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE")
        yield
    await owner.close()


@pytest.mark.usefixtures("locked_notes")
async def test_a_write_that_waits_too_long_for_a_lock_is_told_to_come_back(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        refused = await client.post("/v1/notes", json={"text": "hello"}, headers=as_member(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]


async def _error(database: Database, *statements: str) -> Exception:
    with pytest.raises(exc.DBAPIError) as caught:
        async with database.platform_session() as session:
            for statement in statements:
                await session.execute(text(statement))
    return caught.value


@pytest.mark.parametrize(
    "statements",
    [(refusal("40001"),), (refusal("40P01"),), (refusal("55P03"),), SLOW],
    ids=["serialization", "deadlock", "lock", "statement timeout"],
)
async def test_each_passing_refusal_of_postgresql_is_busy(database: Database, statements: tuple[str, ...]) -> None:
    problem = problem_of(await _error(database, *statements))
    assert problem is not None
    assert problem.code == "busy"


async def test_a_pool_without_a_free_connection_is_busy() -> None:
    problem = problem_of(exc.TimeoutError("QueuePool limit"))
    assert problem is not None
    assert problem.status == 503


@pytest.mark.parametrize("sqlstate", ["23505", "42P01", "22012"], ids=["unique", "no such table", "division"])
async def test_a_fault_of_a_query_is_no_busy_state(database: Database, sqlstate: str) -> None:
    assert problem_of(await _error(database, refusal(sqlstate))) is None
