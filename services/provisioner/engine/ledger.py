"""The resource ledger under a deployment's lease, and one for looking only."""

from collections.abc import Mapping
from uuid import UUID

from libs.common.database import Database
from libs.common.failpoints import failpoint
from services.provisioner.engine.journal import Journal
from services.provisioner.resources import repository
from services.provisioner.resources.ledger import HoldsData, Resource
from services.provisioner.resources.models import ResourceRow


class LookingOnly(Exception):
    """A step's `observe` tried to write: it looks, and changes nothing."""


def _value(row: ResourceRow, deployment_id: UUID | None) -> Resource:
    return Resource(
        id=row.id,
        kind=row.kind,
        name=row.name,
        state=row.state,  # type: ignore[arg-type]  # the column's check constraint has the same words
        external_id=row.external_id,
        client_token=row.client_token,
        tags=row.tags,
        holds_data=row.holds_data,
        made_here=deployment_id is not None and row.deployment_id == deployment_id,
    )


class LookingLedger:
    """Reads the ledger of one stack. Writing raises `LookingOnly`."""

    def __init__(self, database: Database, *, tenant_id: UUID, stack_id: UUID, deployment_id: UUID | None) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._stack_id = stack_id
        self._deployment_id = deployment_id

    async def intend(
        self,
        kind: str,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        holds_data: bool = False,
        client_token: str | None = None,
    ) -> Resource:
        raise LookingOnly(f"intend {kind} {name}")

    async def made(self, resource: Resource, external_id: str) -> Resource:
        raise LookingOnly(f"made {resource.kind} {resource.name}")

    async def removing(self, resource: Resource, *, data_is_safe: bool = False) -> Resource:
        raise LookingOnly(f"removing {resource.kind} {resource.name}")

    async def removed(self, resource: Resource) -> None:
        raise LookingOnly(f"removed {resource.kind} {resource.name}")

    async def quarantined(self, resource: Resource, reason: str) -> None:
        raise LookingOnly(f"quarantined {resource.kind} {resource.name}")

    async def retagging(self, resource: Resource, tags: Mapping[str, str]) -> Resource:
        raise LookingOnly(f"retagging {resource.kind} {resource.name}")

    async def find(self, kind: str, name: str) -> Resource | None:
        async with self._database.tenant_session(self._tenant_id) as session:
            row = await repository.find_living(session, kind, name)
        return None if row is None else _value(row, self._deployment_id)

    async def made_here(self, kind: str | None = None) -> list[Resource]:
        return []

    async def of_stack(self, kind: str | None = None) -> list[Resource]:
        async with self._database.tenant_session(self._tenant_id) as session:
            rows = await repository.list_living(session, self._stack_id, kind=kind)
        return [_value(row, self._deployment_id) for row in rows]


class StepLedger(LookingLedger):
    """The ledger as one step of a deployment at work writes it; each write needs the live lease."""

    def __init__(self, journal: Journal, step: str) -> None:
        deployment = journal.deployment
        super().__init__(
            journal.database,
            tenant_id=deployment.tenant_id,
            stack_id=deployment.stack_id,
            deployment_id=deployment.id,
        )
        self._journal = journal
        self._deployment = deployment
        self._step = step

    async def intend(
        self,
        kind: str,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        holds_data: bool = False,
        client_token: str | None = None,
    ) -> Resource:
        async with self._journal.transaction() as session:
            row = await repository.record_intent(
                session,
                tenant_id=self._deployment.tenant_id,
                kind=kind,
                name=name,
                stack_id=self._deployment.stack_id,
                deployment_id=self._deployment.id,
                step=self._step,
                tags=tags,
                holds_data=holds_data,
                client_token=client_token,
            )
            failpoint(f"engine.{self._step}.before_intent_commit")
        failpoint(f"engine.{self._step}.after_intent_commit")
        return _value(row, self._deployment.id)

    async def made(self, resource: Resource, external_id: str) -> Resource:
        return await self._set(resource, "exists", external_id=external_id, note="")

    async def removing(self, resource: Resource, *, data_is_safe: bool = False) -> Resource:
        if resource.holds_data and resource.external_id is not None and not data_is_safe:
            raise HoldsData(f"{resource.kind} {resource.name} holds data; quarantine it instead")
        return await self._set(resource, "removing")

    async def removed(self, resource: Resource) -> None:
        await self._set(resource, "removed")

    async def quarantined(self, resource: Resource, reason: str) -> None:
        await self._set(resource, "quarantined", note=reason)

    async def retagging(self, resource: Resource, tags: Mapping[str, str]) -> Resource:
        return await self._set(resource, resource.state, tags=tags)

    async def made_here(self, kind: str | None = None) -> list[Resource]:
        async with self._database.tenant_session(self._tenant_id) as session:
            rows = await repository.list_made(session, self._deployment.id, step=self._step, kind=kind)
        return [_value(row, self._deployment.id) for row in rows]

    async def _set(
        self,
        resource: Resource,
        state: str,
        *,
        external_id: str | None = None,
        note: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Resource:
        async with self._journal.transaction() as session:
            row = await repository.set_state(session, resource.id, state, external_id=external_id, note=note, tags=tags)
            failpoint(f"engine.{self._step}.before_{state}_commit")
        failpoint(f"engine.{self._step}.after_{state}_commit")
        return _value(row, self._deployment.id)
