"""What people are notified of when the platform, or messaging itself, tells something."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Handlers
from libs.contracts.ai import DocumentSuspicious
from libs.contracts.billing import SubscriptionChanged, TrialEnding
from libs.contracts.messaging import MessageSent
from libs.contracts.provisioner import DeploymentChanged, DeploymentStatus
from services.messaging.context import MessagingContext
from services.messaging.members import repository as business
from services.messaging.notifications import repository
from services.messaging.notifications.models import NotificationKind
from services.messaging.notifications.service import notify

MANAGERS = ("owner", "admin")
"""The roles whose people hear of what concerns the business as a whole."""
OUTCOMES: Mapping[DeploymentStatus, NotificationKind] = {
    "succeeded": "deployment_succeeded",
    "rolled_back": "deployment_failed",
    "rollback_failed": "deployment_failed",
    "needs_customer": "deployment_failed",
    "needs_operator": "deployment_failed",
}


def notification_handlers(context: MessagingContext) -> Handlers:
    """Each event notifies once, however often it is delivered: its consumer and the cause both see to it."""

    async def on_message_sent(session: AsyncSession, event: MessageSent) -> None:
        await tell_of_message(session, event, context)

    return {
        MessageSent: on_message_sent,
        TrialEnding: on_trial_ending,
        DeploymentChanged: on_deployment_changed,
        SubscriptionChanged: on_subscription_changed,
        DocumentSuspicious: on_document_suspicious,
    }


async def tell_of_message(session: AsyncSession, event: MessageSent, context: MessagingContext) -> None:
    """Of all reasons to tell a person of a message, the strongest: being named, being written to, being replied to."""
    if not await repository.stands(session, event.message_id):
        return
    thread = () if event.thread_root_id is None else await repository.writers_of_thread(session, event.thread_root_id)
    everyone = event.direct or event.mentions_all
    listeners = await repository.listeners(
        session,
        event.conversation_id,
        None if everyone else {*event.mentioned, *thread},
        seq=event.seq,
        now=context.clock.now(),
    )
    reasons: tuple[tuple[NotificationKind, set[UUID]], ...] = (
        ("mention", listeners if event.mentions_all else listeners & {*event.mentioned}),
        ("direct_message", listeners if event.direct else set()),
        ("thread_reply", listeners & {*thread}),
    )
    kinds: dict[UUID, NotificationKind] = {}
    for kind, people in reasons:
        kinds = dict.fromkeys(people - {event.sender_id}, kind) | kinds
    data = {
        "conversation_id": event.conversation_id,
        "message_id": event.message_id,
        "sender_id": event.sender_id,
        "thread_root_id": event.thread_root_id,
    }
    await notify(session, event.tenant_id, kinds, cause=f"message:{event.message_id}", data=data)


async def on_trial_ending(session: AsyncSession, event: TrialEnding) -> None:
    data = {"days_left": event.days_left}
    await _tell_managers(session, event.tenant_id, "trial_ending", about=str(event.id), data=data)


async def on_deployment_changed(session: AsyncSession, event: DeploymentChanged) -> None:
    """One that failed may still be rolled back, or wait for an operator: that is one failure."""
    kind = OUTCOMES.get(event.status)
    if kind is not None:
        data = {"deployment_id": event.deployment_id, "stack_id": event.stack_id}
        await _tell_managers(session, event.tenant_id, kind, about=str(event.deployment_id), data=data)


async def on_subscription_changed(session: AsyncSession, event: SubscriptionChanged) -> None:
    """A payment failed when the subscription became past due, not at every change while it is."""
    if event.status == "past_due" and event.before != "past_due":
        about, data = f"{event.subscription_id}:{event.version}", {"subscription_id": event.subscription_id}
        await _tell_managers(session, event.tenant_id, "payment_failed", about=about, data=data)


async def on_document_suspicious(session: AsyncSession, event: DocumentSuspicious) -> None:
    """Once for a document, however often it is read in."""
    data = {"knowledge_base_id": event.knowledge_base_id, "document_id": event.document_id, "count": event.count}
    await _tell_managers(session, event.tenant_id, "document_suspicious", about=str(event.document_id), data=data)


async def _tell_managers(
    session: AsyncSession, tenant_id: UUID, kind: NotificationKind, *, about: str, data: Mapping[str, object]
) -> None:
    managers = await business.active_with_role(session, MANAGERS)
    await notify(session, tenant_id, dict.fromkeys(managers, kind), cause=f"{kind}:{about}", data=data)
