"""Bringing a connection up to date with its streams, without a moment in which something could be missed.

First what happens is held back, then access and history are read in one snapshot, then history is sent, then what was
held and is not in it. Whoever lost access meanwhile sees nothing written after that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from libs.common.loops import EXPECTED
from services.messaging.realtime import repository
from services.messaging.realtime.channel import AccessTaken, Subscription, end
from services.messaging.realtime.connection import Connection
from services.messaging.realtime.frames import Refusal, Refused, Resync, Subscribe, Subscribed, Wanted
from services.messaging.realtime.hub import Hub
from services.messaging.realtime.metrics import RESUMES, RESYNCS
from services.messaging.realtime.repository import MOST_MISSED, Head
from services.messaging.stream.service import open_stream
from services.messaging.stream.wire import CarriedEvent

logger = structlog.get_logger()
CHUNK_BYTES = 32_768


@dataclass(frozen=True, slots=True)
class _Request:
    """One `subscribe` frame of one connection; `id` is the frame's."""

    hub: Hub
    connection: Connection
    id: str

    def refuse(self, stream_id: UUID, code: Refusal) -> None:
        unsubscribe(self.hub, self.connection, stream_id)
        self.connection.tell(Refused(id=self.id, stream=stream_id, code=code))


async def subscribe(hub: Hub, connection: Connection, frame: Subscribe, *, most: int) -> None:
    """Begins every stream of the frame that the person may follow; the others are refused as if there were none."""
    request = _Request(hub, connection, frame.id)
    wanted = {one.stream: one for one in frame.streams}
    begun = _hold_back(request, list(wanted), most=most)
    try:
        await hub.until_heard([one.channel for one in begun.values()])
        heads = await _heads(request, list(begun))
        for stream_id, subscription in begun.items():
            head = heads.get(stream_id)
            if head is None:
                request.refuse(stream_id, "not_found")
            else:
                await _begin(request, subscription, wanted[stream_id], head)
    except EXPECTED as error:
        logger.warning("realtime.subscribe_failed", reason=type(error).__name__)
        for stream_id, subscription in begun.items():
            if subscription.held is not None and connection.subscriptions.get(stream_id) is subscription:
                request.refuse(stream_id, "unavailable")


def unsubscribe(hub: Hub, connection: Connection, stream_id: UUID) -> None:
    """Ends one stream, if the connection follows it."""
    if (known := connection.subscriptions.pop(stream_id, None)) is not None:
        hub.leave(known.channel, connection)


def _hold_back(request: _Request, stream_ids: Sequence[UUID], *, most: int) -> dict[UUID, Subscription]:
    """From here on nothing of these streams passes the connection by."""
    begun: dict[UUID, Subscription] = {}
    connection = request.connection
    for stream_id in stream_ids:
        unsubscribe(request.hub, connection, stream_id)
        if len(connection.subscriptions) >= most:
            request.refuse(stream_id, "too_many_subscriptions")
            continue
        channel = request.hub.channel(connection.tenant_id, stream_id)
        begun[stream_id] = connection.subscriptions[stream_id] = Subscription(channel, connection)
        channel.add(begun[stream_id])
    return begun


async def _heads(request: _Request, stream_ids: Sequence[UUID]) -> dict[UUID, Head]:
    hub, own, tenant_id = request.hub, request.connection.user_id, request.connection.tenant_id
    if not stream_ids:
        return {}
    heads = await hub.heads.read(tenant_id, own, stream_ids)
    if own in stream_ids and own not in heads and await _own_stream_opened(hub, tenant_id, own):
        heads |= await hub.heads.read(tenant_id, own, [own])
    return heads


async def _own_stream_opened(hub: Hub, tenant_id: UUID, user_id: UUID) -> bool:
    """Opens the stream of a person of whom auth's event is still on its way; False if they left the business."""
    async with hub.reading, hub.context.database.tenant_session(tenant_id) as session:
        if await repository.has_left(session, user_id):
            return False
        await open_stream(session, tenant_id, user_id)
        return True


async def _begin(request: _Request, subscription: Subscription, wanted: Wanted, head: Head) -> None:
    """Continues the stream where the client is, or at its head, or tells the client to fetch anew."""
    hub, connection = request.hub, request.connection
    missed: Sequence[CarriedEvent] = ()
    resumes = wanted.seq is not None and wanted.epoch == head.epoch and wanted.seq <= head.seq
    if wanted.seq is not None and resumes and wanted.seq < head.seq:
        async with hub.reading, hub.context.database.tenant_session(connection.tenant_id) as session:
            found = await repository.progress_for(session, connection.user_id, wanted.stream, after=wanted.seq)
        if found is None:
            request.refuse(wanted.stream, "not_found")
            return
        head, missed = found.head, found.events
        resumes = wanted.epoch == head.epoch and _is_whole(missed, wanted.seq, head.seq)
    hub.start(subscription.channel, head.epoch, head.seq)
    if wanted.seq is None or resumes:
        connection.tell(Subscribed(id=request.id, stream=wanted.stream, epoch=head.epoch, seq=head.seq))
        await _send_events(hub, connection, missed)
        RESUMES.inc(wanted.seq is not None)
    else:
        RESYNCS.inc()
        connection.tell(Resync(id=request.id, stream=wanted.stream, epoch=head.epoch, seq=head.seq))
    _release(subscription, connection, head)


def _is_whole(events: Sequence[CarriedEvent], after: int, head: int) -> bool:
    return head - after <= MOST_MISSED and [event.seq for event in events] == list(range(after + 1, head + 1))


async def _send_events(hub: Hub, connection: Connection, events: Sequence[CarriedEvent]) -> None:
    """Sends history at the pace of the client, so that a long one does not count as reading slowly."""
    chunk = bytearray()
    for event in events:
        chunk += await hub.frame(event)
        if len(chunk) > CHUNK_BYTES:
            await connection.write_paced(bytes(chunk))
            chunk.clear()
    if chunk:
        await connection.write_paced(bytes(chunk))


def _release(subscription: Subscription, connection: Connection, head: Head) -> None:
    channel = subscription.channel
    if channel.epoch != head.epoch:
        subscription.overflowed = True
    try:
        frames = channel.release(subscription, head.seq)
    except AccessTaken as taken:
        connection.write(b"".join(taken.frames))
        end(subscription)
        return
    if frames is None:
        _resync(subscription, connection)
    elif frames:
        connection.write(b"".join(frames))


def _resync(subscription: Subscription, connection: Connection) -> None:
    """Too much happened meanwhile, or the stream began anew: the client fetches, and follows from here on."""
    channel = subscription.channel
    if channel.epoch is not None and channel.last_seq is not None:
        RESYNCS.inc()
        connection.tell(Resync(id=None, stream=channel.stream_id, epoch=channel.epoch, seq=channel.last_seq))
        channel.follow(subscription)
