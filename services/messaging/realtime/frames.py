"""Every frame of the socket, both ways. Frames are JSON objects, told apart by `type`; what clients send is bounded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.messaging.messages.schemas import MAX_ATTACHMENTS, MAX_TEXT, MessageAnswer

MAX_DEPTH = 8
MAX_STREAMS = 100
MAX_WATCHED = 200
ReferenceId = Annotated[str, Field(max_length=64, description="The client's own name for this request.")]
State = Literal["active", "away"]
Refusal = Literal["not_found", "too_many_subscriptions", "unavailable"]


class BadFrame(ValueError):
    """Not a JSON object, or nested too deeply: not a client of this protocol."""


class RefusedFrame(ValueError):
    """A frame that this protocol does not know, or whose fields are not valid; `id` is the client's, if it gave one."""

    def __init__(self, reference: str | None, code: str, detail: str) -> None:
        self.reference = reference
        self.code = code
        super().__init__(detail)


class FromClient(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FromServer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Authenticate(FromClient):
    """The first frame, unless a ticket was given in the address; sent again in place before the token ends."""

    type: Literal["authenticate"] = "authenticate"
    token: str = Field(max_length=4096)


class Wanted(FromClient):
    """A stream and how far the client has it; `seq` null: from now on."""

    stream: UUID
    epoch: UUID | None = None
    seq: int | None = Field(default=None, ge=0)


class Subscribe(FromClient):
    """Begins streams: a conversation's id, or the person's own for what concerns them alone."""

    type: Literal["subscribe"] = "subscribe"
    id: ReferenceId
    streams: list[Wanted] = Field(min_length=1, max_length=MAX_STREAMS)


class Unsubscribe(FromClient):
    """Ends streams."""

    type: Literal["unsubscribe"] = "unsubscribe"
    streams: list[UUID] = Field(min_length=1, max_length=MAX_STREAMS)


class Send(FromClient):
    """Sends a message. The same `client_message_id` never makes a second one, however often it is sent."""

    type: Literal["send"] = "send"
    id: ReferenceId
    conversation_id: UUID
    client_message_id: UUID
    text: str = Field(default="", max_length=MAX_TEXT)
    thread_root_id: UUID | None = None
    attachment_ids: list[UUID] = Field(default=[], max_length=MAX_ATTACHMENTS)


class Typing(FromClient):
    """The person is typing in a conversation that this connection is subscribed to; said once in two seconds."""

    type: Literal["typing"] = "typing"
    conversation_id: UUID


class Read(FromClient):
    """The person has read up to `seq`: kept, and shown to the others."""

    type: Literal["read"] = "read"
    conversation_id: UUID
    seq: int = Field(ge=0)


class SetPresence(FromClient):
    """Whether the person looks at the screen."""

    type: Literal["presence"] = "presence"
    state: State


class Watch(FromClient):
    """Whose presence the client shows; replaces those of before."""

    type: Literal["watch"] = "watch"
    user_ids: list[UUID] = Field(max_length=MAX_WATCHED)


class Ping(FromClient):
    """Asks whether the connection lives; browsers cannot send WebSocket pings."""

    type: Literal["ping"] = "ping"


class Welcome(FromServer):
    """The connection is authenticated. `expires_at` is the token's; `heartbeat_seconds` is the server's ping."""

    type: Literal["welcome"] = "welcome"
    connection_id: UUID
    user_id: UUID
    tenant_id: UUID
    expires_at: datetime
    server_time: datetime
    heartbeat_seconds: int
    max_subscriptions: int


class Authenticated(FromServer):
    """The token was renewed in place."""

    type: Literal["authenticated"] = "authenticated"
    expires_at: datetime


class Subscribed(FromServer):
    """The stream is open; missed `event`s up to `seq` follow, then what happens."""

    type: Literal["subscribed"] = "subscribed"
    id: str
    stream: UUID
    epoch: UUID
    seq: int


class Event(FromServer):
    """What happened at `seq` of a stream. Each `seq` comes once and in order."""

    type: Literal["event"] = "event"
    stream: UUID
    epoch: UUID
    seq: int
    kind: str
    actor_id: UUID | None
    at: datetime
    data: dict[str, Any]


class Resync(FromServer):
    """The stream cannot be continued from where the client is: fetch over HTTP. Events after `seq` follow."""

    type: Literal["resync"] = "resync"
    id: str | None
    stream: UUID
    epoch: UUID
    seq: int


class Refused(FromServer):
    """The stream is not the client's, or there is none."""

    type: Literal["refused"] = "refused"
    id: str
    stream: UUID
    code: Refusal


class Unsubscribed(FromServer):
    """The server ended a stream: nothing that was written after this comes."""

    type: Literal["unsubscribed"] = "unsubscribed"
    stream: UUID
    reason: Literal["removed"]


class Sent(FromServer):
    """The message is kept for good."""

    type: Literal["sent"] = "sent"
    id: str
    message: MessageAnswer


class OthersTyping(FromServer):
    """Somebody else is typing; holds for six seconds."""

    type: Literal["typing"] = "typing"
    conversation_id: UUID
    user_id: UUID


class OthersRead(FromServer):
    """Somebody else has read up to `seq`."""

    type: Literal["read"] = "read"
    conversation_id: UUID
    user_id: UUID
    seq: int


class Presence(FromServer):
    """How a watched person is."""

    type: Literal["presence"] = "presence"
    user_id: UUID
    state: Literal["active", "away", "offline"]
    last_seen_at: datetime | None


class Reauthenticate(FromServer):
    """The token ends soon: send `authenticate` with a new one."""

    type: Literal["reauthenticate"] = "reauthenticate"
    within_seconds: int


class Reconnect(FromServer):
    """This node ends: connect anew in `after_ms`; until then everything goes on."""

    type: Literal["reconnect"] = "reconnect"
    after_ms: int


class Pong(FromServer):
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"
    server_time: datetime


class Error(FromServer):
    """A frame was not carried out; `id` is the frame's, `code` as in problem documents."""

    type: Literal["error"] = "error"
    id: str | None
    code: str
    detail: str


CLIENT_FRAMES: tuple[type[FromClient], ...] = (
    Authenticate,
    Subscribe,
    Unsubscribe,
    Send,
    Typing,
    Read,
    SetPresence,
    Watch,
    Ping,
)
SERVER_FRAMES: tuple[type[FromServer], ...] = (
    Welcome,
    Authenticated,
    Subscribed,
    Event,
    Resync,
    Refused,
    Unsubscribed,
    Sent,
    OthersTyping,
    OthersRead,
    Presence,
    Reauthenticate,
    Reconnect,
    Pong,
    Error,
)
ServerFrame = Annotated[
    Welcome
    | Authenticated
    | Subscribed
    | Event
    | Resync
    | Refused
    | Unsubscribed
    | Sent
    | OthersTyping
    | OthersRead
    | Presence
    | Reauthenticate
    | Reconnect
    | Pong
    | Error,
    Field(discriminator="type"),
]
SERVER_FRAME: TypeAdapter[ServerFrame] = TypeAdapter(ServerFrame)
"""Reads what a server sent."""
_BY_TYPE: Mapping[str, type[FromClient]] = {frame.model_fields["type"].default: frame for frame in CLIENT_FRAMES}


def read_frame(text: str) -> FromClient:
    """The frame that a client sent.

    Raises:
        BadFrame
        RefusedFrame
    """
    fields = _object(text)
    given = fields.get("id")
    reference = given if isinstance(given, str) and len(given) <= 64 else None
    kind = fields.get("type")
    model = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise RefusedFrame(reference, "unknown_type", "There is no frame of this type.")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)[:5]
        )
        raise RefusedFrame(reference, "invalid_frame", faults) from None


def written(frame: FromServer) -> bytes:
    """The frame as JSON."""
    return frame.model_dump_json().encode()


def _object(text: str) -> dict[str, Any]:
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadFrame("not JSON") from None
    if not isinstance(fields, dict):
        raise BadFrame("not a JSON object")
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(fields) > MAX_DEPTH:
        raise BadFrame("nested too deeply")
    return fields


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        nested = [inner for inner in level if isinstance(inner, dict | list)]
        level = [child for one in nested for child in (one.values() if isinstance(one, dict) else one)]
    return depth
