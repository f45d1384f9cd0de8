"""The desired state of a stack: one JSON document that says everything a deployment brings about."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

HostKind = Literal["shared", "dedicated"]
APPS = ("crm", "files", "booking", "email_marketing", "website")
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


class Desired(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanShape(Desired):
    """What a plan asks of the infrastructure; copied from the plan catalogue when the plan was chosen.

    `instance_type` is null on a shared host. `storage_bytes` and `users` are null where the plan has no limit.
    `backup_every_hours` is null where the plan has no backups.
    """

    id: str = Field(min_length=1, max_length=64)
    host_kind: HostKind
    instance_type: str | None = None
    database: Literal["containers", "rds"] = "containers"
    storage_bytes: int | None = Field(default=None, ge=0)
    users: int | None = Field(default=None, ge=1)
    backup_every_hours: int | None = Field(default=None, ge=1)
    backup_kept_days: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _a_dedicated_host_has_a_type(self) -> "PlanShape":
        if (self.instance_type is None) != (self.host_kind == "shared"):
            raise ValueError("a dedicated host needs an instance type, and a shared one has none of the tenant's own")
        return self


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
