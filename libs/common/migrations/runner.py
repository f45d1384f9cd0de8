"""Brings a service's database to the newest revision, and tells whether it is there."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine


def _configuration(folder: Path) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(folder).replace("%", "%%"))
    return configuration


def _upgrade(connection: Connection, configuration: Config, revision: str) -> None:
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, revision)


async def migrate(folder: Path, owner_url: str, *, revision: str = "head") -> None:
    """Applies the revisions in `folder` as the database's owner. Safe to run again, and by several at once."""
    engine = create_async_engine(owner_url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(hashtext('stackpro.migrate'))"))
            await connection.commit()
            await connection.run_sync(_upgrade, _configuration(folder), revision)
    finally:
        await engine.dispose()


def known_revisions(folder: Path) -> tuple[str, frozenset[str]]:
    """The head that the code was built for, and every revision it knows.

    Raises:
        ValueError: the history has no head, or several.
    """
    script = ScriptDirectory.from_config(_configuration(folder))
    heads = script.get_heads()
    if len(heads) != 1:
        raise ValueError(f"{folder} must have one head, but has {sorted(heads)}")
    return heads[0], frozenset(_revisions(script))


def _revisions(script: ScriptDirectory) -> Iterable[str]:
    return (revision.revision for revision in script.walk_revisions())


async def schema_is_current(session: AsyncSession, head: str, known: frozenset[str]) -> bool:
    """True at the head, and past it: a revision this code does not know was made by a newer release."""
    revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision == head or (revision is not None and revision not in known)
