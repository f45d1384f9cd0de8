"""The platform's state for everybody: which services work, and nothing of what is inside them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from services.gateway.health.service import Health

EXAMPLE: JsonDict = {
    "status": "degraded",
    "services": [
        {"name": "auth", "status": "operational"},
        {"name": "billing", "status": "unavailable"},
        {"name": "provisioner", "status": "operational"},
    ],
}


class ServiceStatus(BaseModel):
    """A service that works, or does not at the moment."""

    name: str
    status: Literal["operational", "unavailable"]


class PlatformStatus(BaseModel):
    """`status` is `degraded` when any service does not work; the others go on working then."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    status: Literal["operational", "degraded"]
    services: list[ServiceStatus]


def platform_status(health: Health, services: frozenset[str]) -> PlatformStatus:
    """What the public may know of `health`; parts that are no service stay out of it."""
    seen = [
        ServiceStatus(name=name, status="operational" if part.is_well else "unavailable")
        for name, part in sorted(health.parts.items())
        if name in services
    ]
    whole = all(service.status == "operational" for service in seen)
    return PlatformStatus(status="operational" if whole else "degraded", services=seen)
