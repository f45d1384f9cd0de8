"""Phase database: users and passwords of the apps' databases, their backup target, and RDS where the plan has it."""

import json
import secrets
from typing import ClassVar

from pydantic import JsonValue

from libs.adapters.secrets import tenant_key
from services.provisioner.cloud.databases import DatabaseInstance, DatabaseOrder
from services.provisioner.engine.step import Absent, Changed, Done, Observation, Phase, Present, Step, Wait
from services.provisioner.stack_apps.catalogue import load_catalogue
from services.provisioner.steps.common import intend, is_known, keep, name_of, tags_of
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.storage import database_secrets, ensure_secret, observe_secret, storage_location

ENGINE, ENGINE_VERSION, MASTER_USER = "mysql", "8.4", "stackpro"
AVAILABLE = "available"


class ApplicationDatabases(Step[Dependencies]):
    """The containers of the stack make their users from these passwords when they first start."""

    name: ClassVar[str] = "application_databases"
    phase: ClassVar[Phase] = "database"

    async def observe(self, context: Context) -> Observation:
        observed = await observe_secret(context, "databases", database_secrets())
        return Present({**observed.outputs, **_described(context)}) if isinstance(observed, Present) else observed

    async def ensure(self, context: Context) -> Done:
        name = await ensure_secret(context, "databases", database_secrets())
        return Done({"secret": name, **_described(context)})

    async def compensate(self, context: Context) -> Done:
        await keep(context, "secret")
        return Done()


def _described(context: Context) -> dict[str, JsonValue]:
    """The apps that have a database, and where its backups go."""
    bucket, prefix = storage_location(context)
    users: list[JsonValue] = [
        name.removesuffix("_database_password") for name in load_catalogue().secrets if "_database_" in name
    ]
    return {"users": users, "backup_target": f"s3://{bucket}/{prefix}backups/"}


class RelationalDatabase(Step[Dependencies]):
    """An RDS instance for plans that have one; it takes minutes."""

    name: ClassVar[str] = "relational_database"
    phase: ClassVar[Phase] = "database"
    KIND = "rds_instance"

    async def observe(self, context: Context) -> Observation:
        name = name_of(context)
        found = await context.dependencies.cloud.databases.find(name)
        if found is None:
            return Absent()
        if found.status != AVAILABLE or not await is_known(context, self.KIND, name, name):
            return Changed(f"it is {found.status}, or the ledger does not know it")
        return Present(_database_outputs(found))

    async def ensure(self, context: Context) -> Done | Wait:
        databases, name = context.dependencies.cloud.databases, name_of(context)
        found = await databases.find(name)
        await ensure_secret(context, "rds", {"password": secrets.token_hex(24)})
        resource = await intend(context, self.KIND, name, there=found is not None, holds_data=True)
        if found is None:
            found = await databases.create(name, await _order(context), tags=tags_of(context))
        await context.resources.made(resource, name)
        if found.status != AVAILABLE:
            return Wait(context.dependencies.rules.poll_seconds, "The database is being set up.")
        return Done(_database_outputs(found))

    async def compensate(self, context: Context) -> Done:
        await keep(context, self.KIND, "secret")
        return Done()


async def _order(context: Context) -> DatabaseOrder:
    kept = await context.dependencies.secrets.get(tenant_key(context.tenant_id, "stack", "rds"))
    return DatabaseOrder(
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
        instance_class=context.dependencies.rules.database_class,
        storage_gib=context.dependencies.rules.database_gib,
        user=MASTER_USER,
        password=json.loads(kept)["password"],
        security_group_ids=[context.output("security_group", "group_id")],
        kms_key_id=context.output("encryption_key", "key_arn"),
    )


def _database_outputs(database: DatabaseInstance) -> dict[str, str | int | None]:
    return {"name": database.name, "host": database.host, "port": database.port}
