"""Conversations as their readers see them: rows made into answers, texts unsealed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.messaging.conversations.schemas import ConversationAnswer, LastMessage
from services.messaging.keys.service import KeyRings, opened
from services.messaging.stream.wire import message_bound, title_bound


async def answers(rings: KeyRings, tenant_id: UUID, rows: Sequence[Row[Any]]) -> list[ConversationAnswer]:
    """The answers for rows of `repository.list_views`.

    Where a text's key is newer than this process knows, another session is opened for it.
    """
    sealed = {title_bound(row.id): row.title for row in rows if row.title is not None}
    sealed |= {message_bound(row.message_id, row.revision): row.text for row in rows if row.text is not None}
    texts = await opened(rings, tenant_id, sealed) if sealed else {}
    return [_answer(row, texts) for row in rows]


def _answer(row: Row[Any], texts: Any) -> ConversationAnswer:
    title = None if row.title is None else texts[title_bound(row.id)]
    return ConversationAnswer(
        id=row.id,
        kind=row.kind,
        title=title,
        unreadable=row.title is not None and title is None,
        open=row.open,
        created_by=row.created_by,
        created_at=row.created_at,
        archived_at=row.archived_at,
        last_activity_at=row.last_message_at,
        epoch=row.epoch,
        seq=row.last_seq,
        role=row.role,
        muted_until=row.muted_until,
        read_seq=row.read_seq or 0,
        unread=0 if row.role is None else max(0, row.message_count - row.read_number),
        mentions=row.mentions,
        member_count=row.member_count,
        member_ids=row.member_ids,
        last_message=None if row.message_id is None else _last_message(row, texts),
    )


def _last_message(row: Row[Any], texts: Any) -> LastMessage:
    text = None if row.text is None else texts[message_bound(row.message_id, row.revision)]
    return LastMessage(
        id=row.message_id,
        seq=row.message_seq,
        sender_id=row.sender_id,
        text=text,
        unreadable=row.text is not None and text is None,
        created_at=row.written_at,
        deleted_at=row.deleted_at,
    )
