"""The one place where a database connection learns whose rows it may see.

SQLAlchemy's asyncpg dialect begins a transaction by `Connection.execute("BEGIN …;")` at the first statement. This
subclass appends the tenant to that text, so that BEGIN and the setting cost one round trip. The tests check the
versions that this was written for.
"""

from typing import Any
from uuid import UUID

import asyncpg


class TenantConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """An asyncpg connection whose transactions are bound to `tenant_id`, where one is set."""

    __slots__ = ("tenant_id",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_id: UUID | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        if self.tenant_id is not None and query.startswith("BEGIN"):
            # A UUID prints as hex digits and dashes only, so that it can stand in the text.
            query = f"{query} SET LOCAL app.tenant_id = '{UUID(int=self.tenant_id.int)}';"
        status: str = await super().execute(query, *args, timeout=timeout)
        return status
