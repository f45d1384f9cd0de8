"""Phase verify: the mail identity, a look from outside, the default site, the welcome."""

from typing import ClassVar

from libs.contracts.provisioner import WelcomeRequested
from services.provisioner.cloud.dns import DnsRecord
from services.provisioner.cloud.mail_identities import MailIdentity
from services.provisioner.engine.step import Absent, Changed, Done, Observation, Phase, Present, Step, StepFailed, Wait
from services.provisioner.stack_apps.bundle import hostnames
from services.provisioner.stack_apps.catalogue import load_catalogue
from services.provisioner.steps.common import intend, is_known, tags_of, take_back
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.dns_tls import RECORD, delete_record, ensure_record, has_record


class MailIdentityStep(Step[Dependencies]):
    """The SES identity of the stack's name with its DKIM records. SES verifies in its own time; nothing waits."""

    name: ClassVar[str] = "mail_identity"
    phase: ClassVar[Phase] = "verify"
    KIND = "ses_identity"

    async def observe(self, context: Context) -> Observation:
        domain = context.desired.hostname
        found = await context.dependencies.cloud.mail_identities.find(domain)
        if found is None:
            return Absent()
        if not await is_known(context, self.KIND, domain, domain):
            return Changed("the ledger does not know it")
        if not all([await has_record(context, record) for record in _dkim(found)]):
            return Changed("a DKIM record is missing")
        return Present({"domain": domain, "verified": found.verified})

    async def ensure(self, context: Context) -> Done:
        identities, domain = context.dependencies.cloud.mail_identities, context.desired.hostname
        there = await identities.find(domain) is not None
        resource = await intend(context, self.KIND, domain, there=there)
        identity = await identities.create(domain, tags=tags_of(context))
        await context.resources.made(resource, domain)
        for record in _dkim(identity):
            await ensure_record(context, record)
        return Done({"domain": domain, "verified": identity.verified})

    async def compensate(self, context: Context) -> Done:
        identities = context.dependencies.cloud.mail_identities
        await take_back(context, RECORD, lambda resource: delete_record(context, resource))
        await take_back(context, self.KIND, lambda resource: identities.delete(resource.name))
        return Done()


def _dkim(identity: MailIdentity) -> list[DnsRecord]:
    """SES Developer Guide, "Easy DKIM"."""
    return [
        DnsRecord(
            name=f"{token}._domainkey.{identity.domain}", type="CNAME", values=(f"{token}.dkim.amazonses.com",), ttl=300
        )
        for token in identity.dkim_tokens
    ]


class ProbeFromOutside(Step[Dependencies]):
    """Asks for every app by its public name, and the load balancer for how it finds the target."""

    name: ClassVar[str] = "probe_from_outside"
    phase: ClassVar[Phase] = "verify"

    async def ensure(self, context: Context) -> Done | Wait:
        apps = load_catalogue().apps
        for name, hostname in hostnames(context.stack.slug, context.desired.base_domain).items():
            seen = await context.dependencies.probe.get(hostname, apps[name].health.path or "/")
            if not seen.ok:
                what = seen.text if seen.status is None else f"status {seen.status}"
                await context.log(f"{hostname} is not reachable yet: {what[:200]}")
                return Wait(context.dependencies.rules.poll_seconds, f"Waiting for {hostname} to be reachable.")
        return await self._check_targets(context)

    async def _check_targets(self, context: Context) -> Done | Wait:
        group = context.output("load_balancer_target", "target_group_arn")
        targets = await context.dependencies.cloud.load_balancing.target_health(group)
        if not targets or any(target.state != "healthy" for target in targets):
            return Wait(
                context.dependencies.rules.poll_seconds, "Waiting for the load balancer to find the host healthy."
            )
        return Done({"seen": True})

    async def compensate(self, context: Context) -> Done:
        return Done()


class DefaultSite(Step[Dependencies]):
    """The website shows its first pages, which came with the bundle, under the business's name."""

    name: ClassVar[str] = "default_site"
    phase: ClassVar[Phase] = "verify"

    async def ensure(self, context: Context) -> Done:
        seen = await context.dependencies.probe.get(context.desired.hostname, "/")
        if not seen.ok or "<html" not in seen.text.lower():
            detail = f"status {seen.status}: {seen.text[:500]}"
            raise StepFailed("site_missing", "The website shows no page.", operator_detail=detail, retryable=True)
        return Done({"url": f"{context.dependencies.rules.scheme}://{context.desired.hostname}"})

    async def compensate(self, context: Context) -> Done:
        return Done()


class Welcome(Step[Dependencies]):
    """Asks for the welcome mail; the mail itself is sent, and retried, apart from the deployment."""

    name: ClassVar[str] = "welcome"
    phase: ClassVar[Phase] = "verify"

    async def ensure(self, context: Context) -> Done:
        await context.announce(
            WelcomeRequested(
                id=context.key("welcome"),
                tenant_id=context.tenant_id,
                stack_id=context.stack.id,
                deployment_id=context.deployment.id,
                host_kind=context.desired.plan.host_kind,
            )
        )
        return Done()

    async def compensate(self, context: Context) -> Done:
        return Done()
