"""All SQL of assistants and their versions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.assistants.models import Assistant, AssistantVersion
from services.ai.knowledge.models import KnowledgeBase
from services.ai.knowledge.repository import ACTIVE

Current = tuple[Assistant, AssistantVersion]


async def add(session: AsyncSession, *, tenant_id: UUID, assistant_id: UUID, name: str, now: datetime) -> bool:
    """False if another one has the name."""
    row = insert(Assistant).values(
        tenant_id=tenant_id, id=assistant_id, name=name, version=1, created_at=now, updated_at=now
    )
    once = row.on_conflict_do_nothing(index_elements=[Assistant.tenant_id, Assistant.name])
    return await session.scalar(once.returning(Assistant.id)) is not None


async def add_version(session: AsyncSession, version: AssistantVersion) -> None:
    session.add(version)
    await session.flush()


async def lock(session: AsyncSession, assistant_id: UUID) -> Assistant | None:
    """The assistant, whose versions nobody else adds to until the commit."""
    found: Assistant | None = await session.scalar(
        select(Assistant).where(Assistant.id == assistant_id).with_for_update()
    )
    return found


async def has_name(session: AsyncSession, name: str, *, besides: UUID) -> bool:
    found = select(Assistant.id).where(Assistant.name == name, Assistant.id != besides)
    return await session.scalar(found) is not None


async def latest_number(session: AsyncSession, assistant_id: UUID) -> int:
    latest = select(func.max(AssistantVersion.number)).where(AssistantVersion.assistant_id == assistant_id)
    return int(await session.scalar(latest) or 0)


async def set_current(session: AsyncSession, assistant_id: UUID, *, number: int, name: str, now: datetime) -> None:
    await session.execute(
        update(Assistant).where(Assistant.id == assistant_id).values(version=number, name=name, updated_at=now)
    )


async def find(session: AsyncSession, assistant_id: UUID) -> Current | None:
    """The assistant with the version that answers."""
    row = (await session.execute(_current().where(Assistant.id == assistant_id))).first()
    return None if row is None else (row[0], row[1])


async def find_version(session: AsyncSession, assistant_id: UUID, number: int) -> AssistantVersion | None:
    found: AssistantVersion | None = await session.scalar(
        select(AssistantVersion).where(AssistantVersion.assistant_id == assistant_id, AssistantVersion.number == number)
    )
    return found


async def page(session: AsyncSession, *, before: UUID | None, limit: int) -> Sequence[Current]:
    """The newest first."""
    wanted = _current().order_by(Assistant.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Assistant.id < before)
    return [(row[0], row[1]) for row in await session.execute(wanted)]


async def versions(
    session: AsyncSession, assistant_id: UUID, *, before: int | None, limit: int
) -> Sequence[AssistantVersion]:
    """The newest first."""
    wanted = select(AssistantVersion).where(AssistantVersion.assistant_id == assistant_id)
    if before is not None:
        wanted = wanted.where(AssistantVersion.number < before)
    return (await session.scalars(wanted.order_by(AssistantVersion.number.desc()).limit(limit))).all()


async def remove(session: AsyncSession, assistant_id: UUID) -> bool:
    """With its versions, chats and answers; False if there is none."""
    gone = delete(Assistant).where(Assistant.id == assistant_id).returning(Assistant.id)
    return await session.scalar(gone) is not None


async def known_bases(session: AsyncSession, knowledge_base_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those that there are."""
    found = select(KnowledgeBase.id).where(KnowledgeBase.id.in_(knowledge_base_ids), ACTIVE)
    return frozenset(await session.scalars(found))


def _current() -> Select[Assistant, AssistantVersion]:
    return select(Assistant, AssistantVersion).join(
        AssistantVersion,
        (AssistantVersion.tenant_id == Assistant.tenant_id)
        & (AssistantVersion.assistant_id == Assistant.id)
        & (AssistantVersion.number == Assistant.version),
    )
