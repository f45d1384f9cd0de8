"""PostgreSQL for one service: `tenant_session` for one tenant's rows, `system_session` for the platform's own work.

A session is one transaction: it commits when its block ends and rolls back when the block raises. Row-level security
refuses everything else, so a query that forgets its tenant sees no row.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, DateTime, MetaData, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from libs.common.failpoints import failpoint
from libs.common.tenant_connection import TenantConnection

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Metadata with the platform's constraint names. Every service has its own, for its own database."""
    return MetaData(naming_convention=NAMING)


class TableTypes:
    """Mix-in of every service's declarative base: how Python types become columns.

    `class Base(TableTypes, DeclarativeBase): metadata = new_metadata()`
    """

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


def open_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine on asyncpg. The pool is not reset by a query: every session ends its own transaction.

    `pool_size` connections serve usual load, and twice as many a burst. Those of a burst stay: to open one takes longer
    than what it is opened for, so that a pool which gave them up again would be slowest when it is needed most.
    """
    return create_async_engine(
        url,
        pool_size=2 * pool_size,
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=5,
        pool_recycle=1800,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"connection_class": TenantConnection, "timeout": 5},
    )


class Database:
    """The database of one service, by its two roles.

    `app_url` logs in as the role that row-level security binds to one tenant at a time; `system_url` as the role that
    the policies `TO stackpro_system` let pass. Both are `postgresql+asyncpg://` URLs.
    """

    def __init__(self, *, app_url: str, system_url: str, pool_size: int = 10) -> None:
        self._app = open_engine(app_url, pool_size=pool_size)
        self._system = open_engine(system_url, pool_size=max(2, pool_size // 2))

    @asynccontextmanager
    async def tenant_session(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """One transaction that sees and writes the rows of `tenant_id`, and no others."""
        async with AsyncSession(self._app, expire_on_commit=False) as session:
            connection = await session.connection()
            driver = (await connection.get_raw_connection()).driver_connection
            if not isinstance(driver, TenantConnection):
                raise TypeError("the engine was not opened by open_engine")
            driver.tenant_id = tenant_id
            try:
                yield session
                await _commit(session)
            except BaseException:
                await session.rollback()
                raise
            finally:
                driver.tenant_id = None

    @asynccontextmanager
    async def platform_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction of the application's role for tables that belong to no tenant; it sees no tenant's row."""
        async with _transaction(self._app) as session:
            yield session

    @asynccontextmanager
    async def system_session(self) -> AsyncIterator[AsyncSession]:
        """One transaction that sees every tenant's rows. For look-ups, sweeps, relay, inbox and operators only."""
        async with _transaction(self._system) as session:
            yield session

    async def ping(self) -> None:
        """Raises unless PostgreSQL answers."""
        async with self.system_session() as session:
            await session.execute(text("SELECT 1"))

    def pool_status(self) -> dict[str, str]:
        """How many connections are in use, by role, for `/health`."""
        return {"app": self._app.pool.status(), "system": self._system.pool.status()}

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._app.dispose()
        await self._system.dispose()


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        try:
            yield session
            await _commit(session)
        except BaseException:
            await session.rollback()
            raise


async def _commit(session: AsyncSession) -> None:
    failpoint("database.commit.before")
    await session.commit()
    failpoint("database.commit.after")
