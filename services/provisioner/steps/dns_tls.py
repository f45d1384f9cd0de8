"""Phase dns_tls: the stack's names, its certificate, and its way through the load balancer."""

from typing import ClassVar

import structlog

from services.provisioner.cloud.certificates import Certificate, ValidationRecord
from services.provisioner.cloud.dns import Alias, DnsRecord
from services.provisioner.cloud.settings import LoadBalancer
from services.provisioner.engine.step import (
    Absent,
    Changed,
    Done,
    NeedsOperator,
    Observation,
    Outputs,
    Phase,
    Present,
    Step,
    StepError,
    Wait,
)
from services.provisioner.resources.ledger import Resource
from services.provisioner.steps.common import generation_name, intend, is_known, tags_of, take_back
from services.provisioner.steps.dependencies import Context, Dependencies

RECORD = "dns_record"
FULL_SECONDS = 30.0
"""Between two looks for room on a load balancer, which somebody has to make."""
HEALTH_PATH = "/ping"
"""Answered by the stack's Traefik itself: the load balancer asks by address, and the apps know only their names."""
logger = structlog.get_logger()


def names_of(context: Context) -> tuple[str, str]:
    """The stack's name, and the wildcard that its apps' names fall under."""
    return context.desired.hostname, f"*.{context.desired.hostname}"


def record_id(record: DnsRecord) -> str:
    """How the ledger names a record: with its final dot and type."""
    return f"{record.name}. {record.type}"


async def ensure_record(context: Context, record: DnsRecord) -> None:
    """Makes a record of the stack, under the ledger."""
    resource = await intend(context, RECORD, record_id(record))
    await context.dependencies.cloud.dns.create(record)
    await context.resources.made(resource, record_id(record))


async def has_record(context: Context, record: DnsRecord) -> bool:
    """Whether the record stands as wanted, and in the ledger."""
    found = await context.dependencies.cloud.dns.find(record.name, record.type)
    same = found is not None and (found.alias, found.values) == (record.alias, record.values)
    return same and await is_known(context, RECORD, record_id(record), record_id(record))


async def delete_record(context: Context, resource: Resource) -> None:
    name, _, record_type = resource.name.partition(". ")
    await context.dependencies.cloud.dns.delete(name, record_type)  # type: ignore[arg-type]  # as record_id wrote it


class DnsRecords(Step[Dependencies]):
    """The stack's names, which lead to its load balancer. It keeps the one that it has."""

    name: ClassVar[str] = "dns_records"
    phase: ClassVar[Phase] = "dns_tls"

    async def observe(self, context: Context) -> Observation:
        balancer = await _balancer_of(context)
        if balancer is None:
            return Absent(context.desired.hostname)
        for record in _address_records(context, balancer):
            if not await has_record(context, record):
                return Absent(record.name)
        return Present(self._put_out(context, balancer))

    async def ensure(self, context: Context) -> Done | Wait:
        balancer = await _balancer_of(context) or await context.dependencies.cloud.load_balancing.roomiest()
        if balancer is None:
            logger.warning("load_balancers.full", stack_id=str(context.stack.id))
            return Wait(FULL_SECONDS, "Waiting for room on a load balancer.")
        for record in _address_records(context, balancer):
            await ensure_record(context, record)
        return Done(self._put_out(context, balancer))

    def _put_out(self, context: Context, balancer: LoadBalancer) -> Outputs:
        return {"names": list(names_of(context)), "listener_arn": balancer.listener_arn}

    async def compensate(self, context: Context) -> Done:
        await take_back(context, RECORD, lambda resource: delete_record(context, resource))
        return Done()


async def _balancer_of(context: Context) -> LoadBalancer | None:
    """The load balancer that the stack was given: as it was recorded, else the one that its name leads to."""
    balancers = context.dependencies.cloud.account.load_balancers
    recorded = context.own.get("listener_arn") or context.previous_outputs.get("dns_records", {}).get("listener_arn")
    if recorded is not None:
        found = next((each for each in balancers if each.listener_arn == recorded), None)
        if found is None:
            detail = f"the stack is behind the listener {recorded}, which the settings name no more"
            raise NeedsOperator("load_balancer_unknown", "Our settings lack a part of it.", operator_detail=detail)
        return found
    record = await context.dependencies.cloud.dns.find(context.desired.hostname, "A")
    return next((each for each in balancers if record is not None and record.alias == _alias(each)), None)


def _alias(balancer: LoadBalancer) -> Alias:
    return Alias(dns_name=balancer.dns_name, zone_id=balancer.zone_id)


def _address_records(context: Context, balancer: LoadBalancer) -> list[DnsRecord]:
    return [DnsRecord(name=name, type="A", alias=_alias(balancer)) for name in names_of(context)]


def listener_of(context: Context) -> str:
    """The listener of the load balancer that the stack's names lead to."""
    return context.output("dns_records", "listener_arn")


class CertificateStep(Step[Dependencies]):
    """The stack's certificate, proven by DNS and served by the load balancer's listener."""

    name: ClassVar[str] = "certificate"
    phase: ClassVar[Phase] = "dns_tls"
    KIND = "acm_certificate"

    async def observe(self, context: Context) -> Observation:
        found = await context.dependencies.cloud.certificates.find(context.desired.hostname)
        if found is None:
            return Absent()
        if not found.issued or not await is_known(context, self.KIND, found.domain, found.arn):
            return Changed("it is not issued yet, or the ledger does not know it")
        if not await context.dependencies.cloud.load_balancing.has_certificate(listener_of(context), found.arn):
            return Changed("the load balancer does not serve it")
        records = [_validation(record) for record in found.records]
        if not all([await has_record(context, record) for record in records]):
            return Changed("the record that proves it is missing")
        return Present({"certificate_arn": found.arn})

    async def ensure(self, context: Context) -> Done | Wait:
        certificates = context.dependencies.cloud.certificates
        hostname, wildcard = names_of(context)
        found = await certificates.find(hostname)
        resource = await intend(context, self.KIND, hostname, there=found is not None)
        if found is None:
            found = await certificates.create(
                hostname, other_names=[wildcard], client_token=resource.client_token, tags=tags_of(context)
            )
        if resource.external_id != found.arn:
            await context.resources.made(resource, found.arn)
        return await self._prove(context, found)

    async def _prove(self, context: Context, certificate: Certificate) -> Done | Wait:
        for record in map(_validation, certificate.records):
            if not await has_record(context, record):
                await ensure_record(context, record)
        if not certificate.issued:
            return Wait(context.dependencies.rules.poll_seconds, "The certificate is being issued.")
        await context.dependencies.cloud.load_balancing.add_certificate(listener_of(context), certificate.arn)
        return Done({"certificate_arn": certificate.arn})

    async def expired(self, context: Context, reason: str) -> Done | StepError:
        """Names what stands in the way, as far as can be seen from here."""
        found = await context.dependencies.cloud.certificates.find(context.desired.hostname)
        records = [_validation(record) for record in (found.records if found else ())]
        missing = [record.name for record in records if not await has_record(context, record)]
        detail = f"status {found.status if found else 'none'}; records missing: {missing}; check delegation and CAA"
        return NeedsOperator(
            "certificate_not_issued", "The certificate was not issued in time.", operator_detail=detail
        )

    async def compensate(self, context: Context) -> Done:
        cloud = context.dependencies.cloud

        async def delete(resource: Resource) -> None:
            found = await cloud.certificates.find(resource.name)
            if found is not None:
                await cloud.load_balancing.remove_certificate(listener_of(context), found.arn)
                await cloud.certificates.delete(found.arn)

        await take_back(context, self.KIND, delete)
        await take_back(context, RECORD, lambda resource: delete_record(context, resource))
        return Done()


def _validation(record: ValidationRecord) -> DnsRecord:
    return DnsRecord(name=record.name, type="CNAME", values=(record.value,), ttl=300)


class LoadBalancerTarget(Step[Dependencies]):
    """A target group for the host of this generation, with the stack's entrance on it as its only target."""

    name: ClassVar[str] = "load_balancer_target"
    phase: ClassVar[Phase] = "dns_tls"
    KIND = "target_group"

    async def observe(self, context: Context) -> Observation:
        name, balancing = _target_name(context), context.dependencies.cloud.load_balancing
        found = await balancing.find_target_group(name)
        if found is None:
            return Absent()
        if found.health_path != HEALTH_PATH:
            return Changed("it is checked at another path")
        targets = {(target.instance_id, target.port) for target in await balancing.target_health(found.arn)}
        if targets != {_target(context)} or not await is_known(context, self.KIND, name, found.arn):
            return Changed("its target is another, or the ledger does not know it")
        return Present({"target_group_arn": found.arn, "target_group": name})

    async def ensure(self, context: Context) -> Done:
        name, balancing = _target_name(context), context.dependencies.cloud.load_balancing
        instance_id, port = _target(context)
        there = await balancing.find_target_group(name) is not None
        resource = await intend(context, self.KIND, name, there=there)
        group = await balancing.create_target_group(name, port=port, health_path=HEALTH_PATH, tags=tags_of(context))
        await context.resources.made(resource, group.arn)
        await balancing.register_target(group.arn, instance_id, port)
        return Done({"target_group_arn": group.arn, "target_group": name})

    async def compensate(self, context: Context) -> Done:
        balancing = context.dependencies.cloud.load_balancing
        await take_back(context, self.KIND, lambda resource: balancing.delete_target_group(resource.name))
        return Done()


def _target_name(context: Context) -> str:
    return generation_name(context, limit=32)


def _target(context: Context) -> tuple[str, int]:
    port = context.outputs["host"]["ingress_port"]
    if not isinstance(port, int):
        raise TypeError(f"the step host put out {port!r} as the port of the stack's entrance")
    return context.output("host", "instance_id"), port


class LoadBalancerRoute(Step[Dependencies]):
    """The listener's rule that sends the stack's names to its target group."""

    name: ClassVar[str] = "load_balancer_route"
    phase: ClassVar[Phase] = "dns_tls"
    KIND = "listener_rule"

    async def observe(self, context: Context) -> Observation:
        balancing = context.dependencies.cloud.load_balancing
        rule = await balancing.find_rule(listener_of(context), names_of(context))
        if rule is None:
            return Absent()
        if rule.target_group_arn != context.output("load_balancer_target", "target_group_arn"):
            return Changed("it leads to another target group")
        if not await is_known(context, self.KIND, context.desired.hostname, rule.arn):
            return Changed("the ledger does not know it")
        return Present({"rule_arn": rule.arn})

    async def ensure(self, context: Context) -> Done:
        balancing, hosts = context.dependencies.cloud.load_balancing, names_of(context)
        there = await balancing.find_rule(listener_of(context), hosts) is not None
        resource = await intend(context, self.KIND, context.desired.hostname, there=there)
        rule = await balancing.create_rule(
            listener_of(context),
            resource.name,
            hosts=hosts,
            target_group_arn=context.output("load_balancer_target", "target_group_arn"),
            tags=tags_of(context),
        )
        await context.resources.made(resource, rule.arn)
        return Done({"rule_arn": rule.arn})

    async def compensate(self, context: Context) -> Done:
        balancing, hosts = context.dependencies.cloud.load_balancing, names_of(context)
        await take_back(context, self.KIND, lambda _resource: balancing.delete_rule(listener_of(context), hosts))
        return Done()
