"""messaging: conversations in which nothing is lost, and the sockets that carry them."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI

from libs.common.application import create_application
from libs.common.service import Loop, Service
from libs.contracts.ai import AssistantChanged
from libs.contracts.auth import MemberChanged
from libs.contracts.billing import TenantAccessChanged
from libs.contracts.messaging import CALLERS
from services.messaging.assistants import internal_endpoints as assistants
from services.messaging.assistants.handlers import on_assistant_changed
from services.messaging.attachments import endpoints as attachments
from services.messaging.attachments.loop import attachment_loop
from services.messaging.base import Base
from services.messaging.context import MessagingContext, open_context
from services.messaging.conversations import endpoints as conversations
from services.messaging.conversations import member_endpoints as conversation_members
from services.messaging.drafts import endpoints as drafts
from services.messaging.history.filling import filling_loop
from services.messaging.history.sweeps import history_sweeps
from services.messaging.keys import operator_endpoints
from services.messaging.keys.sweeps import data_key_sweep
from services.messaging.messages import endpoints as messages
from services.messaging.messages import reaction_endpoints as reactions
from services.messaging.notifications import endpoints as notifications
from services.messaging.notifications.handlers import notification_handlers
from services.messaging.presence import endpoints as presence
from services.messaging.realtime import endpoints as realtime
from services.messaging.realtime.access import on_access_mode, on_membership
from services.messaging.realtime.socket import open_socket
from services.messaging.search import endpoints as search
from services.messaging.settings import MessagingSettings
from services.messaging.stream.relay import relay_loop


def _loops(context: MessagingContext) -> Mapping[str, Loop]:
    url, history = context.settings.listen_url, context.history
    relay = relay_loop(context.database, context.cache, listen_url=url, archived=history is not None)
    loops = {"stream_relay": relay, "attachments": attachment_loop(context)}
    return loops if history is None else loops | {"history": filling_loop(context.database, history, listen_url=url)}


SERVICE: Service[MessagingSettings, MessagingContext] = Service(
    name="messaging",
    settings=MessagingSettings,
    open_context=open_context,
    migrations=Path(__file__).parent / "migrations",
    routers=(
        search.router,  # before those with an id in its place
        conversations.router,
        conversation_members.router,
        messages.router,
        reactions.router,
        drafts.router,
        presence.router,
        realtime.router,
        attachments.router,
        notifications.router,
        assistants.router,
        operator_endpoints.router,
    ),
    tables=Base.metadata,
    callers={**CALLERS, **operator_endpoints.OPERATOR_CALLERS},
    handlers=lambda context: {
        TenantAccessChanged: on_access_mode,
        MemberChanged: on_membership,
        AssistantChanged: on_assistant_changed,
        **notification_handlers(context),
    },
    sweeps=lambda context: (data_key_sweep(context.rings), *history_sweeps(context)),
    loops=_loops,
    socket=open_socket,
)


def create_app(settings: MessagingSettings) -> FastAPI:
    """messaging over HTTP and WebSocket."""
    return create_application(SERVICE, settings)
