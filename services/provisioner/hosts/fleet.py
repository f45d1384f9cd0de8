"""The fleet of shared hosts: keeps room for the next stack, grows for those that wait, up to its limit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Database
from libs.common.failpoints import failpoint
from libs.common.ids import new_id
from libs.common.sweeps import Sweep
from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.instances import InstanceOrder
from services.provisioner.cloud.security_groups import IngressRule
from services.provisioner.cloud.tags import MANAGED_BY
from services.provisioner.cloud.user_data import AgentBootstrap, render_user_data
from services.provisioner.hosts import lookups, repository
from services.provisioner.hosts.credentials import HostTokens
from services.provisioner.hosts.models import Host
from services.provisioner.hosts.placement import SHARED_PORTS
from services.provisioner.hosts.sizes import shared_size, usable_mib
from services.provisioner.resources import repository as resources
from services.provisioner.resources.ledger import PLATFORM_TENANT
from services.provisioner.resources.models import ResourceRow
from services.provisioner.stack_apps.catalogue import stack_memory_mib

EVERY_SECONDS = 2.0
NAME = "stackpro-shared-hosts"
TAGS = {"Tenant": "platform", "Plan": "shared", "Deployment": "fleet", "ManagedBy": MANAGED_BY}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["cloudwatch:PutMetricData", "logs:*"], "Resource": "*"}],
}
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRules:
    """How many shared hosts there may be and how many of them keep room; what machine each is."""

    most: int
    warm: int
    instance_type: str
    memory_mib: int
    volume_gib: int
    agent_url: str


def hosts_to_start(rules: FleetRules, hosts: Sequence[Host], queued_mib: Sequence[int]) -> int:
    """How many hosts are lacking: for the stacks in the queue, and for the room to be kept for the next ones."""
    stack_mib, host_mib = stack_memory_mib(shared_size()), usable_mib(rules.memory_mib)
    free = [host.memory_mib - host.reserved_mib for host in hosts]
    # What waits is packed into what there is first, then into hosts to come.
    for need in queued_mib:
        room = next((index for index, left in enumerate(free) if left >= need), None)
        if room is None:
            free.append(host_mib)
            room = len(free) - 1
        free[room] -= need
    with_room = sum(left >= stack_mib for left in free)
    lacking = len(free) - len(hosts) + max(0, rules.warm - with_room)
    return max(0, min(lacking, rules.most - len(hosts)))


def fleet_sweep(
    rules: FleetRules, database: Database, open_cloud: Callable[[], Awaitable[Cloud]], tokens: HostTokens
) -> Sweep:
    """Looks every two seconds; starts lacking hosts and finishes starts that were interrupted."""

    async def run(session: AsyncSession, _now: datetime) -> int:
        hosts = await repository.list_shared(session)
        queued = await lookups.places(database, None)
        begun = [host.id for host in hosts if host.instance_id is None]
        lacking = hosts_to_start(rules, hosts, [place.memory_mib for place in queued])
        wanted = [*begun, *(new_id() for _ in range(lacking))]
        for host_id in wanted:
            await SharedHostStart(rules, database, await open_cloud(), tokens).run(host_id)
        return len(wanted)

    return Sweep(name="shared_hosts", every=EVERY_SECONDS, run=run)


class SharedHostStart:
    """Starts one shared host; repeated after a crash it adopts what was made. All of it stands in the ledger."""

    def __init__(self, rules: FleetRules, database: Database, cloud: Cloud, tokens: HostTokens) -> None:
        self._rules = rules
        self._database = database
        self._cloud = cloud
        self._tokens = tokens

    async def run(self, host_id: UUID) -> None:
        name = f"stackpro-shared-{host_id.hex[-8:]}"
        async with self._database.platform_session() as session:
            host = await repository.open_host(
                session,
                host_id,
                kind="shared",
                name=name,
                memory_mib=usable_mib(self._rules.memory_mib),
                tokens=self._tokens,
            )
            await repository.renew_token(session, host_id)
        failpoint("fleet.host.opened")
        group_id, profile_arn = await self._security_group(), await self._profile()
        resource = await self._intend("ec2_instance", name)
        order = InstanceOrder(
            image_id=self._cloud.account.image_id,
            instance_type=self._rules.instance_type,
            subnet_id=self._cloud.account.subnet_ids[0],
            security_group_ids=[group_id],
            profile_arn=profile_arn,
            user_data=user_data(host, self._tokens, self._rules.agent_url),
            volume_gib=self._rules.volume_gib,
        )
        instance = await self._cloud.instances.create(name, order, client_token=resource.client_token, tags=TAGS)
        failpoint("fleet.instance.made")
        await self._made(resource, instance.id)
        async with self._database.platform_session() as session:
            await repository.set_instance(session, host_id, instance.id)
        logger.info("fleet.host_started", host_id=str(host_id), instance=instance.id)

    async def _security_group(self) -> str:
        balancer = self._cloud.account.load_balancer_security_group_id
        rule = IngressRule(first=SHARED_PORTS[0], last=SHARED_PORTS[-1], source_group_id=balancer)
        resource = await self._intend("security_group", NAME)
        found = await self._cloud.security_groups.find(NAME)
        if found is None or rule not in found.ingress:
            found = await self._cloud.security_groups.create(
                NAME, description="Shared hosts of StackPro", ingress=[rule], tags=TAGS
            )
        await self._made(resource, found.id)
        return found.id

    async def _profile(self) -> str:
        resource = await self._intend("iam_role", NAME)
        role = await self._cloud.roles.find(NAME)
        if role is None or role.profile_arn is None:
            role = await self._cloud.roles.create(
                NAME, boundary_arn=self._cloud.account.permission_boundary_arn, policy=POLICY, tags=TAGS
            )
        await self._made(resource, role.name)
        if role.profile_arn is None:
            raise RuntimeError(f"the role {NAME} has no instance profile")
        return role.profile_arn

    async def _intend(self, kind: str, name: str) -> ResourceRow:
        async with self._database.tenant_session(PLATFORM_TENANT) as session:
            return await resources.record_intent(session, tenant_id=PLATFORM_TENANT, kind=kind, name=name, tags=TAGS)

    async def _made(self, resource: ResourceRow, external_id: str) -> None:
        if resource.external_id == external_id:
            return
        async with self._database.tenant_session(PLATFORM_TENANT) as session:
            await resources.set_state(session, resource.id, "exists", external_id=external_id)


def user_data(host: Host, tokens: HostTokens, agent_url: str) -> str:
    """What the host's instance boots with; the same for each attempt to start it."""
    return render_user_data(
        AgentBootstrap(
            control_plane_url=agent_url,
            token=tokens.token(host.id, host.boots),
            memory_mib=host.memory_mib,
        )
    )
