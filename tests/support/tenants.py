"""Tenants in one access mode, with things of their own in every service, and the members who may want to see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from libs.common.access_mode import Mode, apply_access_change
from libs.common.ids import new_id
from libs.common.members import Member
from libs.common.security.tokens import AccessTokenVerifier
from libs.contracts.billing import TenantAccessChanged
from services.auth.accounts.service import NewAccount
from services.billing.subscriptions.models import Subscription
from services.billing.trials.service import start_trial
from services.provisioner.deployments.models import Deployment
from tests.services.provisioner.engine.factories import Tenancy
from tests.support.conversations import new_conversation
from tests.support.identities import access_token, bearer, jwks
from tests.support.knowledge import new_knowledge
from tests.support.services import Services


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """A business. `things` are its own, by the name of the path parameter that asks for them.

    Conversations, the places of people in them, and knowledge are what calls change for good: `new_things` has others.
    """

    id: UUID
    owner: UUID
    things: Mapping[str, str]
    services: Services

    async def new_things(self, service: str) -> Mapping[str, str]:
        """The things for one call of `service`, which no call has touched where that would make the next one differ."""
        if service == "messaging":
            return {**self.things, **await new_conversation(self.services.messaging, self.id, self.owner)}
        if service == "ai":
            return {**self.things, **await new_knowledge(self.services.ai, self.id, self.owner)}
        return self.things

    def member(self, *, role: str = "owner") -> dict[str, str]:
        """The header of its owner, in that role."""
        return bearer(access_token(self.id, role=role, user_id=self.owner))

    @property
    def marks(self) -> frozenset[str]:
        """What only this tenant's answers may hold."""
        return frozenset({str(self.id), str(self.owner), *self.things.values()})


async def new_tenant(services: Services, *, mode: Mode = "full", subscribed: bool = True) -> Tenant:
    """A tenant that signed up, is in `mode`, and has a trial, a finished deployment and perhaps a subscription."""
    account = NewAccount(
        email=f"ada-{new_id().hex}@example.com",
        password="seven quiet otters build a bridge",
        full_name="Ada Lovelace",
        company="Bäcker & Söhne",
        plan="trial",
    )
    signed_up = await services.auth.accounts.sign_up(account)
    tenant_id = signed_up.tenant.tenant_id
    await _set_mode(services, tenant_id, mode)
    await _start_trial(services, tenant_id)
    if subscribed:
        await _subscribe(services, tenant_id)
    deployment_id = await _deploy(services, tenant_id)
    invitation_id = await _invite(services, tenant_id, signed_up.user.id)
    knowledge = await new_knowledge(services.ai, tenant_id, signed_up.user.id)
    assistant_id = UUID(knowledge["assistant_id"]) if "assistant_id" in knowledge else None
    conversation = await new_conversation(services.messaging, tenant_id, signed_up.user.id, assistant_id=assistant_id)
    [session] = await services.auth.sessions.live_of(signed_up.user.id)
    return Tenant(
        id=tenant_id,
        owner=signed_up.user.id,
        services=services,
        things={
            **conversation,
            **knowledge,
            "tenant_id": str(tenant_id),
            "deployment_id": str(deployment_id),
            "slug": signed_up.tenant.slug,
            "session_id": str(session.id),
            "user_id": str(signed_up.user.id),
            "invitation_id": str(invitation_id),
        },
    )


async def _invite(services: Services, tenant_id: UUID, owner: UUID) -> UUID:
    actor = await AccessTokenVerifier(jwks).verify(access_token(tenant_id, user_id=owner))
    member = Member(
        user_id=owner,
        tenant_id=tenant_id,
        role=actor.role,
        permissions=actor.scope,
        session_id=actor.session_id,
        token=actor,
    )
    invitation = await services.auth.invitations.invite(member, f"grace-{new_id().hex}@example.com", "member")
    return invitation.id


async def _set_mode(services: Services, tenant_id: UUID, mode: Mode) -> None:
    change = TenantAccessChanged(tenant_id=tenant_id, mode=mode, version=1)
    for context in (services.auth, services.billing, services.provisioner, services.messaging, services.ai):
        async with context.database.tenant_session(tenant_id) as session:
            await apply_access_change(session, change)


async def _start_trial(services: Services, tenant_id: UUID) -> None:
    catalogue, now = services.billing.catalogue, datetime.now(UTC)
    async with services.billing.database.tenant_session(tenant_id) as session:
        await start_trial(session, tenant_id, catalogue=catalogue, now=now)


async def _subscribe(services: Services, tenant_id: UUID) -> None:
    now = datetime.now(UTC)
    subscription = Subscription(
        tenant_id=tenant_id,
        id=new_id(),
        stripe_subscription_id=f"sub_{new_id().hex}",
        plan="business",
        status="active",
        current_period_end=now + timedelta(days=30),
        cancel_at_period_end=False,
        created_at=now,
        activated_at=now,
        version=1,
        observation=1,
    )
    async with services.billing.database.tenant_session(tenant_id) as session:
        session.add(subscription)


async def _deploy(services: Services, tenant_id: UUID) -> UUID:
    """A deployment that has ended, so that a stream of it ends too."""
    database = services.provisioner.database
    deployment_id = await Tenancy(database, tenant_id, services.provisioner.recipes).created()
    if deployment_id is None:
        raise RuntimeError("a new tenant's first deployment was not requested")
    async with database.tenant_session(tenant_id) as session:
        await session.execute(update(Deployment).values(status="succeeded"))
    return deployment_id
