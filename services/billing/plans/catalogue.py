"""The plan catalogue: what is for sale, what it allows, and the rules of the trial. One file, read once, checked."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.common.access_mode import Mode
from libs.common.yaml_files import read_yaml
from libs.contracts.billing import BackupSchedule, Plan, PlanCompute

CATALOGUE_FILE = Path(__file__).with_name("catalogue.yaml")
LimitKind = Literal["soft", "hard"]


def load_catalogue(path: Path = CATALOGUE_FILE) -> "Catalogue":
    """The catalogue in `path`. Raises pydantic's ValidationError, which names every fault."""
    return Catalogue.model_validate(read_yaml(path))


class Entry(BaseModel):
    """Base of the catalogue's parts: a word that is not known is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Overage(Entry):
    """`amount` in minor units for every begun `per` units beyond a soft limit."""

    amount: int = Field(gt=0)
    per: int = Field(gt=0)


class Entitlement(Entry):
    """What is counted and limited; `paid` is the kind of its limit in paid plans.

    With a `period`, use is counted anew in each; without, its level counts, which also falls.
    """

    unit: str
    period: Literal["month"] | None = None
    paid: LimitKind
    overage: Overage | None = None

    @model_validator(mode="after")
    def _soft_has_a_price(self) -> Self:
        if (self.paid == "soft") != (self.overage is not None):
            raise ValueError("a soft limit has an overage price, a hard one has none")
        return self


class TrialRules(Entry):
    """How long a trial of `plan` runs, and when its owner is warned; in days."""

    plan: str
    days: int = Field(gt=0)
    grace_days: int = Field(ge=0)
    warn_days_before: tuple[int, ...]


class CataloguePlan(Entry):
    """One plan; `amount` in minor units of the catalogue's currency per interval, 0 where it cannot be bought."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    name: str
    amount: int = Field(ge=0)
    limits_are: LimitKind | None = None
    compute: PlanCompute
    limits: dict[str, int | None]
    features: tuple[str, ...]
    backups: BackupSchedule | None

    @property
    def purchasable(self) -> bool:
        """True where Checkout may sell it."""
        return self.amount > 0

    @property
    def product_id(self) -> str:
        """The id of its product at Stripe, by which a subscription tells its plan."""
        return f"stackpro_{self.id}"

    def as_contract(self) -> Plan:
        """The plan as other services see it."""
        return Plan(
            id=self.id,
            name=self.name,
            compute=self.compute,
            limits=self.limits,
            features=list(self.features),
            backups=self.backups,
        )


class Catalogue(Entry):
    """The whole catalogue."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    interval: Literal["month"]
    trial: TrialRules
    access: Mapping[str, Mode]
    entitlements: Mapping[str, Entitlement]
    plans: tuple[CataloguePlan, ...]

    @cached_property
    def by_id(self) -> Mapping[str, CataloguePlan]:
        """Plans by id."""
        return {plan.id: plan for plan in self.plans}

    @cached_property
    def by_product(self) -> Mapping[str, CataloguePlan]:
        """Plans by the id of their product at Stripe."""
        return {plan.product_id: plan for plan in self.plans}

    def lookup_key(self, plan: CataloguePlan) -> str:
        """The name under which Stripe finds the plan's present price."""
        return f"{plan.product_id}_{self.interval}"

    def limit_kind(self, plan: CataloguePlan, entitlement: str) -> LimitKind:
        """Whether use beyond the plan's limit is refused or charged."""
        return plan.limits_are or self.entitlements[entitlement].paid

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len(self.by_id) != len(self.plans):
            raise ValueError("two plans have the same id")
        if self.trial.plan not in self.by_id:
            raise ValueError(f"the trial's plan {self.trial.plan!r} is not in the catalogue")
        for plan in self.plans:
            if plan.limits.keys() != self.entitlements.keys():
                odd = sorted(plan.limits.keys() ^ self.entitlements.keys())
                raise ValueError(f"plan {plan.id!r} and the entitlements differ in {odd}")
        if not all(0 < days < self.trial.days for days in self.trial.warn_days_before):
            raise ValueError("warnings must lie within the trial")
        return self
