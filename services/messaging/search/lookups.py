"""Which messages have some tokens. It is asked as the platform, with the tenant in the query.

Under row-level security PostgreSQL uses an index only for operators that it trusts not to leak (`LEAKPROOF`), and those
of arrays are not among them: the application's role would read every message of the tenant. What comes back is ids
alone; the messages themselves are read as the tenant, under its policy, and the tokens are the tenant's own secret.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_CANDIDATES = text("""
    SELECT x.message_id FROM message_search x
    WHERE x.tenant_id = :tenant_id
      AND x.tokens @> CAST(:tokens AS bigint[])
      AND x.conversation_id IN (
          SELECT p.conversation_id FROM conversation_member p
          WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id
            AND (CAST(:conversation_id AS uuid) IS NULL OR p.conversation_id = :conversation_id)
      )
      AND (CAST(:before AS uuid) IS NULL OR x.message_id < CAST(:before AS uuid))
    ORDER BY x.message_id DESC
    LIMIT :limit
""")


async def candidates(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    user_id: UUID,
    tokens: Sequence[int],
    conversation_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> Sequence[UUID]:
    """Messages with all `tokens` in conversations that the person takes part in, newest first."""
    values = {
        "tenant_id": tenant_id,
        "user_id": user_id,
        "tokens": list(tokens),
        "conversation_id": conversation_id,
        "before": before,
        "limit": limit,
    }
    return (await session.scalars(_CANDIDATES, values)).all()
