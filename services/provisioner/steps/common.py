"""What steps have in common: names, tags, intents, and taking back what was made."""

import hashlib
from collections.abc import Awaitable, Callable

from services.provisioner.cloud.tags import stack_tags
from services.provisioner.engine.step import NeedsOperator
from services.provisioner.resources.ledger import Resource
from services.provisioner.steps.dependencies import Context

KEPT_FOR_DATA = "It may hold data of the stack."


def name_of(context: Context, *, limit: int = 60) -> str:
    """`stackpro-<slug>`, shortened by a hash where it would be longer than `limit`."""
    return shortened(f"stackpro-{context.stack.slug}", limit)


def generation_name(context: Context, *, limit: int = 60) -> str:
    """The same for what each host of a stack has of its own: `stackpro-<slug>-<generation>`."""
    suffix = f"-{context.deployment.generation}"
    return name_of(context, limit=limit - len(suffix)) + suffix


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and a hash of all of it."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 9].rstrip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def tags_of(context: Context) -> dict[str, str]:
    return stack_tags(
        tenant=str(context.tenant_id), plan=context.desired.plan.id, deployment=str(context.deployment.id)
    )


def is_dedicated(context: Context) -> bool:
    return context.desired.plan.host_kind == "dedicated"


def has_rds(context: Context) -> bool:
    """Whether the stack's MySQL is an RDS instance, by its plan."""
    return context.desired.plan.database == "rds"


async def intend(context: Context, kind: str, name: str, *, there: bool = True, holds_data: bool = False) -> Resource:
    """The intent to make it. `there` is false when AWS certainly has no such thing now: what the ledger knows under
    that name was lost then, and a new row with a new client token is begun, unless it held data."""
    resource = await context.resources.intend(kind, name, tags=tags_of(context), holds_data=holds_data)
    if there or resource.state != "exists":
        return resource
    if holds_data:
        detail = f"{kind} {name} ({resource.external_id}) is in the ledger but not on AWS"
        raise NeedsOperator("data_missing", "A part of the stack that holds data is missing.", operator_detail=detail)
    await context.resources.removed(resource)
    return await context.resources.intend(kind, name, tags=tags_of(context), holds_data=holds_data)


async def is_known(context: Context, kind: str, name: str, external_id: str) -> bool:
    """Whether the ledger has it under that id: what a crash left unrecorded must go through `ensure`."""
    known = await context.resources.find(kind, name)
    return known is not None and known.external_id == external_id and known.state == "exists"


async def take_back(context: Context, kind: str, delete: Callable[[Resource], Awaitable[object]]) -> None:
    """Removes everything of that kind that this deployment made in this step."""
    for resource in await context.resources.made_here(kind):
        await context.resources.removing(resource)
        await delete(resource)
        await context.resources.removed(resource)


async def keep(context: Context, *kinds: str) -> None:
    """Sets aside what may hold data; a retry finds it again."""
    for kind in kinds:
        for resource in await context.resources.made_here(kind):
            await context.resources.quarantined(resource, KEPT_FOR_DATA)
