"""What billing promises: its events, plans, and how a tenant's trial and subscription stand."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.access_mode import Mode
from libs.common.events import FactEvent, StateEvent
from libs.common.http_client import ServiceHttp, ServiceRefused
from libs.common.problems import Conflict
from libs.common.schemas import RequestBody

CALLERS: Mapping[str, frozenset[str]] = {
    "get_billing_summary": frozenset({"gateway"}),
    "get_trial_plan": frozenset({"provisioner"}),
    "get_plan": frozenset({"provisioner", "auth", "gateway"}),
    "check_entitlement": frozenset({"auth", "messaging", "ai"}),
    "reserve_entitlement": frozenset({"ai", "messaging"}),
    "finalise_reservation": frozenset({"ai", "messaging"}),
}
LONGEST_RESERVATION = 24 * 3600
"""In seconds."""
MOST_AT_ONCE = 2**53
"""The largest quantity that is asked for: what JSON holds exactly."""


class TenantAccessChanged(StateEvent):
    """What a tenant may do from now on; every service keeps a copy."""

    type: ClassVar[str] = "billing.tenant_access.changed.v1"

    mode: Mode


class TrialStarted(FactEvent):
    """A trial began; it ends at `ends_at` and its grace at `grace_ends_at`, in business time."""

    type: ClassVar[str] = "billing.trial.started.v1"

    ends_at: datetime
    grace_ends_at: datetime


class TrialEnding(FactEvent):
    """A trial ends in `days_left` days; the owner was warned."""

    type: ClassVar[str] = "billing.trial.ending.v1"

    days_left: int


class TrialChanged(StateEvent):
    """A trial's status changed."""

    type: ClassVar[str] = "billing.trial.changed.v1"

    status: Literal["active", "grace", "suspended", "converted"]


class SubscriptionActivated(StateEvent):
    """A paid subscription to `plan` is active: the tenant's stack may be built. Told once for each subscription."""

    type: ClassVar[str] = "billing.subscription.activated.v1"

    subscription_id: UUID
    plan: str


class SubscriptionChanged(StateEvent):
    """A subscription's status or plan changed; the status is Stripe's word, and `before` what it was until then."""

    type: ClassVar[str] = "billing.subscription.changed.v1"

    subscription_id: UUID
    plan: str
    status: str
    before: str | None = None
    cancel_at_period_end: bool


class PlanCompute(BaseModel):
    """Where a plan's stack runs. `memory_mib` is the host's; `database` says who runs the app databases."""

    model_config = ConfigDict(frozen=True)

    host_kind: Literal["shared", "dedicated"]
    instance_type: str
    memory_mib: int
    volume_gib: int
    database: Literal["container", "rds"]


class BackupSchedule(BaseModel):
    """How often a plan's stacks are backed up, and how long a backup is kept."""

    model_config = ConfigDict(frozen=True)

    every_hours: int = Field(gt=0)
    kept_days: int = Field(gt=0)


class Plan(BaseModel):
    """One entry of the catalogue, as other services need it. A limit of null is unlimited; no backups are null."""

    id: str
    name: str
    compute: PlanCompute
    limits: dict[str, int | None]
    features: list[str] = []
    backups: BackupSchedule | None = None


class TrialSummary(BaseModel):
    """`days_left` counts begun days and is 0 after the end."""

    status: Literal["active", "grace", "suspended", "converted"]
    ends_at: datetime
    days_left: int


class SubscriptionSummary(BaseModel):
    """The subscription as the customer sees it; `status` is Stripe's word."""

    plan: str
    status: str
    current_period_end: datetime
    cancel_at_period_end: bool


class BillingSummary(BaseModel):
    """Either part is null where there is none."""

    trial: TrialSummary | None
    subscription: SubscriptionSummary | None


class EntitlementCheck(BaseModel):
    """Whether a tenant may use more of `entitlement`. Beyond a `soft` limit it may, and is charged.

    `held` is what reservations hold beside what is `used`.
    """

    allowed: bool
    entitlement: str
    kind: Literal["soft", "hard"]
    limit: int | None
    used: int
    held: int = 0
    plan: str
    upgrade_url: str


class NewReservation(RequestBody):
    """`quantity` of an entitlement is held for `seconds`, under an id of the caller's choice that names one use."""

    id: UUID
    quantity: int = Field(ge=1, le=MOST_AT_ONCE)
    seconds: int = Field(ge=1, le=LONGEST_RESERVATION)


class Finalisation(RequestBody):
    """What was really used of a reservation; 0 gives all back."""

    quantity: int = Field(ge=0, le=MOST_AT_ONCE)


class EntitlementReservation(BaseModel):
    """A part of a limit, held until `held_until` (technical time) or until it is settled."""

    id: UUID
    entitlement: str
    quantity: int
    held_until: datetime


class SettledReservation(BaseModel):
    """A reservation that is over; `counted` is what was counted as used in its place."""

    id: UUID
    entitlement: str
    counted: int


class LimitReached(Conflict):
    """A hard limit of the plan stands in the way; extra members name it, what is used, and where to get more."""

    code, title = "limit_reached", "The plan's limit is reached"
    default_detail = "The plan allows no more of this. Choose a larger plan, or free some of what is used."

    def __init__(self, refused: EntitlementCheck | None = None) -> None:
        if refused is None:
            super().__init__()
            return
        named = refused.model_dump(include={"entitlement", "plan", "limit", "used", "held", "upgrade_url"})
        held = f" and {refused.held} held by what is under way" if refused.held else ""
        super().__init__(
            f"The plan {refused.plan} allows {refused.limit} of {refused.entitlement}, of which {refused.used} are "
            f"used{held}. Free some, or choose a larger plan: {refused.upgrade_url}",
            extra=named,
        )


class ReservationSettled(Conflict):
    code = "reservation_settled"
    default_detail = "What was reserved under this id was used or given back. Reserve under a new id."


class BillingClient:
    """billing's internal operations."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def get_billing_summary(self, tenant_id: UUID) -> BillingSummary:
        """Trial and subscription. Raises ServiceUnavailable."""
        return await self._http.get(f"/internal/tenants/{tenant_id}/billing-summary", BillingSummary)

    async def get_trial_plan(self) -> Plan:
        """The plan that every business begins with. Raises ServiceUnavailable."""
        return await self._http.get("/internal/trial-plan", Plan)

    async def get_plan(self, plan: str) -> Plan:
        """The plan by its id. Raises NotFound, ServiceUnavailable."""
        return await self._http.get(f"/internal/plans/{plan}", Plan)

    async def check_entitlement(self, tenant_id: UUID, entitlement: str, *, quantity: int = 1) -> EntitlementCheck:
        """Whether the tenant may use `quantity` more. Raises NotFound, ServiceUnavailable."""
        path = f"/internal/tenants/{tenant_id}/entitlements/{entitlement}"
        return await self._http.get(path, EntitlementCheck, params={"quantity": str(quantity)})

    async def require_entitlement(self, tenant_id: UUID, entitlement: str, *, quantity: int = 1) -> None:
        """Passes if the tenant may use `quantity` more. Raises LimitReached, NotFound, ServiceUnavailable."""
        answer = await self.check_entitlement(tenant_id, entitlement, quantity=quantity)
        if not answer.allowed:
            raise LimitReached(answer)

    async def reserve(
        self, tenant_id: UUID, entitlement: str, reservation_id: UUID, *, quantity: int = 1, seconds: int
    ) -> EntitlementReservation:
        """Holds `quantity` for `seconds`; the same id again answers the same, while it is held.

        Raises:
            LimitReached: used, held and this together would pass a hard limit.
            ReservationSettled: the id was used before, and its use is over.
            NotFound: no plan knows the entitlement.
            ServiceUnavailable: what may be held then returns by itself after `seconds`.
        """
        body = NewReservation(id=reservation_id, quantity=quantity, seconds=seconds)
        path = f"/internal/tenants/{tenant_id}/entitlements/{entitlement}/reservations"
        try:
            return await self._http.post(path, body, EntitlementReservation, repeatable=True)
        except ServiceRefused as refusal:
            raise _refusal(refusal) from None

    async def finalise(
        self, tenant_id: UUID, entitlement: str, reservation_id: UUID, *, quantity: int
    ) -> SettledReservation:
        """Counts `quantity` as used in place of what was held; 0 gives all back. The first one counts.

        Use that is recorded with the reservation's id needs no finalising: it settles the reservation itself, before
        this or after it, and has the last word on how much was used.

        Raises:
            NotFound: no plan knows the entitlement.
            ServiceUnavailable
        """
        path = f"/internal/tenants/{tenant_id}/entitlements/{entitlement}/reservations/{reservation_id}/finalise"
        return await self._http.post(path, Finalisation(quantity=quantity), SettledReservation, repeatable=True)


def _refusal(refusal: ServiceRefused) -> Conflict | ServiceRefused:
    """What billing refused, as billing itself would raise it."""
    document = refusal.document
    if document["code"] == LimitReached.code:
        return LimitReached(EntitlementCheck.model_validate({**document, "allowed": False, "kind": "hard"}))
    return ReservationSettled() if document["code"] == ReservationSettled.code else refusal
