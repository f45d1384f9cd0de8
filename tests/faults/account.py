"""The emulated AWS account as the oracle: what one tenant has there, and whether the ledger knows exactly that."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.provisioner.resources.models import ResourceRow
from tests.faults.small_sandbox import SmallSandbox

MAKING = frozenset(
    {
        "RunInstances", "CreateSecurityGroup", "CreateKey", "CreateRole", "CreateInstanceProfile", "RequestCertificate",
        "CreateTargetGroup", "CreateRule", "CreateDBInstance",
    }
)  # fmt: skip
"""Calls that make something new each time; a bucket or a mail identity is its name, however often it is asked for."""
NOT_IN_THE_ACCOUNT = frozenset({"backup_archive", "object_prefix", "secret"})
"""What the ledger holds and the inventory of the emulated account does not: objects, and secrets kept in files."""


@dataclass(frozen=True)
class Found:
    """One living thing of the tenant in the account."""

    kind: str
    id: str
    name: str
    tags: Mapping[str, str]


def things_of(sandbox: SmallSandbox, tenant_id: UUID, slug: str) -> list[Found]:
    """All that carries the tenant's tag; records and mail identities carry the stack's name instead."""
    listed = sandbox.cloud("GET", "inventory")
    assert isinstance(listed, list)
    return [
        Found(f"{each['service']}.{each['kind']}", each["id"], each["name"], each["tags"])
        for each in listed
        if each["tags"].get("Tenant") == str(tenant_id) or slug in each["name"]
    ]


def nothing_is_double(things: Sequence[Found]) -> None:
    """At most one living thing of each kind and name. Two hosts have two names."""
    counted = Counter((thing.kind, thing.name) for thing in things)
    assert max(counted.values(), default=0) <= 1, counted


def ledger_knows_all(things: Sequence[Found], rows: Sequence[ResourceRow]) -> None:
    """Whatever is in the account is in the ledger, by its id or by its name."""
    known = {row.external_id for row in rows} | {row.name for row in rows}
    unknown = [thing for thing in things if not _names(thing) & known]
    assert unknown == [], f"{unknown} are not among {sorted(map(str, known))}"


def account_has_all(things: Sequence[Found], rows: Sequence[ResourceRow]) -> None:
    """Whatever the ledger says is in the account is there."""
    there = {name for thing in things for name in _names(thing)}
    meant = [row for row in rows if row.state in {"exists", "quarantined"} and row.kind not in NOT_IN_THE_ACCOUNT]
    missing = [(row.kind, row.name) for row in meant if not {row.external_id, row.name} & there]
    assert missing == [], f"{missing} are not among {sorted(map(str, there))}"


def _names(thing: Found) -> set[str | None]:
    """What the ledger may call it: an ARN, the end of one, a name, or `<type> <name>` of a record."""
    short = thing.id.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    host, _, record_type = thing.name.partition(". ")
    records = {host, f"{record_type} {host}"} if record_type else set()
    return {thing.id, short, thing.name, *records}


def calls_that_made(sandbox: SmallSandbox, slug: str, tenant_id: UUID) -> Counter[tuple[str, str]]:
    """How often each thing of the tenant's was successfully asked for, by (action, token or name), over all time."""
    listed: Any = sandbox.cloud("GET", "ledger")
    own = [entry for entry in listed if slug in entry["name"] or entry["tags"].get("Tenant") == str(tenant_id)]
    made = [entry for entry in own if entry["succeeded"] and entry["action"] in MAKING]
    return Counter((entry["action"], ",".join(entry["ids"]) or entry["name"]) for entry in made)
