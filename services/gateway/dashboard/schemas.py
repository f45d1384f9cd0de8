"""The dashboard as the web app gets it."""

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from libs.contracts.auth import Tenant
from libs.contracts.billing import SubscriptionSummary, TrialSummary
from libs.contracts.provisioner import DeploymentSummary, StackSummary

EXAMPLE: JsonDict = {
    "tenant": {
        "id": "0193b1d2-6a00-7000-8000-000000000001",
        "slug": "backer-sohne-k3x9",
        "name": "Bäcker & Söhne",
        "locale": "de-DE",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "home_region": "us-east-1",
    },
    "trial": {"status": "active", "ends_at": "2026-12-05T10:00:00Z", "days_left": 14},
    "subscription": None,
    "stack": {
        "status": "healthy",
        "url": "http://backer-sohne-k3x9.localhost:8080",
        "host_kind": "shared",
        "apps": {"crm": {"status": "healthy", "url": "http://backer-sohne-k3x9.localhost:8080/crm"}},
        "uptime": 1.0,
        "storage_bytes": 3000000,
        "bandwidth_bytes": 0,
        "last_backup_at": None,
    },
    "deployments": [],
    "unavailable": [],
}


class Dashboard(BaseModel):
    """What a business sees first. A part is null where there is none, or where its name is in `unavailable`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    tenant: Tenant | None
    trial: TrialSummary | None
    subscription: SubscriptionSummary | None
    stack: StackSummary | None
    deployments: list[DeploymentSummary] | None
    unavailable: list[str]
