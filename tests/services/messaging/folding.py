"""A small client, as the reference for what events mean: a snapshot, and what becomes of it with each later event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from services.messaging.context import MessagingContext
from services.messaging.stream import repository as streams
from services.messaging.stream.wire import carried, event_frame
from tests.services.messaging.people import Person

Frame = Mapping[str, Any]


@dataclass
class Seen:
    """A conversation as a client has it: its messages by id in their order, and who takes part with which role.

    `seq` is where the messages stand, `since` where the rest was read at the latest.
    """

    title: str | None
    archived: bool
    members: dict[str, str]
    messages: dict[str, dict[str, Any]]
    seq: int
    since: int
    _folds: Mapping[str, Callable[[Frame], None]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._folds = {
            "message.created": self._created,
            "message.edited": self._edited,
            "message.deleted": self._deleted,
            "message.updated": self._updated,
            "reaction.added": self._reacted,
            "reaction.removed": self._reaction_taken_back,
            "member.added": self._role,
            "member.changed": self._role,
            "member.removed": lambda frame: void(self.members.pop(frame["data"]["user_id"], None)),
            "conversation.renamed": lambda frame: setattr(self, "title", frame["data"]["text"]),
            "conversation.archived": lambda _frame: setattr(self, "archived", True),
            "conversation.unarchived": lambda _frame: setattr(self, "archived", False),
        }

    @property
    def state(self) -> dict[str, Any]:
        """What can be compared: everything but the positions at which it was read."""
        return {
            "title": self.title,
            "archived": self.archived,
            "members": self.members,
            "messages": list(self.messages.values()),
        }

    def fold(self, frame: Frame) -> None:
        """Takes one event of the stream; those of messages only once, the others as often as they come."""
        of_message = frame["kind"].startswith(("message.", "reaction."))
        if not of_message or frame["seq"] > self.seq:
            self._folds[frame["kind"]](frame)

    def _created(self, frame: Frame) -> None:
        data, seq = frame["data"], frame["seq"]
        root = self.messages.get(data["thread_root_id"])
        if root is not None:
            root.update(reply_count=root["reply_count"] + 1, last_reply_at=data["created_at"], version=seq)
        self.messages[data["message_id"]] = {
            "id": data["message_id"],
            "conversation_id": frame["stream"],
            "seq": seq,
            "version": seq,
            "text": data.get("text"),
            "unreadable": data.get("unreadable", False),
            "reply_count": 0,
            "last_reply_at": None,
            "reactions": [],
            "edited_at": None,
            "deleted_at": None,
        } | {name: data[name] for name in AS_CREATED}

    def _edited(self, frame: Frame) -> None:
        self._change(frame, {"text": frame["data"].get("text")}, "mentions", "mentions_all", "revision", "edited_at")

    def _deleted(self, frame: Frame) -> None:
        nothing: dict[str, Any] = {
            "text": None,
            "mentions": [],
            "mentions_all": False,
            "reactions": [],
            "attachments": [],
        }
        self._change(frame, nothing, "deleted_at")

    def _updated(self, frame: Frame) -> None:
        self._change(frame, {}, "attachments")

    def _reacted(self, frame: Frame) -> None:
        self._react(frame, lambda users, user: users | {user})

    def _reaction_taken_back(self, frame: Frame) -> None:
        self._react(frame, lambda users, user: users - {user})

    def _react(self, frame: Frame, change: Callable[[set[str], str], set[str]]) -> None:
        data = frame["data"]
        known = {one["emoji"]: set(one["user_ids"]) for one in self.messages[data["message_id"]]["reactions"]}
        known[data["emoji"]] = change(known.get(data["emoji"], set()), data["user_id"])
        reactions = [{"emoji": emoji, "user_ids": sorted(users)} for emoji, users in sorted(known.items()) if users]
        self._change(frame, {"reactions": reactions})

    def _change(self, frame: Frame, values: Mapping[str, Any], *names: str) -> None:
        data = frame["data"]
        changed = {name: data[name] for name in names} | {**values, "version": frame["seq"]}
        self.messages[data["message_id"]].update(changed)

    def _role(self, frame: Frame) -> None:
        self.members[frame["data"]["user_id"]] = frame["data"]["role"]


AS_CREATED = (
    "number",
    "sender_id",
    "client_message_id",
    "mentions",
    "mentions_all",
    "thread_root_id",
    "attachments",
    "revision",
    "created_at",
)


def void(_value: object) -> None:
    """Nothing."""


async def snapshot(person: Person, conversation: Mapping[str, Any]) -> Seen:
    """What the person sees now, as a client fetches it: in three calls, between which anything may happen."""
    looked = await person.look(dict(conversation))
    members = await person.members(dict(conversation))
    page = await person.history(dict(conversation), limit=100)
    return Seen(
        title=looked["title"],
        archived=looked["archived_at"] is not None,
        members=members,
        messages={one["id"]: one for one in page["items"]},
        seq=page["seq"],
        since=looked["seq"],
    )


async def frames(messaging: MessagingContext, tenant_id: UUID, stream_id: str) -> list[dict[str, Any]]:
    """Every event of a stream in its order, as the socket sends it."""
    ring = await messaging.rings.ring(tenant_id)
    async with messaging.database.tenant_session(tenant_id) as session:
        head = await streams.head(session, UUID(stream_id))
        found = await streams.events_after(session, UUID(stream_id), 0, up_to=10_000, limit=10_000)
    if head is None:
        raise LookupError(stream_id)
    return [orjson.loads(event_frame(carried(event, head.epoch), ring)) for event in found]
