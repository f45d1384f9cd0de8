"""Messages as their readers see them: rows made into answers, texts unsealed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.messaging.attachments.values import named, sealed_name
from services.messaging.keys.service import KeyRings, opened
from services.messaging.messages.schemas import MessageAnswer, ReactionAnswer
from services.messaging.stream.wire import message_bound


async def answers(rings: KeyRings, tenant_id: UUID, rows: Sequence[Row[Any]]) -> list[MessageAnswer]:
    """The answers for rows with `repository.COLUMNS`.

    Where a text's key is newer than this process knows, another session is opened for it.
    """
    sealed = {message_bound(row.id, row.revision): row.text for row in rows if row.text is not None}
    for attachment in (one for row in rows for one in row.attachments or ()):
        sealed |= sealed_name(attachment)
    texts = await opened(rings, tenant_id, sealed) if sealed else {}
    return [_answer(row, texts) for row in rows]


async def answer(rings: KeyRings, tenant_id: UUID, row: Row[Any]) -> MessageAnswer:
    """The answer for one row; see `answers`."""
    return (await answers(rings, tenant_id, [row]))[0]


def _answer(row: Row[Any], texts: Mapping[bytes, str | None]) -> MessageAnswer:
    text = None if row.text is None else texts[message_bound(row.id, row.revision)]
    return MessageAnswer(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        number=row.number,
        version=row.version,
        sender_id=row.sender_id,
        client_message_id=row.client_message_id,
        text=text,
        unreadable=row.text is not None and text is None,
        mentions=row.mentions,
        mentions_all=row.mentions_all,
        thread_root_id=row.thread_root_id,
        reply_count=row.reply_count,
        last_reply_at=row.last_reply_at,
        reactions=list(_reactions(row.reactions or ())),
        attachments=[named(one, texts) for one in row.attachments or ()],
        revision=row.revision,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
    )


def _reactions(pairs: Iterable[tuple[str, str]]) -> Iterable[ReactionAnswer]:
    for emoji, group in groupby(pairs, key=lambda pair: pair[0]):
        yield ReactionAnswer(emoji=emoji, user_ids=[UUID(user_id) for _, user_id in group])
