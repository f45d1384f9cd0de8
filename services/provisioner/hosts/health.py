"""How a stack's apps stand by the word of the host that serves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.provisioner import AppState, AppStatus
from services.provisioner.backups.repository import last_backup_at
from services.provisioner.hosts.models import StackReportRow
from services.provisioner.hosts.reports import SILENCE, find_report
from services.provisioner.stack_apps.catalogue import load_catalogue
from services.provisioner.stacks.health import StackReport
from services.provisioner.stacks.models import Stack

KNOWN: frozenset[str] = frozenset(get_args(AppStatus))


class ReportedHealth:
    """`stack_url` is the public address of a stack, with `{slug}` in it; apps are subdomains of it."""

    def __init__(self, stack_url: str) -> None:
        self._stack_url = stack_url

    async def report(self, session: AsyncSession, stack: Stack) -> StackReport | None:
        """What the host says of this stack; None before it said anything. The session is the tenant's."""
        host_id = stack.outputs.get("host", {}).get("host_id")
        if host_id is None or stack.slug is None:
            return None
        row = await find_report(session, stack.id, UUID(host_id))
        if row is None:
            return None
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        fresh = now - row.reported_at <= SILENCE
        return StackReport(
            apps=app_states(row, stack_url=self._stack_url.format(slug=stack.slug), fresh=fresh),
            fresh=fresh,
            uptime=uptime(row, now),
            storage_bytes=row.storage_bytes,
            bandwidth_bytes=row.bandwidth_bytes,
            last_backup_at=await last_backup_at(session, stack.id),
        )


def app_states(row: StackReportRow, *, stack_url: str, fresh: bool) -> dict[str, AppState]:
    """Every app that a browser reaches. Of a silent host nothing is known."""
    states: dict[str, AppState] = {}
    for name, label in _labels().items():
        said = row.apps.get(name, {}).get("status") if fresh else None
        status = said if said in KNOWN else "unhealthy" if said == "stopped" else "unknown"
        states[name] = AppState.model_validate({"status": status, "url": app_url(stack_url, label)})
    return states


def app_url(stack_url: str, label: str) -> str:
    """`http://crm.acme.localhost:8000` for `http://acme.localhost:8000`; the website is at the root."""
    if not label:
        return stack_url
    parts = urlsplit(stack_url)
    return parts._replace(netloc=f"{label}.{parts.netloc}").geturl()


def uptime(row: StackReportRow, now: datetime) -> float | None:
    """The share of time since it was healthy first, 0 to 1."""
    if row.first_healthy_at is None:
        return None
    since = (now - row.first_healthy_at).total_seconds()
    good = row.healthy_seconds
    if row.healthy and now - row.reported_at <= SILENCE:
        good += (now - row.reported_at).total_seconds()
    return 1.0 if since <= 0 else round(min(1.0, good / since), 5)


def _labels() -> Mapping[str, str]:
    return {name: app.label for name, app in load_catalogue().apps.items() if app.label is not None}
