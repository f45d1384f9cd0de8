"""messaging as its tests see it: its open parts, and businesses whose people are known to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr

from libs.adapters.bus import LocalBusSettings
from libs.adapters.cache import CacheSettings
from libs.adapters.keys import LocalKeysSettings
from libs.adapters.objects import LocalObjectsSettings
from libs.common.ids import new_id
from libs.common.security.tokens import AccessTokenVerifier
from libs.contracts.auth import MemberChanged
from services.messaging.context import MessagingContext, open_context
from services.messaging.members.handlers import on_member_changed
from services.messaging.settings import MessagingSettings
from tests.support.databases import ServiceDatabase
from tests.support.identities import SERVICE_KEYS, SERVICE_PUBLIC_KEYS, jwks

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, kw_only=True)
class Business:
    """A tenant with its people: `people[0]` is the owner, the rest are members."""

    id: UUID
    people: tuple[UUID, ...]


def messaging_settings(
    database: ServiceDatabase,
    bus: LocalBusSettings,
    valkey_url: str,
    folder: Path,
    *,
    objects_url: str = NOWHERE,
    billing_url: str = NOWHERE,
) -> MessagingSettings:
    """The settings of a messaging of the tests, whose key ring and objects lie in `folder`."""
    return MessagingSettings(
        database_url=SecretStr(database.url("app")),
        database_system_url=SecretStr(database.url("system")),
        database_pool_size=5,
        jwks_url="http://127.0.0.1:9/jwks",
        service_private_key=SecretStr(SERVICE_KEYS["messaging"]),
        service_public_keys=SERVICE_PUBLIC_KEYS,
        cursor_key=SecretStr("c" * 32),
        drain_seconds=0,
        bus=bus,
        keys=LocalKeysSettings(path=folder / "keys.json", master_key=SecretStr("m" * 32)),
        cache=CacheSettings(url=SecretStr(valkey_url)),
        objects=LocalObjectsSettings(root=folder / "objects", public_url=objects_url, signing_key=SecretStr("o" * 32)),
        billing_url=billing_url,
        attachments_bucket="attachments",
    )


@asynccontextmanager
async def open_messaging(settings: MessagingSettings) -> AsyncIterator[MessagingContext]:
    """messaging's parts; it believes the access tokens that tests sign."""
    async with open_context(settings) as context:
        yield replace(context, tokens=AccessTokenVerifier(jwks))


async def new_business(context: MessagingContext, *, people: int = 3) -> Business:
    """A business that auth has told of."""
    business = Business(id=new_id(), people=tuple(new_id() for _ in range(people)))
    for number, user_id in enumerate(business.people):
        await join_business(context, business.id, user_id, role="owner" if number == 0 else "member")
    return business


async def join_business(
    context: MessagingContext,
    tenant_id: UUID,
    user_id: UUID,
    *,
    role: str = "member",
    active: bool = True,
    version: int = 1,
) -> None:
    """auth tells that someone joined, or changed, or left."""
    event = MemberChanged(tenant_id=tenant_id, user_id=user_id, role=role, active=active, version=version)
    async with context.database.tenant_session(tenant_id) as session:
        await on_member_changed(session, event)
