"""An example of each frame, for people who read the protocol; the tests check that each is valid."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from services.messaging.realtime import frames

_CONVERSATION = "0198c0de-0000-7000-8000-000000000002"
_MESSAGE = "0198c0de-0000-7000-8000-000000000004"
_CLIENT_MESSAGE = "0198c0de-0000-7000-8000-000000000003"
_ADA = "0198c0de-0000-7000-8000-000000000001"
_BUSINESS = "0198c0de-0000-7000-8000-000000000000"
_EPOCH = "0198c0de-0000-7000-8000-00000000000e"
_NOON = "2026-03-02T12:00:00Z"
_STREAM = {"stream": _CONVERSATION, "epoch": _EPOCH, "seq": 41}
_TEXT = "Is the spring menu ready?"

EXAMPLES: Mapping[type[BaseModel], dict[str, Any]] = {
    frames.Authenticate: {"type": "authenticate", "token": "eyJhbGciOiJFUzI1NiJ9…"},
    frames.Subscribe: {"type": "subscribe", "id": "1", "streams": [_STREAM]},
    frames.Unsubscribe: {"type": "unsubscribe", "streams": [_CONVERSATION]},
    frames.Send: {
        "type": "send",
        "id": "2",
        "conversation_id": _CONVERSATION,
        "client_message_id": _CLIENT_MESSAGE,
        "text": _TEXT,
        "thread_root_id": None,
        "attachment_ids": [],
    },
    frames.Typing: {"type": "typing", "conversation_id": _CONVERSATION},
    frames.Read: {"type": "read", "conversation_id": _CONVERSATION, "seq": 42},
    frames.SetPresence: {"type": "presence", "state": "away"},
    frames.Watch: {"type": "watch", "user_ids": [_ADA]},
    frames.Ping: {"type": "ping"},
    frames.Welcome: {
        "type": "welcome",
        "connection_id": "0198c0de-0000-7000-8000-00000000000c",
        "user_id": _ADA,
        "tenant_id": _BUSINESS,
        "expires_at": "2026-03-02T12:10:00Z",
        "server_time": _NOON,
        "heartbeat_seconds": 25,
        "max_subscriptions": 1000,
    },
    frames.Authenticated: {"type": "authenticated", "expires_at": "2026-03-02T12:20:00Z"},
    frames.Subscribed: {"type": "subscribed", "id": "1", **_STREAM},
    frames.Event: {
        "type": "event",
        "stream": _CONVERSATION,
        "epoch": _EPOCH,
        "seq": 42,
        "kind": "message.created",
        "actor_id": _ADA,
        "at": _NOON,
        "data": {"message_id": _MESSAGE, "number": 17, "sender_id": _ADA, "revision": 1, "text": _TEXT},
    },
    frames.Resync: {"type": "resync", "id": "1", **_STREAM},
    frames.Refused: {"type": "refused", "id": "1", "stream": _CONVERSATION, "code": "not_found"},
    frames.Unsubscribed: {"type": "unsubscribed", "stream": _CONVERSATION, "reason": "removed"},
    frames.Sent: {
        "type": "sent",
        "id": "2",
        "message": {
            "id": _MESSAGE,
            "conversation_id": _CONVERSATION,
            "seq": 42,
            "number": 17,
            "version": 42,
            "sender_id": _ADA,
            "client_message_id": _CLIENT_MESSAGE,
            "text": _TEXT,
            "unreadable": False,
            "mentions": [],
            "mentions_all": False,
            "thread_root_id": None,
            "reply_count": 0,
            "last_reply_at": None,
            "reactions": [],
            "attachments": [],
            "revision": 1,
            "created_at": _NOON,
            "edited_at": None,
            "deleted_at": None,
        },
    },
    frames.OthersTyping: {"type": "typing", "conversation_id": _CONVERSATION, "user_id": _ADA},
    frames.OthersRead: {"type": "read", "conversation_id": _CONVERSATION, "user_id": _ADA, "seq": 42},
    frames.Presence: {"type": "presence", "user_id": _ADA, "state": "offline", "last_seen_at": _NOON},
    frames.Reauthenticate: {"type": "reauthenticate", "within_seconds": 60},
    frames.Reconnect: {"type": "reconnect", "after_ms": 7300},
    frames.Pong: {"type": "pong", "server_time": _NOON},
    frames.Error: {
        "type": "error",
        "id": "2",
        "code": "conversation_archived",
        "detail": "This conversation is archived: it can be read, not changed.",
    },
}
