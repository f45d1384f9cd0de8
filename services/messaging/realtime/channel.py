"""One stream on this node: puts its events into order and hands each to the connections that follow it.

Pure rules without I/O: who calls reads from Valkey and PostgreSQL.
"""

from abc import ABC, abstractmethod
from uuid import UUID

from services.messaging.realtime.broadcast import Outlet, broadcast, text_frame
from services.messaging.realtime.frames import Resync, Unsubscribed, written
from services.messaging.realtime.metrics import DELIVERIES, RESYNCS
from services.messaging.stream.wire import CarriedEvent

MEMBER_REMOVED = "member.removed"
MOST_HELD = 1000
MOST_HELD_BYTES = 1_048_576


class Follower(Outlet, ABC):
    """What a channel needs of a connection."""

    __slots__ = ()

    @property
    @abstractmethod
    def user_id(self) -> UUID:
        """Whose connection it is."""

    @abstractmethod
    def forget(self, stream_id: UUID) -> None:
        """The subscription ended."""


class Subscription:
    """One connection's place in one stream.

    While the connection is being brought up to date, what happens is `held`. Afterwards `after` is the last `seq` that
    it has; what the channel delivers up to there is not for it. `ended_at` is the `seq` at which access was taken away.
    """

    __slots__ = ("after", "channel", "ended_at", "follower", "held", "held_bytes", "overflowed", "typed_at")

    def __init__(self, channel: "Channel", follower: Follower) -> None:
        self.channel = channel
        self.follower = follower
        self.held: list[tuple[int, bytes]] | None = []
        self.held_bytes = 0
        self.overflowed = False
        self.after = 0
        self.ended_at: list[int] | None = None
        self.typed_at = 0.0

    def hold(self, seq: int, frame: bytes) -> None:
        """Keeps a frame for later; where there are too many, the client is to fetch anew."""
        if self.held is None or self.overflowed:
            return
        self.held.append((seq, frame))
        self.held_bytes += len(frame)
        if len(self.held) > MOST_HELD or self.held_bytes > MOST_HELD_BYTES:
            self.overflowed = True
            self.held.clear()

    def removed_at(self, seq: int) -> None:
        """Notes that access was taken away at `seq`, while the connection is being brought up to date."""
        self.ended_at = [*(self.ended_at or ()), seq]


class Channel:
    """`last_seq` is the last event that was delivered here; None before the stream's head is known.

    `live` have everything up to there. `waiting` are being brought up to date, or are ahead of the channel.
    """

    __slots__ = (
        "catching",
        "epoch",
        "highest",
        "last_seq",
        "live",
        "name",
        "stream_id",
        "tenant_id",
        "waiting",
    )

    def __init__(self, tenant_id: UUID, stream_id: UUID, name: str) -> None:
        self.tenant_id = tenant_id
        self.stream_id = stream_id
        self.name = name
        self.epoch: UUID | None = None
        self.last_seq: int | None = None
        self.highest = 0
        self.catching = False
        self.live: dict[Follower, Subscription] = {}
        self.waiting: dict[Follower, Subscription] = {}

    @property
    def is_idle(self) -> bool:
        return not self.live and not self.waiting

    @property
    def is_behind(self) -> bool:
        return self.last_seq is not None and self.highest > self.last_seq

    def start(self, epoch: UUID, seq: int) -> None:
        """The stream's head, as somebody read it: where delivery begins."""
        if self.last_seq is None:
            self.epoch, self.last_seq = epoch, seq

    def restart(self, epoch: UUID, seq: int) -> None:
        """The stream has a new epoch, or events are gone that were not delivered: everybody fetches anew."""
        self.epoch, self.last_seq, self.highest = epoch, seq, seq
        frame = text_frame(written(Resync(id=None, stream=self.stream_id, epoch=epoch, seq=seq)))
        RESYNCS.inc(len(self.live))
        broadcast(frame, self.live)
        for subscription in list(self.waiting.values()):
            if subscription.held is not None:
                subscription.overflowed = True
                subscription.held.clear()
            else:
                subscription.follower.write(frame)
                self._make_live(subscription)

    def add(self, subscription: Subscription) -> None:
        """Begins to hold what happens for a connection that is being brought up to date."""
        self.waiting[subscription.follower] = subscription

    def remove(self, follower: Follower) -> None:
        self.live.pop(follower, None)
        self.waiting.pop(follower, None)

    def release(self, subscription: Subscription, after: int) -> list[bytes] | None:
        """The connection has everything up to `after`; returns what it still needs, or None if too much was held.

        Raises:
            AccessTaken: after these frames nothing more is for it.
        """
        held, subscription.held, subscription.after = subscription.held or [], None, after
        ended = min((seq for seq in subscription.ended_at or () if seq > after), default=None)
        frames = [frame for seq, frame in held if seq > after and (ended is None or seq <= ended)]
        if ended is not None:
            raise AccessTaken(frames)
        if subscription.overflowed:
            return None
        if self.last_seq is not None and self.last_seq >= after:
            self._make_live(subscription)
        return frames

    def follow(self, subscription: Subscription) -> None:
        """The connection fetches anew, and follows from where the channel is."""
        subscription.after = self.last_seq or 0
        self._make_live(subscription)

    def deliver(self, event: CarriedEvent, frame: bytes) -> None:
        """Hands on the next event, as a frame; takes away access after it where the event says so."""
        self.last_seq = event.seq
        DELIVERIES.inc(broadcast(frame, self.live))
        for subscription in list(self.waiting.values()):
            if subscription.held is not None:
                subscription.hold(event.seq, frame)
            elif event.seq > subscription.after:
                subscription.follower.write(frame)
                self._make_live(subscription)
            elif event.seq == subscription.after:
                self._make_live(subscription)
        if event.kind == MEMBER_REMOVED:
            self._expel(UUID(str(event.data["user_id"])), event.seq)

    def _make_live(self, subscription: Subscription) -> None:
        if self.waiting.pop(subscription.follower, None) is not None:
            self.live[subscription.follower] = subscription

    def _expel(self, user_id: UUID, seq: int) -> None:
        for subscription in [*self.live.values(), *self.waiting.values()]:
            if subscription.follower.user_id != user_id:
                continue
            if subscription.held is not None:
                subscription.removed_at(seq)
            elif seq > subscription.after:
                end(subscription)


class AccessTaken(Exception):
    """Access was taken away while the connection was brought up to date; `frames` are the last that it may see."""

    def __init__(self, frames: list[bytes]) -> None:
        self.frames = frames
        super().__init__("access was taken away")


def end(subscription: Subscription) -> None:
    """Ends a subscription and tells its client."""
    stream_id = subscription.channel.stream_id
    subscription.channel.remove(subscription.follower)
    subscription.follower.forget(stream_id)
    subscription.follower.write(text_frame(written(Unsubscribed(stream=stream_id, reason="removed"))))
