"""Which messages have some tokens. It is asked as the platform, with the tenant in the query.

Under row-level security PostgreSQL uses an index only for operators that it trusts not to leak (`LEAKPROOF`), and those
of arrays are not among them: the application's role would read every message of the tenant. What comes back is ids
alone; the messages themselves are read as the tenant, under its policy, and the tokens are the tenant's own secret.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

LATEST = 5_000
MAX_WORDS = 8
_BEFORE = "(CAST(:before AS uuid) IS NULL OR y.message_id < CAST(:before AS uuid))"
# Both are put apart before the order is asked for, or PostgreSQL might follow the order through every message.
_LATEST = f"""
    SELECT z.* FROM (
        SELECT * FROM message_search y WHERE y.tenant_id = :tenant_id AND {_BEFORE}
        ORDER BY y.message_id DESC LIMIT {LATEST}
    ) z WHERE true {{words}}
"""  # noqa: S608  # constants
_INDEXED = f"SELECT * FROM message_search y WHERE y.tenant_id = :tenant_id AND {_BEFORE} {{words}}"  # noqa: S608
_CANDIDATES = """
    WITH found AS MATERIALIZED ({found})
    SELECT x.message_id FROM found x
    WHERE x.conversation_id IN (
        SELECT p.conversation_id FROM conversation_member p WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id
    )
    ORDER BY x.message_id DESC
    LIMIT :limit
"""


def _query(found: str, words: int) -> TextClause:
    has_all = " ".join(f"AND tokens && CAST(:word_{number} AS bigint[])" for number in range(words))
    return text(_CANDIDATES.format(found=found.format(words=has_all)))


# A statement for each number of words, so that each is prepared once.
_AMONG_LATEST = [_query(_LATEST, words) for words in range(MAX_WORDS + 1)]
_BY_INDEX = [_query(_INDEXED, words) for words in range(MAX_WORDS + 1)]


async def candidates(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    user_id: UUID,
    tokens: Sequence[Sequence[int]],
    before: UUID | None,
    limit: int,
) -> Sequence[UUID]:
    """Messages with one of each list of `tokens`, in conversations that the person takes part in, newest first.

    `tokens` has `MAX_WORDS` lists at the most. First the latest messages of the business are looked through: a word
    that stands in every other one is found there at once, while the index would bring them all. What is not found so is
    rare enough for the index.
    """
    values: dict[str, Any] = {"tenant_id": tenant_id, "user_id": user_id, "before": before, "limit": limit}
    values |= {f"word_{number}": list(of_word) for number, of_word in enumerate(tokens)}
    found = (await session.scalars(_AMONG_LATEST[len(tokens)], values)).all()
    if len(found) == limit:
        return found
    return (await session.scalars(_BY_INDEX[len(tokens)], values)).all()
