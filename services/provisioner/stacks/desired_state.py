"""The desired state of a stack: one JSON document that says everything a deployment brings about."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.contracts.billing import Plan

HostKind = Literal["shared", "dedicated"]
APPS = ("crm", "files", "booking", "email_marketing", "website")
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


class Desired(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanShape(Desired):
    """What a plan asks of the infrastructure, as the catalogue said when the plan was chosen.

    `instance_type`, `memory_mib` and `volume_gib` are the host's. A limit of null is unlimited.
    """

    id: str = Field(min_length=1, max_length=64)
    host_kind: HostKind
    instance_type: str
    memory_mib: int = Field(gt=0)
    volume_gib: int = Field(gt=0)
    database: Literal["container", "rds"] = "container"
    limits: dict[str, int | None] = {}

    @classmethod
    def of(cls, plan: Plan) -> "PlanShape":
        """The shape of a plan of billing's catalogue."""
        return cls(id=plan.id, limits=plan.limits, **plan.compute.model_dump())


class DesiredState(Desired):
    """One stack as it should be. `base_domain` and `slug` make its public name, `<slug>.<base_domain>`."""

    schema_version: Literal[1] = 1
    slug: Slug
    site_name: str = Field(min_length=1, max_length=200)
    owner_user_id: UUID
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    base_domain: str = Field(min_length=1, max_length=200)
    plan: PlanShape
    apps: tuple[str, ...] = Field(default=APPS, min_length=1)
    mode: Literal["running", "read_only", "stopped"] = "running"

    @property
    def hostname(self) -> str:
        """The public DNS name of the stack."""
        return f"{self.slug}.{self.base_domain}"
