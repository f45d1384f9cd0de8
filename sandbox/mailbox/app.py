"""The sandbox's mailbox: takes every mail of the platform, sends nothing, and shows it as JSON or as a page."""

import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Header, Query
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.adapters.mail.port import Mail
from libs.common.problems import NotFound, Unauthenticated, install_problem_handlers
from sandbox.mailbox.pages import STYLE_HASH, list_page, message_page
from sandbox.mailbox.store import MailStore, StoredMessage, now

_PAGE_POLICY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# A mail's own HTML runs nothing, knows no origin and fetches nothing but inline images; its links may be followed.
_MAIL_POLICY = _PAGE_POLICY | {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
}


class MailboxServerSettings(BaseModel):
    """Where messages are kept, and the secret that whoever sends must show."""

    model_config = ConfigDict(frozen=True)

    path: Path
    secret: SecretStr = Field(min_length=16)


StoreOf = Callable[[], MailStore]


def create_app(settings: MailboxServerSettings) -> FastAPI:
    """The mailbox; its file is opened when the application starts."""
    opened: list[MailStore] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        opened.append(MailStore(settings.path))
        try:
            yield
        finally:
            opened.pop().close()

    app = FastAPI(title="StackPro sandbox mailbox", lifespan=lifespan)
    install_problem_handlers(app)
    app.include_router(_reading(lambda: opened[0]))
    app.include_router(_delivering(lambda: opened[0], settings.secret.get_secret_value()))
    return app


def _reading(store: StoreOf) -> APIRouter:
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("/messages")

    @router.get("/livez", operation_id="mailbox_alive")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/messages", operation_id="list_messages", response_model=list[StoredMessage])
    async def list_messages(
        accept: Annotated[str, Header()] = "",
        to: Annotated[str | None, Query(description="Only messages to this address.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    ) -> Response:
        messages = store().newest(to=to or None, limit=limit)
        if "text/html" in accept:
            return HTMLResponse(list_page(messages, to=to or None), headers=_PAGE_POLICY)
        return JSONResponse([message.model_dump(mode="json") for message in messages])

    @router.get("/messages/{message_id}", operation_id="show_message", response_model=StoredMessage)
    async def show_message(message_id: str, accept: Annotated[str, Header()] = "") -> Response:
        message = _found(store(), message_id)
        if "text/html" in accept:
            return HTMLResponse(message_page(message), headers=_PAGE_POLICY)
        return JSONResponse(message.model_dump(mode="json"))

    @router.get("/messages/{message_id}/html", include_in_schema=False)
    async def show_html(message_id: str) -> Response:
        # Its links open beside the mailbox, not inside the frame.
        html = '<base target="_blank">' + (_found(store(), message_id).html or "")
        return HTMLResponse(html, headers=_MAIL_POLICY)

    return router


def _delivering(store: StoreOf, secret: str) -> APIRouter:
    router = APIRouter()

    @router.post("/messages", operation_id="deliver_message", status_code=201)
    async def deliver_message(
        mail: Mail, response: Response, authorization: Annotated[str, Header()] = ""
    ) -> dict[str, str]:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {secret}".encode()):
            raise Unauthenticated
        if not store().add(_stored(mail)):
            response.status_code = 200
        return {"id": str(mail.id)}

    return router


def _found(store: MailStore, message_id: str) -> StoredMessage:
    message = store.find(message_id)
    if message is None:
        raise NotFound
    return message


def _stored(mail: Mail) -> StoredMessage:
    return StoredMessage(
        id=str(mail.id),
        to=list(mail.to),
        sender=mail.sender or "",
        from_name=mail.from_name or "",
        reply_to=mail.reply_to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=mail.headers,
        tags=mail.tags,
        received_at=now(),
    )
