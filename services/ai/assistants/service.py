"""Assistants: each is what its current version says; every change makes another, and any can be taken up again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import announce
from libs.common.ids import new_id
from libs.common.members import Member
from libs.common.paging import Page, PageRequest, page_of
from libs.contracts.ai import AssistantChanged
from services.ai.assistants import repository
from services.ai.assistants.errors import (
    AssistantNameTaken,
    AssistantNotFound,
    UnknownKnowledge,
    UnknownModel,
    VersionNotFound,
)
from services.ai.assistants.models import Assistant, AssistantVersion
from services.ai.assistants.schemas import AssistantAnswer, NewAssistant, VersionAnswer
from services.ai.context import AiContext

LIST, VERSIONS = "assistants", "assistant_versions"


async def create(context: AiContext, session: AsyncSession, member: Member, wanted: NewAssistant) -> AssistantAnswer:
    """Raises AssistantNameTaken, UnknownKnowledge, UnknownModel."""
    await _require_known(context, session, wanted)
    assistant_id, now = new_id(), datetime.now(UTC)
    made = await repository.add(
        session, tenant_id=member.tenant_id, assistant_id=assistant_id, name=wanted.name, now=now
    )
    if not made:
        raise AssistantNameTaken
    await repository.add_version(session, _version(member, assistant_id, 1, wanted, now=now))
    made_known = AssistantChanged(tenant_id=member.tenant_id, assistant_id=assistant_id, active=True, version=1)
    await announce(session, made_known)
    return await read(session, assistant_id)


async def change(
    context: AiContext, session: AsyncSession, member: Member, assistant_id: UUID, wanted: NewAssistant
) -> AssistantAnswer:
    """Makes another version, which answers from now on.

    Raises:
        AssistantNotFound, AssistantNameTaken, UnknownKnowledge, UnknownModel
    """
    await _lock(session, assistant_id)
    await _require_known(context, session, wanted)
    if await repository.has_name(session, wanted.name, besides=assistant_id):
        raise AssistantNameTaken
    now, number = datetime.now(UTC), await repository.latest_number(session, assistant_id) + 1
    await repository.add_version(session, _version(member, assistant_id, number, wanted, now=now))
    await repository.set_current(session, assistant_id, number=number, name=wanted.name, now=now)
    session.expire_all()
    return await read(session, assistant_id)


async def take_up(session: AsyncSession, assistant_id: UUID, number: int) -> AssistantAnswer:
    """An earlier version answers again. Raises AssistantNotFound, VersionNotFound."""
    assistant = await _lock(session, assistant_id)
    if await repository.find_version(session, assistant_id, number) is None:
        raise VersionNotFound
    await repository.set_current(session, assistant_id, number=number, name=assistant.name, now=datetime.now(UTC))
    session.expire_all()
    return await read(session, assistant_id)


async def find(session: AsyncSession, assistant_id: UUID, *, number: int | None = None) -> AssistantVersion:
    """The version that answers, or the one with this number. Raises AssistantNotFound, VersionNotFound."""
    found = await repository.find(session, assistant_id)
    if found is None:
        raise AssistantNotFound
    if number is None:
        return found[1]
    version = await repository.find_version(session, assistant_id, number)
    if version is None:
        raise VersionNotFound
    return version


async def read(session: AsyncSession, assistant_id: UUID) -> AssistantAnswer:
    """Raises AssistantNotFound."""
    found = await repository.find(session, assistant_id)
    if found is None:
        raise AssistantNotFound
    return _answer(*found)


async def delete(session: AsyncSession, assistant_id: UUID) -> None:
    """Raises AssistantNotFound."""
    tenant_id = (await _lock(session, assistant_id)).tenant_id
    await repository.remove(session, assistant_id)
    await announce(session, AssistantChanged(tenant_id=tenant_id, assistant_id=assistant_id, active=False, version=2))


async def page(context: AiContext, tenant_id: UUID, paging: PageRequest) -> Page[AssistantAnswer]:
    """Raises BadCursor."""
    before = None
    if paging.cursor is not None:
        before = UUID(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=LIST)[0])
    async with context.database.tenant_session(tenant_id) as session:
        found = await repository.page(session, before=before, limit=paging.limit + 1)
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last[0].id], tenant_id=tenant_id, query=LIST),
    )
    return Page(items=[_answer(*one) for one in items], next_cursor=cursor)


async def versions(context: AiContext, tenant_id: UUID, assistant_id: UUID, paging: PageRequest) -> Page[VersionAnswer]:
    """Raises AssistantNotFound, BadCursor."""
    query = f"{VERSIONS}:{assistant_id}"
    before = None
    if paging.cursor is not None:
        before = int(context.cursors.decode(paging.cursor, tenant_id=tenant_id, query=query)[0])
    async with context.database.tenant_session(tenant_id) as session:
        await read(session, assistant_id)
        found = await repository.versions(session, assistant_id, before=before, limit=paging.limit + 1)
    items, cursor = page_of(
        found,
        limit=paging.limit,
        cursor_after=lambda last: context.cursors.encode([last.number], tenant_id=tenant_id, query=query),
    )
    return Page(items=[version_answer(one) for one in items], next_cursor=cursor)


def version_answer(version: AssistantVersion) -> VersionAnswer:
    """As it crosses the wire."""
    return VersionAnswer.model_validate(version, from_attributes=True)


def _answer(assistant: Assistant, version: AssistantVersion) -> AssistantAnswer:
    return AssistantAnswer(
        id=assistant.id,
        name=assistant.name,
        current=version_answer(version),
        created_at=assistant.created_at,
        updated_at=assistant.updated_at,
    )


def _version(
    member: Member, assistant_id: UUID, number: int, wanted: NewAssistant, *, now: datetime
) -> AssistantVersion:
    return AssistantVersion(
        tenant_id=member.tenant_id,
        id=new_id(),
        assistant_id=assistant_id,
        number=number,
        author_id=member.user_id,
        created_at=now,
        **wanted.model_dump(exclude={"name"}),
    )


async def _lock(session: AsyncSession, assistant_id: UUID) -> Assistant:
    found = await repository.lock(session, assistant_id)
    if found is None:
        raise AssistantNotFound
    return found


async def _require_known(context: AiContext, session: AsyncSession, wanted: NewAssistant) -> None:
    if wanted.model is not None and wanted.model not in context.models.names:
        raise UnknownModel(tuple(context.models.names))
    known = await repository.known_bases(session, wanted.knowledge_base_ids)
    unknown: Sequence[int] = [index for index, one in enumerate(wanted.knowledge_base_ids) if one not in known]
    if unknown:
        raise UnknownKnowledge(unknown[0])
