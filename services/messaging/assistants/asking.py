"""Which messages assistants are to answer, and when they leave a conversation to people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import announce
from libs.contracts.messaging import AssistantAsked
from services.messaging.assistants import repository
from services.messaging.assistants.repository import Present


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message that this transaction writes. `opener_id` is who opened the conversation, of this `kind`.

    `says` is whether there is text beside the names in it.
    """

    tenant_id: UUID
    conversation_id: UUID
    kind: str
    opener_id: UUID
    message_id: UUID
    seq: int
    sender_id: UUID
    named: Collection[UUID]
    says: bool
    at: datetime


async def ask(session: AsyncSession, written: Written) -> None:
    """Asks the assistants that are to answer, and notes who took over. Call it while the stream is held."""
    present = await repository.present(session, written.conversation_id)
    if written.sender_id in {one.id for one in present}:
        return
    answering = who_answers(written, present)
    if takes_over(written, answering):
        ids = [one.id for one in present if not one.silent]
        await repository.set_silent(session, written.conversation_id, ids, silent=True)
        return
    called_back = [one.id for one in answering if one.silent]
    if called_back:
        await repository.set_silent(session, written.conversation_id, called_back, silent=False)
    if answering and written.says:
        await announce(session, *(_asked(written, one.id) for one in answering))


def who_answers(written: Written, present: Sequence[Present]) -> Sequence[Present]:
    """Those that the message names. Where it names none, the one of a direct conversation; and, to what is written to
    nobody in particular by who opened a support conversation, the first one there that is not silent."""
    named = [one for one in present if one.id in written.named]
    if named or written.kind == "group":
        return named
    if written.kind == "support" and (written.named or written.sender_id != written.opener_id):
        return ()
    return [one for one in present if not one.silent][:1]


def takes_over(written: Written, answering: Sequence[Present]) -> bool:
    """Whether the message is a person's answer in a support conversation."""
    return written.kind == "support" and written.sender_id != written.opener_id and not answering


def _asked(written: Written, assistant_id: UUID) -> AssistantAsked:
    return AssistantAsked(
        tenant_id=written.tenant_id,
        occurred_at=written.at,
        conversation_id=written.conversation_id,
        message_id=written.message_id,
        seq=written.seq,
        assistant_id=assistant_id,
        asker_id=written.sender_id,
    )
