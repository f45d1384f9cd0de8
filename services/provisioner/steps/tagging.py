"""Phase verify: what a stack keeps when its plan changes is tagged for the new one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from services.provisioner.cloud.cloud import Cloud
from services.provisioner.cloud.errors import ResourceMissing
from services.provisioner.engine.step import Done, Phase, Step
from services.provisioner.resources.ledger import Resource
from services.provisioner.steps.dependencies import Context, Dependencies

PLAN_TAG = "Plan"
Tagger = Callable[[str, Mapping[str, str]], Awaitable[None]]


class PlanTags(Step[Dependencies]):
    """Costs are told apart by the tag `Plan`: a key, role or certificate that was the trial's is the new plan's now.

    The ledger says what each thing is to carry before AWS is told. A thing that AWS lost is for the drift report.
    """

    name: ClassVar[str] = "plan_tags"
    phase: ClassVar[Phase] = "verify"

    async def ensure(self, context: Context) -> Done:
        taggers, plan = _taggers(context), context.desired.plan.id
        kept = [each for each in await context.resources.of_stack() if each.external_id is not None]
        for resource in kept:
            tags = {**resource.tags, PLAN_TAG: plan}
            await context.resources.retagging(resource, tags)
            await _tag(taggers, resource, tags)
        return Done({"plan": plan, "tagged": sum(each.kind in taggers for each in kept)})

    async def compensate(self, context: Context) -> Done:
        """After the pivot nothing goes back."""
        return Done()


async def _tag(taggers: Mapping[str, Tagger], resource: Resource, tags: Mapping[str, str]) -> None:
    tag = taggers.get(resource.kind)
    if tag is None or resource.external_id is None:
        return
    try:
        await tag(resource.external_id, tags)
    except ResourceMissing:
        return


def _taggers(context: Context) -> Mapping[str, Tagger]:
    """How each kind of the ledger is tagged, by the id that it has there; records and objects carry no tags."""
    cloud: Cloud = context.dependencies.cloud
    return {
        "security_group": cloud.security_groups.tag,
        "iam_role": cloud.roles.tag,
        "kms_key": cloud.kms_keys.tag,
        "s3_bucket": cloud.buckets.tag,
        "rds_instance": cloud.databases.tag,
        "ec2_instance": cloud.instances.tag,
        "acm_certificate": cloud.certificates.tag,
        "target_group": cloud.load_balancing.tag,
        "listener_rule": cloud.load_balancing.tag,
        "ses_identity": cloud.mail_identities.tag,
        "secret": _secret_tagger(context),
    }


def _secret_tagger(context: Context) -> Tagger:
    secrets = context.dependencies.secrets

    async def tag(name: str, tags: Mapping[str, str]) -> None:
        await secrets.put(name, await secrets.get(name), tags=tags)

    return tag
