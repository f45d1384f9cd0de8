"""What crosses the wire about plans."""

from typing import Literal

from pydantic import BaseModel, Field

from libs.contracts.billing import BackupSchedule
from services.billing.plans.catalogue import Catalogue, CataloguePlan


class PriceAnswer(BaseModel):
    """`amount` in minor units of `currency` (ISO 4217) per `interval`."""

    amount: int = Field(examples=[59900])
    currency: str = Field(examples=["USD"])
    interval: Literal["month"]


class OverageAnswer(BaseModel):
    """`amount` in minor units for every begun `per` units beyond the limit."""

    amount: int
    per: int


class EntitlementAnswer(BaseModel):
    """How an entitlement is counted; use beyond a `hard` limit is refused, beyond a `soft` one charged."""

    unit: str = Field(examples=["byte"])
    limit: int | None
    kind: Literal["soft", "hard"]
    overage: OverageAnswer | None


class PlanAnswer(BaseModel):
    """A plan. Keys of `limits` are the entitlements; null is unlimited. `trial_days` is null where it is paid."""

    id: str = Field(examples=["business"])
    name: str = Field(examples=["Business"])
    price: PriceAnswer
    purchasable: bool
    trial_days: int | None
    limits: dict[str, int | None] = Field(examples=[{"users": 50, "custom_domains": 5}])
    entitlements: dict[str, EntitlementAnswer]
    features: list[str]
    backups: BackupSchedule | None


class PlanList(BaseModel):
    """All plans, the smallest first."""

    items: list[PlanAnswer]


def plan_list(catalogue: Catalogue) -> PlanList:
    """The catalogue as the public sees it."""
    return PlanList(items=[_plan_answer(catalogue, plan) for plan in catalogue.plans])


def _plan_answer(catalogue: Catalogue, plan: CataloguePlan) -> PlanAnswer:
    return PlanAnswer(
        id=plan.id,
        name=plan.name,
        price=PriceAnswer(amount=plan.amount, currency=catalogue.currency, interval=catalogue.interval),
        purchasable=plan.purchasable,
        trial_days=catalogue.trial.days if plan.id == catalogue.trial.plan else None,
        limits=plan.limits,
        entitlements={name: _entitlement_answer(catalogue, plan, name) for name in catalogue.entitlements},
        features=list(plan.features),
        backups=plan.backups,
    )


def _entitlement_answer(catalogue: Catalogue, plan: CataloguePlan, name: str) -> EntitlementAnswer:
    entitlement, kind = catalogue.entitlements[name], catalogue.limit_kind(plan, name)
    charged = kind == "soft" and plan.limits[name] is not None and entitlement.overage is not None
    return EntitlementAnswer(
        unit=entitlement.unit,
        limit=plan.limits[name],
        kind=kind,
        overage=OverageAnswer.model_validate(entitlement.overage, from_attributes=True) if charged else None,
    )
