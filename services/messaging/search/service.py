"""Search over sealed messages: candidates by their tokens, then unsealed and looked at.

See `docs/adr/0009-search-over-sealed-messages.md` for the choice and what it reveals.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.messaging.context import MessagingContext
from services.messaging.conversations import access, member_repository
from services.messaging.keys.service import TextsUnreadable
from services.messaging.messages import repository, views
from services.messaging.messages.schemas import MessageAnswer
from services.messaging.search import lookups
from services.messaging.search.schemas import Found, Hit
from services.messaging.search.tokens import SHORTEST_PREFIX, Word, tokens_of_words, words_in

MAX_FOUND = 100


async def search(
    context: MessagingContext,
    *,
    tenant_id: UUID,
    user_id: UUID,
    query: str,
    conversation_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> tuple[list[Hit], UUID | None]:
    """Up to `limit` messages that the person may read and that have every word of `query`, newest first.

    The first eight words count. A word of three letters or more finds what begins with it; a shorter one finds itself.
    `before` is a message that
    the newest hit is older than; the second value is that of the next page, None on the last one.

    Raises:
        ConversationNotFound: `conversation_id` is given, and the person takes no part in it.
        TextsUnreadable: the business's key cannot be used.
    """
    ring = await context.rings.ring(tenant_id)
    if ring.search_key is None:
        raise TextsUnreadable
    words = list(dict.fromkeys(word.folded for word in words_in(query)))[: lookups.MAX_WORDS]
    async with context.database.tenant_session(tenant_id) as session:
        within = await _conversations(session, user_id, conversation_id)
    if not words:
        return [], None
    async with context.database.system_session() as session:
        ids = await lookups.candidates(
            session,
            tenant_id=tenant_id,
            user_id=user_id,
            tokens=tokens_of_words(words, ring.search_key, within),
            before=before,
            limit=limit + 1,
        )
    more = len(ids) > limit
    found = await _read(context, tenant_id, ids[:limit])
    hits = [Hit(message=message, found=places) for message in found if (places := _places(message.text or "", words))]
    return hits, ids[limit - 1] if more else None


async def _conversations(session: AsyncSession, user_id: UUID, one: UUID | None) -> Sequence[UUID]:
    if one is None:
        return await member_repository.conversations_of(session, user_id)
    await access.see(session, one, user_id)
    return [one]


async def _read(context: MessagingContext, tenant_id: UUID, ids: Sequence[UUID]) -> list[MessageAnswer]:
    async with context.database.tenant_session(tenant_id) as session:
        rows = await repository.read_messages(session, ids)
    rows |= await context.archive.find(tenant_id, [one for one in ids if one not in rows])
    return await views.answers(context.rings, tenant_id, [rows[one] for one in ids if one in rows])


def _places(text: str, words: Sequence[str]) -> list[Found]:
    """Where the words of the query are in the text; none unless each of them is there."""
    said = list(words_in(text))
    if not all(any(_answers(word, asked) for word in said) for asked in words):
        return []
    hits = [word for word in said if any(_answers(word, asked) for asked in words)]
    return [Found(start=_utf16(text[: one.start]), end=_utf16(text[: one.end])) for one in hits[:MAX_FOUND]]


def _answers(word: Word, asked: str) -> bool:
    return word.folded.startswith(asked) if len(asked) >= SHORTEST_PREFIX else word.folded == asked


def _utf16(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
