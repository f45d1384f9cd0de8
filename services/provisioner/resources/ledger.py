"""The ledger of all that was ever made on AWS, as a step uses it: intent before the call, outcome after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

PLATFORM_TENANT = UUID(int=0)
"""Owner of what belongs to no tenant, such as a shared host."""

ResourceState: TypeAlias = Literal["intended", "exists", "removing", "removed", "quarantined", "unknown"]


class HoldsData(Exception):
    """A resource that holds data may not be removed here; quarantine it instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing on AWS. `client_token` is unique to this making of it and stays the same however often it is tried.

    `made_here` is true when the deployment at work made it, or took it over from a failed one. `external_id` is null
    until `made`: the call may or may not have reached AWS.
    """

    id: UUID
    kind: str
    name: str
    state: ResourceState
    external_id: str | None
    client_token: str
    tags: Mapping[str, str]
    holds_data: bool
    made_here: bool


class ResourceLedger(Protocol):
    """Each call is one committed transaction that a worker without a live lease cannot make (`LeaseLost`)."""

    async def intend(
        self,
        kind: str,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        holds_data: bool = False,
        client_token: str | None = None,
    ) -> Resource:
        """Records that `kind` `name` is about to be made, and returns it; call before the AWS call that makes it.

        There is one living resource of a kind and name per tenant: a second call returns the first one's row, with
        its client token. `name` must be deterministic. The token defaults to the row's id (36 characters).
        """

    async def made(self, resource: Resource, external_id: str) -> Resource:
        """Records what AWS calls it. From here on it exists."""

    async def removing(self, resource: Resource, *, data_is_safe: bool = False) -> Resource:
        """Records that it is about to be deleted.

        Raises:
            HoldsData: it was made and holds data, and `data_is_safe` (verified to be elsewhere) was not said.
        """

    async def removed(self, resource: Resource) -> None:
        """Records that AWS no longer has it, or never had. A later `intend` starts a new row with a new token."""

    async def quarantined(self, resource: Resource, reason: str) -> None:
        """Records that it is kept for its data, out of use. A later `intend` of its name finds it again."""

    async def retagging(self, resource: Resource, tags: Mapping[str, str]) -> Resource:
        """Records what it is to carry from now on; call before AWS is told."""

    async def find(self, kind: str, name: str) -> Resource | None:
        """The living resource of that kind and name of this tenant, whoever made it."""

    async def made_here(self, kind: str | None = None) -> list[Resource]:
        """What this deployment made in the step at work and has not removed or quarantined, newest first."""

    async def of_stack(self, kind: str | None = None) -> list[Resource]:
        """Everything living of the stack, whichever deployment and step made it, newest first."""
