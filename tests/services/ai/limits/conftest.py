"""ai's limits on its real database, with the real billing beside it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from libs.adapters.bus import LocalBusSettings
from libs.common.audit import UsageRecorded
from libs.common.clock import FixedClock
from libs.common.database import Database
from libs.common.failpoints import configure_failpoints
from libs.common.http_client import ServiceHttp
from libs.common.ids import new_id
from libs.common.platform_tables import OutboxRow
from libs.common.security.assertions import AssertionSigner
from libs.contracts.billing import BillingClient
from services.ai.assistants.models import Assistant
from services.ai.limits import repository
from services.ai.limits.models import Budget, Period
from services.ai.limits.repository import Standing
from services.ai.limits.service import Used, release, reserve_answer, settle
from tests.support.billing import NOWHERE, Billing, open_billing
from tests.support.databases import ServiceDatabase, migrated_database
from tests.support.identities import SERVICE_KEYS
from tests.support.servers import PostgresServer


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What limits need of ai's context, and billing itself."""

    database: Database
    billing: BillingClient
    clock: FixedClock
    real_billing: Billing


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One assistant of a business, and somebody who asks it."""

    limits: Limits
    tenant_id: UUID = field(default_factory=new_id)
    assistant_id: UUID = field(default_factory=new_id)
    user_id: UUID = field(default_factory=new_id)

    async def reserve(self, *, answer_id: UUID | None = None, visitor: bool = False, may_cost: str = "0") -> UUID:
        """The id of an answer that may be written now."""
        answer_id = answer_id or new_id()
        await reserve_answer(
            self.limits,
            tenant_id=self.tenant_id,
            assistant_id=self.assistant_id,
            user_id=None if visitor else self.user_id,
            answer_id=answer_id,
            may_cost=Decimal(may_cost),
        )
        return answer_id

    async def settle(self, answer_id: UUID, *, visitor: bool = False, cents: str = "0", tokens: int = 0) -> None:
        async with self.limits.database.tenant_session(self.tenant_id) as session:
            await settle(
                session,
                tenant_id=self.tenant_id,
                assistant_id=self.assistant_id,
                user_id=None if visitor else self.user_id,
                answer_id=answer_id,
                used=Used(input_tokens=tokens, output_tokens=tokens, cents=Decimal(cents)),
                now=self.limits.clock.now(),
            )

    async def ask(self, *, visitor: bool = False, cents: str = "0", tokens: int = 0) -> None:
        """A whole answer."""
        answer_id = await self.reserve(visitor=visitor)
        await self.settle(answer_id, visitor=visitor, cents=cents, tokens=tokens)

    async def release(self, answer_id: UUID) -> None:
        await release(self.limits, tenant_id=self.tenant_id, answer_id=answer_id)

    async def allow(
        self, *, person: bool = False, period: Period = "day", queries: int | None = None, cents: int | None = None
    ) -> UUID:
        """Sets a budget of the assistant, or of the person; its id."""
        now = datetime.now(UTC)
        budget = Budget(
            tenant_id=self.tenant_id,
            id=new_id(),
            assistant_id=None if person else self.assistant_id,
            user_id=self.user_id if person else None,
            period=period,
            most_queries=queries,
            most_cents=cents,
            created_at=now,
            updated_at=now,
        )
        async with self.limits.database.tenant_session(self.tenant_id) as session:
            return (await repository.save(session, budget)).id

    async def standing(self, budget_id: UUID) -> Standing:
        async with self.limits.database.tenant_session(self.tenant_id) as session:
            today = self.limits.clock.now().date()
            return await repository.standing(session, budget_id, today=today, now=datetime.now(UTC))

    async def hear_of_use(self) -> int:
        """billing is told what ai recorded; says how many events that were."""
        async with self.limits.database.tenant_session(self.tenant_id) as session:
            bodies = list(await session.scalars(select(OutboxRow.body).where(OutboxRow.type == UsageRecorded.type)))
            await session.execute(delete(OutboxRow).where(OutboxRow.type == UsageRecorded.type))
        await self.limits.real_billing.hear(*(UsageRecorded.model_validate(body) for body in bodies))
        return len(bodies)

    async def at_billing(self) -> tuple[int, int]:
        """The queries that billing has counted, and those that it holds."""
        use = await self.limits.real_billing.use(self.tenant_id, "ai_queries_per_month")
        return use["used"], use["held"]


@pytest.fixture(scope="module")
async def opened_limits(
    postgres: PostgresServer, ai_database: ServiceDatabase, ai_bus: LocalBusSettings
) -> AsyncIterator[Limits]:
    billing_database = await migrated_database(postgres, "billing")
    database = ai_database.open()
    try:
        async with open_billing(billing_database, ai_bus) as billing:
            yield Limits(database=database, billing=billing.client("ai"), clock=billing.clock, real_billing=billing)
    finally:
        await database.aclose()


@pytest.fixture
def limits(opened_limits: Limits) -> Iterator[Limits]:
    yield opened_limits
    configure_failpoints("")


@pytest.fixture
async def desk(limits: Limits) -> Desk:
    made = Desk(limits=limits)
    now = datetime.now(UTC)
    async with limits.database.tenant_session(made.tenant_id) as session:
        session.add(
            Assistant(
                tenant_id=made.tenant_id,
                id=made.assistant_id,
                name="Front desk",
                version=1,
                created_at=now,
                updated_at=now,
            )
        )
    return made


@pytest.fixture
async def without_billing(desk: Desk) -> AsyncIterator[Desk]:
    """The same desk while billing does not answer."""
    http = ServiceHttp("billing", NOWHERE, AssertionSigner("ai", SERVICE_KEYS["ai"]))
    yield replace(desk, limits=replace(desk.limits, billing=BillingClient(http)))
    await http.aclose()
