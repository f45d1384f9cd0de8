"""Idempotency keys: a write that is sent again with its key answers as it did the first time (IETF draft
`draft-ietf-httpapi-idempotency-key-header`). The answer is kept for 24 hours, encrypted under the key itself.

The write, and the note that it was done, are one transaction; while it runs, the same key is refused.
"""

import hashlib
import os
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.platform_tables import IdempotencyRow
from libs.common.problems import Conflict, Unprocessable

NONCE_BYTES = 12


class KeyInUse(Conflict):
    code = "idempotency_key_in_use"
    default_detail = (
        "A request with this Idempotency-Key is being worked on. Wait for its answer, or send it again later."
    )


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used for another request. Use a new key for a new request."


class Idempotency:
    """The request's key, if it sent one, and what it is bound to: method, path and body."""

    def __init__(self, key: str | None, fingerprint: bytes) -> None:
        self._key = None if key is None else key.encode()
        self._fingerprint = fingerprint

    async def run(
        self,
        session: AsyncSession,
        tenant_id: UUID,
        write: Callable[[], Awaitable[BaseModel]],
        *,
        status: int = 201,
    ) -> Response:
        """The answer of `write`, or the one that was given to the same request before.

        Raises:
            KeyInUse: the same key is being worked on.
            KeyReused: the key came with another request.
        """
        if self._key is None:
            return _answer((await write()).model_dump_json().encode(), status)
        row_id = hashlib.sha256(b"id:" + self._key).digest()
        await _hold(session, tenant_id, row_id)
        known = await session.scalar(select(IdempotencyRow).where(IdempotencyRow.id == row_id))
        if known is not None:
            if known.fingerprint != self._fingerprint:
                raise KeyReused
            return _answer(self._decrypt(known.answer, tenant_id), status, replayed=True)
        body = (await write()).model_dump_json().encode()
        await session.execute(
            insert(IdempotencyRow).values(
                tenant_id=tenant_id,
                id=row_id,
                fingerprint=self._fingerprint,
                answer=self._encrypt(body, tenant_id),
            )
        )
        return _answer(body, status)

    def _cipher(self) -> AESGCM:
        return AESGCM(hashlib.sha256(b"answer:" + (self._key or b"")).digest())

    def _encrypt(self, body: bytes, tenant_id: UUID) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, body, tenant_id.bytes)

    def _decrypt(self, answer: bytes, tenant_id: UUID) -> bytes:
        return self._cipher().decrypt(answer[:NONCE_BYTES], answer[NONCE_BYTES:], tenant_id.bytes)


async def idempotency(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=8,
            max_length=255,
            description="Send a write again with the same key and it is done once.",
        ),
    ] = None,
) -> Idempotency:
    """The FastAPI dependency."""
    bound = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Idempotency(idempotency_key, hashlib.sha256(bound).digest())


async def _hold(session: AsyncSession, tenant_id: UUID, row_id: bytes) -> None:
    lock = int.from_bytes(hashlib.sha256(tenant_id.bytes + row_id).digest()[:8], "big", signed=True)
    if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock}):
        raise KeyInUse


def _answer(body: bytes, status: int, *, replayed: bool = False) -> Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return Response(body, status, headers, "application/json")
