"""Cursor-paged lists. A cursor is signed and bound to its tenant and query, so that it opens no other list."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import BaseModel

from libs.common.problems import BadCursor

Item = TypeVar("Item")
MAX_LIMIT = 100


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None


class PageRequest(BaseModel):
    """`?limit=&cursor=` of a list."""

    limit: int
    cursor: str | None


def page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items at the most.")] = 20,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    """The FastAPI dependency that reads a page's parameters."""
    return PageRequest(limit=limit, cursor=cursor)


class Cursors:
    """Makes and reads cursors. `key` is a secret of the service, 32 bytes or more."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, position: Sequence[Any], *, tenant_id: UUID, query: str) -> str:
        """`position` is what the next page starts after: JSON values, in the list's order."""
        body = orjson.dumps(list(position), default=str)
        return base64.urlsafe_b64encode(self._signature(body, tenant_id, query) + body).decode().rstrip("=")

    def decode(self, cursor: str, *, tenant_id: UUID, query: str) -> list[Any]:
        """The position.

        Raises:
            BadCursor: it was made for another tenant or list, or was altered.
        """
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise BadCursor from None
        signature, body = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, self._signature(body, tenant_id, query)):
            raise BadCursor
        position: list[Any] = orjson.loads(body)
        return position

    def _signature(self, body: bytes, tenant_id: UUID, query: str) -> bytes:
        bound = tenant_id.bytes + query.encode() + b"\0" + body
        return hmac.new(self._key, bound, hashlib.sha256).digest()[:16]


def page_of(
    found: Sequence[Item], *, limit: int, cursor_after: Callable[[Item], str]
) -> tuple[Sequence[Item], str | None]:
    """Cuts `found`, read with one row more than `limit`, into the page's items and its next cursor."""
    if len(found) <= limit:
        return found, None
    items = found[:limit]
    return items, cursor_after(items[-1])
