"""What each frame of a client does. A frame that cannot be carried out is answered by `error` and changes nothing."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exc

from libs.common.busy import problem_of
from libs.common.members import refuse_by_mode
from libs.common.problems import Forbidden, NotFound, Problem, Unavailable
from libs.common.security.jose import InvalidToken
from libs.common.security.tokens import AccessToken
from libs.common.serve import PING_SECONDS
from services.messaging.conversations.service import move_read_position
from services.messaging.messages.service import send_message
from services.messaging.presence import service as presence
from services.messaging.realtime import signals
from services.messaging.realtime.channel import Subscription
from services.messaging.realtime.closing import ACCESS_ENDED, NOT_AUTHENTICATED
from services.messaging.realtime.connection import Connection
from services.messaging.realtime.frames import (
    Authenticate,
    Authenticated,
    FromClient,
    Ping,
    Pong,
    Read,
    Send,
    Sent,
    SetPresence,
    Subscribe,
    Typing,
    Unsubscribe,
    Watch,
    Welcome,
)
from services.messaging.realtime.node import Node
from services.messaging.realtime.subscribing import subscribe, unsubscribe

logger = structlog.get_logger()
READ, WRITE = "conversation:read", "conversation:write"
TYPING_SECONDS = 2.0


async def handle(node: Node, connection: Connection, frame: FromClient) -> None:
    """Carries out one frame."""
    if isinstance(frame, Authenticate):
        await _authenticate(node, connection, frame)
        return
    if connection.token is None:
        connection.end(NOT_AUTHENTICATED)
        return
    try:
        await _HANDLERS[type(frame)](node, connection, frame)
    except Problem as problem:
        connection.refuse(_reference(frame), problem.code, problem.detail)
    except (exc.SQLAlchemyError, OSError, TimeoutError) as error:
        passing = problem_of(error) or Unavailable()
        logger.warning("realtime.frame_failed", type=type(frame).__name__, reason=type(error).__name__)
        connection.refuse(_reference(frame), passing.code, passing.detail)


async def begin(node: Node, connection: Connection, token: AccessToken) -> None:
    """The connection belongs to the token's person from now on; or it is closed, because they may not have one."""
    if READ not in token.scope or await node.context.access_modes.mode(token.tenant_id) == "suspended":
        connection.end(ACCESS_ENDED)
        return
    if not connection.is_open:
        return
    renewed = connection.token is not None
    connection.authenticate(token)
    expires_at = datetime.fromtimestamp(token.expires_at, UTC)
    if renewed:
        connection.tell(Authenticated(expires_at=expires_at))
        return
    node.welcome(connection)
    connection.tell(
        Welcome(
            connection_id=connection.id,
            user_id=token.user_id,
            tenant_id=token.tenant_id,
            expires_at=expires_at,
            server_time=datetime.now(UTC),
            heartbeat_seconds=round(PING_SECONDS),
            max_subscriptions=node.context.settings.realtime.subscriptions,
        )
    )


async def _authenticate(node: Node, connection: Connection, frame: Authenticate) -> None:
    try:
        token = await node.context.tokens.verify(frame.token)
    except InvalidToken:
        connection.end(NOT_AUTHENTICATED)
        return
    known = connection.token
    if known is not None and (known.user_id, known.tenant_id) != (token.user_id, token.tenant_id):
        connection.end(NOT_AUTHENTICATED)
        return
    await begin(node, connection, token)


async def _subscribe(node: Node, connection: Connection, frame: Subscribe) -> None:
    await subscribe(node.hub, connection, frame, most=node.context.settings.realtime.subscriptions)


async def _unsubscribe(node: Node, connection: Connection, frame: Unsubscribe) -> None:
    for stream_id in frame.streams:
        unsubscribe(node.hub, connection, stream_id)


async def _send(node: Node, connection: Connection, frame: Send) -> None:
    await _check_writer(node, connection)
    sent = await send_message(
        node.context,
        tenant_id=connection.tenant_id,
        sender_id=connection.user_id,
        conversation_id=frame.conversation_id,
        client_message_id=frame.client_message_id,
        text=frame.text,
        thread_root_id=frame.thread_root_id,
        attachment_ids=frame.attachment_ids,
    )
    connection.tell(Sent(id=frame.id, message=sent.message))


async def _typing(node: Node, connection: Connection, frame: Typing) -> None:
    subscription = _followed(connection, frame.conversation_id)
    await _check_writer(node, connection)
    now = time.monotonic()
    if now - subscription.typed_at >= TYPING_SECONDS:
        subscription.typed_at = now
        await signals.publish(node.context.cache, subscription.channel.name, "typing", connection.user_id)


async def _read(node: Node, connection: Connection, frame: Read) -> None:
    await _check_writer(node, connection)
    position = await move_read_position(
        node.context,
        tenant_id=connection.tenant_id,
        user_id=connection.user_id,
        conversation_id=frame.conversation_id,
        seq=frame.seq,
    )
    subscription = connection.subscriptions.get(frame.conversation_id)
    if subscription is not None:
        await signals.publish(
            node.context.cache, subscription.channel.name, "read", connection.user_id, seq=position.read_seq
        )


async def _presence(node: Node, connection: Connection, frame: SetPresence) -> None:
    connection.presence = frame.state
    node.presence.change(connection)


async def _watch(node: Node, connection: Connection, frame: Watch) -> None:
    async with node.hub.reading:
        known = await presence.colleagues(node.context.database, connection.tenant_id, frame.user_ids)
    if connection.is_open:
        node.presence.watch(connection, list(known))


async def _ping(_node: Node, connection: Connection, _frame: Ping) -> None:
    connection.tell(Pong(server_time=datetime.now(UTC)))


async def _check_writer(node: Node, connection: Connection) -> None:
    if WRITE not in connection.identity.scope:
        raise Forbidden
    refuse_by_mode(await node.context.access_modes.mode(connection.tenant_id), "POST")


def _followed(connection: Connection, conversation_id: UUID) -> Subscription:
    """The subscription, once it is up to date: access was checked then."""
    subscription = connection.subscriptions.get(conversation_id)
    if subscription is None or subscription.held is not None:
        raise NotFound("Subscribe to the conversation first.")
    return subscription


def _reference(frame: FromClient) -> str | None:
    return getattr(frame, "id", None)


_HANDLERS: Mapping[type[FromClient], Callable[[Node, Connection, Any], Awaitable[None]]] = {
    Subscribe: _subscribe,
    Unsubscribe: _unsubscribe,
    Send: _send,
    Typing: _typing,
    Read: _read,
    SetPresence: _presence,
    Watch: _watch,
    Ping: _ping,
}
