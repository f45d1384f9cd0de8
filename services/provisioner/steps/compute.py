"""Phase compute: a slot on a shared host, or a machine of the stack's own."""

from typing import ClassVar
from uuid import UUID, uuid5

from services.provisioner.cloud.instances import InstanceOrder
from services.provisioner.engine.step import Absent, Changed, Done, Observation, Outputs, Phase, Present, Step, Wait
from services.provisioner.hosts import commands, placement, repository
from services.provisioner.hosts.fleet import user_data
from services.provisioner.hosts.models import Host, Placement
from services.provisioner.hosts.sizes import usable_mib
from services.provisioner.resources.ledger import Resource
from services.provisioner.stack_apps.catalogue import stack_memory_mib
from services.provisioner.steps.common import generation_name, has_rds, intend, is_dedicated, is_known, tags_of
from services.provisioner.steps.dependencies import Context, Dependencies

GONE = ("terminated", "shutting-down")


class HostStep(Step[Dependencies]):
    """Puts out `host_id`, `kind`, `instance_id` and `ingress_port`. A full fleet queues the stack, in order."""

    name: ClassVar[str] = "host"
    phase: ClassVar[Phase] = "compute"
    KIND = "ec2_instance"

    async def observe(self, context: Context) -> Observation:
        place, host = await _place(context)
        if place is None or host is None:
            return Absent()
        if host.status == "retired" or host.instance_id is None:
            return Changed("its host is not in use")
        if is_dedicated(context):
            instance = await context.dependencies.cloud.instances.get(host.instance_id)
            if instance is None or instance.state in GONE:
                return Absent("its machine is gone")
            if not await is_known(context, self.KIND, host.name, instance.id):
                return Changed("the ledger does not know its machine")
        return Present(_outputs(place, host))

    async def ensure(self, context: Context) -> Done | Wait:
        return await (self._start_own(context) if is_dedicated(context) else self._take_slot(context))

    async def _take_slot(self, context: Context) -> Done | Wait:
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            place = await placement.take_slot(
                session, tenant_id=context.tenant_id, stack_id=context.stack.id, memory_mib=_memory(context)
            )
            host = (
                None if place is None or place.host_id is None else await repository.find_host(session, place.host_id)
            )
        if place is None or host is None:
            return Wait(max(1.0, context.dependencies.rules.poll_seconds), "Waiting for a free place on a host.")
        await context.log("A place on a shared host was taken.")
        return Done(_outputs(place, host))

    async def _start_own(self, context: Context) -> Done:
        machine = context.dependencies.cloud.instances
        name, host_id = generation_name(context), _own_host_id(context)
        resource = await intend(context, self.KIND, name, there=await machine.find(name) is not None, holds_data=False)
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            host = await repository.open_host(
                session,
                host_id,
                kind="dedicated",
                name=name,
                memory_mib=usable_mib(context.desired.plan.memory_mib),
                tokens=context.dependencies.tokens,
            )
            await repository.renew_token(session, host_id)
            place = await placement.take_host(
                session,
                tenant_id=context.tenant_id,
                stack_id=context.stack.id,
                host_id=host_id,
                memory_mib=_memory(context),
            )
        order = _order(context, host)
        made = await machine.create(name, order, client_token=resource.client_token, tags=tags_of(context))
        await context.resources.made(resource, made.id)
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            await repository.set_instance(session, host_id, made.id)
            host = await repository.find_host(session, host_id) or host
        await context.log(f"A machine of type {context.desired.plan.instance_type} was started.")
        return Done(_outputs(place, host))

    async def compensate(self, context: Context) -> Done | Wait:
        """The machine holds a copy at the most: before the pivot the source stands, and a new stack served nobody."""
        for resource in await context.resources.made_here(self.KIND):
            wait = await end_machine(context, resource, _own_host_id(context))
            if wait is not None:
                return wait
        if context.previous is None and not is_dedicated(context):
            async with context.dependencies.database.tenant_session(context.tenant_id) as session:
                for place in await placement.list_placements(session, context.stack.id):
                    await placement.leave(session, context.stack.id, place.host_id)
                await placement.leave(session, context.stack.id, None)
        return Done()


async def end_machine(context: Context, resource: Resource, host_id: UUID) -> Wait | None:
    """Terminates a machine of the stack whose data is safe elsewhere; None once it is gone for good."""
    machine = context.dependencies.cloud.instances
    resource = await context.resources.removing(resource, data_is_safe=True)
    found = await machine.find(resource.name)
    if found is not None:
        await machine.delete(found.id)
    ended = None if resource.external_id is None else await machine.get(resource.external_id)
    if ended is not None and ended.state != "terminated":
        return Wait(context.dependencies.rules.poll_seconds, "The machine is being switched off.")
    async with context.dependencies.database.tenant_session(context.tenant_id) as session:
        await commands.withdraw_commands(session, context.stack.id, host_id)
        await placement.leave(session, context.stack.id, host_id)
        await repository.retire_host(session, host_id)
    await context.resources.removed(resource)
    return None


def _own_host_id(context: Context) -> UUID:
    """The same for every deployment that brings the same generation about, so that a retry adopts what was left."""
    return uuid5(context.stack.id, f"host/{context.deployment.generation}")


async def _place(context: Context) -> tuple[Placement | None, Host | None]:
    async with context.dependencies.database.tenant_session(context.tenant_id) as session:
        for place in await placement.list_placements(session, context.stack.id):
            host = None if place.host_id is None else await repository.find_host(session, place.host_id)
            if host is not None and _is_wanted(context, host):
                return place, host
    return None, None


def _is_wanted(context: Context, host: Host) -> bool:
    if is_dedicated(context):
        return host.id == _own_host_id(context)
    return host.kind == "shared"


def _memory(context: Context) -> int:
    return stack_memory_mib(context.output("check_desired_state", "size"), managed=has_rds(context))


def _outputs(place: Placement, host: Host) -> Outputs:
    return {
        "host_id": str(host.id),
        "kind": host.kind,
        "name": host.name,
        "instance_id": host.instance_id,
        "ingress_port": place.ingress_port,
    }


def _order(context: Context, host: Host) -> InstanceOrder:
    account = context.dependencies.cloud.account
    return InstanceOrder(
        image_id=account.image_id,
        instance_type=context.desired.plan.instance_type,
        # Spread over the zones, and the same zone at each attempt.
        subnet_id=account.subnet_ids[context.stack.id.int % len(account.subnet_ids)],
        security_group_ids=[context.output("security_group", "group_id")],
        profile_arn=context.output("stack_role", "profile_arn"),
        user_data=user_data(host, context.dependencies.tokens, context.dependencies.rules.agent_url),
        volume_gib=context.desired.plan.volume_gib,
        kms_key_id=context.output("encryption_key", "key_arn"),
    )


class HostReady(Step[Dependencies]):
    """The host's agent has registered and reported. Its report ends the wait."""

    name: ClassVar[str] = "host_ready"
    phase: ClassVar[Phase] = "compute"

    async def ensure(self, context: Context) -> Done | Wait:
        async with context.dependencies.database.tenant_session(context.tenant_id) as session:
            host = await repository.find_host(session, UUID(context.output("host", "host_id")))
        if host is None or host.status != "ready" or not host.agent_version:
            return Wait(context.dependencies.rules.poll_seconds, "The host is starting.")
        return Done({"agent_version": host.agent_version})

    async def compensate(self, context: Context) -> Done:
        return Done()
