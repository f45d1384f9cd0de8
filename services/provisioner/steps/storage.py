"""Phase storage: the tenant's folders in the shared bucket or a bucket of its own, and its secrets."""

import json
from collections.abc import Mapping
from typing import ClassVar

from libs.adapters.objects import BucketMissing, ObjectMissing, tenant_key
from libs.adapters.secrets import SecretMissing
from services.provisioner.cloud.buckets import FOLDERS
from services.provisioner.engine.step import Absent, Changed, Done, Observation, Phase, Present, Step
from services.provisioner.stack_apps.catalogue import generate_secrets
from services.provisioner.steps.common import intend, is_dedicated, is_known, keep, shortened, tags_of
from services.provisioner.steps.dependencies import Context, Dependencies

MARKER = ".folder"
DATABASE_SECRETS = ("database_password", "root_password", "redis_password")
"""How the names of those secrets end that databases ask for; all others are the apps' own."""


def storage_location(context: Context) -> tuple[str, str]:
    """Bucket, and the beginning of the tenant's keys in it (empty, or ending in a slash)."""
    if is_dedicated(context):
        account = context.dependencies.cloud.account.account_id
        return shortened(f"stackpro-{context.stack.slug}", 62 - len(account)) + f"-{account}", ""
    return context.dependencies.rules.shared_bucket, f"{context.tenant_id}/"


class ObjectStorage(Step[Dependencies]):
    """`uploads/`, `generated/` and `backups/`: below the tenant's prefix of the shared bucket, or in its own bucket."""

    name: ClassVar[str] = "object_storage"
    phase: ClassVar[Phase] = "storage"
    BUCKET, PREFIX = "s3_bucket", "object_prefix"

    async def observe(self, context: Context) -> Observation:
        return await (self._observe_bucket(context) if is_dedicated(context) else self._observe_prefix(context))

    async def ensure(self, context: Context) -> Done:
        return await (self._ensure_bucket(context) if is_dedicated(context) else self._ensure_prefix(context))

    async def compensate(self, context: Context) -> Done:
        await keep(context, self.BUCKET, self.PREFIX)
        return Done()

    async def _observe_bucket(self, context: Context) -> Observation:
        name, _ = storage_location(context)
        found = await context.dependencies.cloud.buckets.find(name)
        if found is None:
            return Absent()
        if not found.complete or not await is_known(context, self.BUCKET, name, name):
            return Changed("a protection is missing, or the ledger does not know it")
        return Present({"bucket": name, "prefix": ""})

    async def _ensure_bucket(self, context: Context) -> Done:
        buckets = context.dependencies.cloud.buckets
        name, prefix = storage_location(context)
        there = await buckets.find(name) is not None
        resource = await intend(context, self.BUCKET, name, there=there, holds_data=True)
        await buckets.create(name, kms_key_id=context.output("encryption_key", "key_arn"), tags=tags_of(context))
        await context.resources.made(resource, name)
        return Done({"bucket": name, "prefix": prefix})

    async def _observe_prefix(self, context: Context) -> Observation:
        bucket, prefix = storage_location(context)
        for key in _markers(context):
            try:
                await context.dependencies.objects.head(bucket, key)
            except (ObjectMissing, BucketMissing):
                return Absent(key)
        if not await is_known(context, self.PREFIX, f"{bucket}/{prefix}", f"{bucket}/{prefix}"):
            return Changed("the ledger does not know it")
        return Present({"bucket": bucket, "prefix": prefix})

    async def _ensure_prefix(self, context: Context) -> Done:
        objects = context.dependencies.objects
        bucket, prefix = storage_location(context)
        resource = await intend(context, self.PREFIX, f"{bucket}/{prefix}", holds_data=True)
        await objects.ensure_bucket(bucket)
        for key in _markers(context):
            await objects.put(bucket, key, b"")
        await context.resources.made(resource, resource.name)
        return Done({"bucket": bucket, "prefix": prefix})


def _markers(context: Context) -> list[str]:
    return [tenant_key(context.tenant_id, folder.rstrip("/"), MARKER) for folder in FOLDERS]


async def observe_secret(context: Context, part: str, wanted: Mapping[str, str]) -> Observation:
    """Whether the secret is there with every name in `wanted`; values are not looked at."""
    name = tenant_key(context.tenant_id, "stack", part)
    try:
        found = json.loads(await context.dependencies.secrets.get(name))
    except SecretMissing:
        return Absent()
    if not wanted.keys() <= found.keys() or not await is_known(context, "secret", name, name):
        return Changed("a value is missing, or the ledger does not know it")
    return Present({"secret": name})


async def ensure_secret(context: Context, part: str, wanted: Mapping[str, str]) -> str:
    """Keeps fresh values under the tenant's name. Values that are there stay: containers have them already."""
    secrets, name = context.dependencies.secrets, tenant_key(context.tenant_id, "stack", part)
    resource = await intend(context, "secret", name, holds_data=True)
    try:
        kept: dict[str, str] = json.loads(await secrets.get(name))
    except SecretMissing:
        kept = {}
    if not wanted.keys() <= kept.keys():
        await secrets.put(name, json.dumps({**wanted, **kept}), tags=tags_of(context))
    await context.resources.made(resource, name)
    return name


class StackSecrets(Step[Dependencies]):
    """The passwords and keys of the apps themselves; the bundle names them, and only the host sees their values."""

    name: ClassVar[str] = "stack_secrets"
    phase: ClassVar[Phase] = "storage"

    async def observe(self, context: Context) -> Observation:
        return await observe_secret(context, "applications", application_secrets())

    async def ensure(self, context: Context) -> Done:
        return Done({"secret": await ensure_secret(context, "applications", application_secrets())})

    async def compensate(self, context: Context) -> Done:
        await keep(context, "secret")
        return Done()


def application_secrets() -> dict[str, str]:
    """Fresh values of what the apps need."""
    return {name: value for name, value in generate_secrets().items() if not name.endswith(DATABASE_SECRETS)}


def database_secrets() -> dict[str, str]:
    """Fresh values of what the databases need."""
    return {name: value for name, value in generate_secrets().items() if name.endswith(DATABASE_SECRETS)}
