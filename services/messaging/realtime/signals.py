"""What passes and is kept nowhere: that somebody types, or how far they have read. Valkey carries it to all nodes."""

from typing import Any, Literal
from uuid import UUID

import orjson
import structlog
from redis.asyncio import Redis

from libs.adapters.cache import CACHE_ERRORS
from services.messaging.realtime.broadcast import broadcast, text_frame
from services.messaging.realtime.channel import Channel
from services.messaging.realtime.frames import FromServer, OthersRead, OthersTyping, written

logger = structlog.get_logger()


async def publish(
    cache: Redis, channel: str, kind: Literal["typing", "read"], user_id: UUID, *, seq: int | None = None
) -> None:
    """Tells everybody else who follows the channel. Where Valkey is away, nobody is told: it was not worth keeping."""
    body = orjson.dumps({"signal": kind, "user_id": str(user_id), "seq": seq})
    try:
        await cache.publish(channel, body)
    except CACHE_ERRORS as error:
        logger.info("realtime.signal_lost", reason=type(error).__name__)


def deliver(channel: Channel, body: bytes) -> None:
    """Hands a signal to those who follow the conversation, but not to its sender."""
    try:
        fields = orjson.loads(body)
        user_id = UUID(fields["user_id"])
        frame = text_frame(written(_frame(channel.stream_id, user_id, fields)))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        logger.warning("realtime.unreadable_message", channel=channel.name)
        return
    broadcast(frame, [one for one in channel.live if one.user_id != user_id])


def _frame(stream_id: UUID, user_id: UUID, fields: dict[str, Any]) -> FromServer:
    if fields["signal"] == "typing":
        return OthersTyping(conversation_id=stream_id, user_id=user_id)
    return OthersRead(conversation_id=stream_id, user_id=user_id, seq=fields["seq"])
