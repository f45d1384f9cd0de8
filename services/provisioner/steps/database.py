"""Phase database: users and passwords of the apps' databases, their backup target, and RDS where the plan has it."""

import json
import secrets
from typing import ClassVar

from pydantic import JsonValue

from libs.adapters.secrets import tenant_key
from services.provisioner.cloud.databases import DatabaseInstance, DatabaseOrder
from services.provisioner.cloud.security_groups import IngressRule
from services.provisioner.engine.step import Absent, Changed, Done, Observation, Phase, Present, Step, Wait
from services.provisioner.stack_apps.catalogue import load_catalogue
from services.provisioner.steps.common import intend, is_known, keep, name_of, tags_of, take_back
from services.provisioner.steps.dependencies import Context, Dependencies
from services.provisioner.steps.storage import database_secrets, ensure_secret, observe_secret, storage_location

ENGINE, ENGINE_VERSION, PORT, MASTER_USER = "mysql", "8.4", 3306, "stackpro"
RDS_PASSWORD = "rds_password"
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


class DatabaseAccess(Step[Dependencies]):
    """The security group of the RDS instance: the stack's own host reaches its port, and nothing else does."""

    name: ClassVar[str] = "database_access"
    phase: ClassVar[Phase] = "database"
    KIND = "security_group"

    async def observe(self, context: Context) -> Observation:
        found = await context.dependencies.cloud.security_groups.find(_access_name(context))
        if found is None:
            return Absent()
        if found.ingress != {_rule(context)}:
            return Changed("the host may not reach it, or something else may")
        if not await is_known(context, self.KIND, found.name, found.id):
            return Changed("the ledger does not know its id")
        return Present({"group_id": found.id})

    async def ensure(self, context: Context) -> Done:
        groups, name = context.dependencies.cloud.security_groups, _access_name(context)
        found = await groups.find(name)
        resource = await intend(context, self.KIND, name, there=found is not None)
        if found is not None and found.ingress - {_rule(context)}:
            await groups.close(found.id)
        description = f"Database of StackPro stack {context.stack.slug}"
        made = await groups.create(name, description=description, ingress=[_rule(context)], tags=tags_of(context))
        await context.resources.made(resource, made.id)
        return Done({"group_id": made.id})

    async def compensate(self, context: Context) -> Done:
        """An instance that is kept for its data keeps its group, and nobody reaches it any more: the rule would also
        hold the host's own group back (EC2 API Reference, DeleteSecurityGroup)."""
        groups = context.dependencies.cloud.security_groups
        for resource in await context.resources.made_here(self.KIND):
            if resource.external_id is not None:
                await groups.close(resource.external_id)
        if await context.resources.find(RelationalDatabase.KIND, name_of(context)) is not None:
            await keep(context, self.KIND)
        else:
            await take_back(context, self.KIND, lambda resource: groups.delete(resource.name))
        return Done()


def _access_name(context: Context) -> str:
    return f"{name_of(context, limit=57)}-db"


def _rule(context: Context) -> IngressRule:
    return IngressRule(first=PORT, last=PORT, source_group_id=context.output("security_group", "group_id"))


class RelationalDatabase(Step[Dependencies]):
    """An RDS instance of MySQL for plans that have one; it takes minutes. The apps on PostgreSQL keep their container:
    an instance has one engine."""

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
        if found.security_group_ids != _groups(context):
            return Changed("it is in other security groups")
        return Present(_database_outputs(found))

    async def ensure(self, context: Context) -> Done | Wait:
        databases, name = context.dependencies.cloud.databases, name_of(context)
        found = await databases.find(name)
        await ensure_secret(context, "rds", {RDS_PASSWORD: secrets.token_hex(24)})
        resource = await intend(context, self.KIND, name, there=found is not None, holds_data=True)
        if found is None:
            found = await databases.create(name, await _order(context), tags=tags_of(context))
        elif found.status == AVAILABLE and found.security_group_ids != _groups(context):
            await databases.put_into(name, sorted(_groups(context)))
        await context.resources.made(resource, name)
        if found.status != AVAILABLE:
            return Wait(context.dependencies.rules.poll_seconds, "The database is being set up.")
        return Done(_database_outputs(found))

    async def compensate(self, context: Context) -> Done:
        await keep(context, self.KIND, "secret")
        return Done()


def _groups(context: Context) -> frozenset[str]:
    return frozenset({context.output("database_access", "group_id")})


async def _order(context: Context) -> DatabaseOrder:
    kept = await context.dependencies.secrets.get(tenant_key(context.tenant_id, "stack", "rds"))
    return DatabaseOrder(
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
        instance_class=context.dependencies.rules.database_class,
        storage_gib=context.dependencies.rules.database_gib,
        user=MASTER_USER,
        password=json.loads(kept)[RDS_PASSWORD],
        security_group_ids=sorted(_groups(context)),
        kms_key_id=context.output("encryption_key", "key_arn"),
    )


def _database_outputs(database: DatabaseInstance) -> dict[str, str | int | None]:
    return {"name": database.name, "host": database.host, "port": database.port}
