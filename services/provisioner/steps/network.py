"""Phase network: the stack's security group, its role inside the permission boundary, its key."""

from typing import ClassVar

from services.provisioner.cloud.security_groups import IngressRule, SecurityGroup
from services.provisioner.engine.step import Absent, Changed, Done, Observation, Phase, Present, Step, StepFailed
from services.provisioner.hosts.placement import DEDICATED_PORT
from services.provisioner.steps.common import intend, is_known, keep, name_of, tags_of, take_back
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.storage import storage_location


class SecurityGroupStep(Step[Dependencies]):
    """The group that the stack's own host is in: reachable from the load balancer alone."""

    name: ClassVar[str] = "security_group"
    phase: ClassVar[Phase] = "network"
    KIND = "security_group"

    async def observe(self, context: Context) -> Observation:
        found = await context.dependencies.cloud.security_groups.find(name_of(context))
        if found is None:
            return Absent()
        if _rule(context) not in found.ingress:
            return Changed("the load balancer may not reach it")
        if not await is_known(context, self.KIND, found.name, found.id):
            return Changed("the ledger does not know its id")
        return Present(_group_outputs(found))

    async def ensure(self, context: Context) -> Done:
        groups, name = context.dependencies.cloud.security_groups, name_of(context)
        there = await groups.find(name) is not None
        resource = await intend(context, self.KIND, name, there=there)
        description = f"StackPro stack {context.stack.slug}"
        made = await groups.create(name, description=description, ingress=[_rule(context)], tags=resource.tags)
        await context.resources.made(resource, made.id)
        return Done(_group_outputs(made))

    async def compensate(self, context: Context) -> Done:
        groups = context.dependencies.cloud.security_groups
        await take_back(context, self.KIND, lambda resource: groups.delete(resource.name))
        return Done()


def _rule(context: Context) -> IngressRule:
    balancer = context.dependencies.cloud.account.load_balancer_security_group_id
    return IngressRule(first=DEDICATED_PORT, last=DEDICATED_PORT, source_group_id=balancer)


def _group_outputs(group: SecurityGroup) -> dict[str, str]:
    return {"group_id": group.id}


class StackRole(Step[Dependencies]):
    """The role of the stack's host: its own storage and key, inside the boundary. `scope` is the storage it may use."""

    name: ClassVar[str] = "stack_role"
    phase: ClassVar[Phase] = "network"
    KIND = "iam_role"

    async def observe(self, context: Context) -> Observation:
        name, boundary = name_of(context), context.dependencies.cloud.account.permission_boundary_arn
        found = await context.dependencies.cloud.roles.find(name)
        if found is None:
            return Absent()
        if found.boundary_arn != boundary or found.profile_arn is None:
            return Changed("it lacks its boundary or its instance profile")
        if not await is_known(context, self.KIND, name, found.name):
            return Changed("the ledger does not know it")
        before = context.previous_outputs.get(self.name, {})
        if context.own.get("scope", before.get("scope")) != _scope(context):
            return Changed("it is for other storage")
        return Present({"role_name": name, "profile_arn": found.profile_arn, "scope": _scope(context)})

    async def ensure(self, context: Context) -> Done:
        roles, name = context.dependencies.cloud.roles, name_of(context)
        resource = await intend(context, self.KIND, name, there=await roles.find(name) is not None)
        boundary = context.dependencies.cloud.account.permission_boundary_arn
        made = await roles.create(name, boundary_arn=boundary, policy=_policy(context), tags=tags_of(context))
        await context.resources.made(resource, made.name)
        if made.profile_arn is None:
            raise StepFailed("profile_missing", "The machine's role is not complete yet.", retryable=True)
        return Done({"role_name": name, "profile_arn": made.profile_arn, "scope": _scope(context)})

    async def compensate(self, context: Context) -> Done:
        roles = context.dependencies.cloud.roles
        await take_back(context, self.KIND, lambda resource: roles.delete(resource.name))
        return Done()


def _scope(context: Context) -> str:
    bucket, prefix = storage_location(context)
    return f"{bucket}/{prefix}"


def _policy(context: Context) -> dict[str, object]:
    bucket, prefix = storage_location(context)
    account, region = context.dependencies.cloud.account.account_id, context.stack.region
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OwnObjects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                "Resource": f"arn:aws:s3:::{bucket}/{prefix}*",
            },
            {
                "Sid": "OwnKey",
                "Effect": "Allow",
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": f"arn:aws:kms:{region}:{account}:key/*",
                "Condition": {"StringEquals": {"aws:ResourceTag/Tenant": str(context.tenant_id)}},
            },
            {
                "Sid": "TellHowItIs",
                "Effect": "Allow",
                "Action": ["cloudwatch:PutMetricData", "logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": "*",
            },
        ],
    }


class EncryptionKey(Step[Dependencies]):
    """The tenant's KMS key. What it encrypts is lost with it, so that it counts as holding data."""

    name: ClassVar[str] = "encryption_key"
    phase: ClassVar[Phase] = "network"
    KIND = "kms_key"

    async def observe(self, context: Context) -> Observation:
        alias = _alias(context)
        found = await context.dependencies.cloud.kms_keys.find(alias)
        if found is None:
            return Absent()
        if not found.rotated or not await is_known(context, self.KIND, alias, found.id):
            return Changed("it is not rotated, or the ledger does not know its id")
        return Present({"key_id": found.id, "key_arn": found.arn})

    async def ensure(self, context: Context) -> Done:
        keys, alias = context.dependencies.cloud.kms_keys, _alias(context)
        there = await keys.find(alias) is not None
        resource = await intend(context, self.KIND, alias, there=there, holds_data=True)
        made = await keys.create(alias, description=f"StackPro stack {context.stack.slug}", tags=resource.tags)
        await context.resources.made(resource, made.id)
        return Done({"key_id": made.id, "key_arn": made.arn})

    async def compensate(self, context: Context) -> Done:
        await keep(context, self.KIND)
        return Done()


def _alias(context: Context) -> str:
    return f"stackpro/{context.stack.slug}"
