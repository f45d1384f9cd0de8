"""An installation with people in it tells of them when it learns to."""

import asyncpg

from libs.common.ids import new_id
from libs.common.migrations.preparation import prepare_database, prepare_roles
from libs.common.migrations.runner import migrate
from libs.contracts.auth import MemberChanged
from tests.support.databases import PASSWORDS, SERVICES, ServiceDatabase, admin_dsn
from tests.support.servers import PostgresServer

FOLDER = SERVICES / "auth" / "migrations"


async def test_every_membership_that_there_was_is_announced_and_counted(postgres: PostgresServer) -> None:
    name = f"auth_before_{new_id().hex}"[:40]
    await prepare_roles(admin_dsn(postgres), "auth", PASSWORDS)
    await prepare_database(admin_dsn(postgres), "auth", database=name)
    database = ServiceDatabase("auth", name, postgres.host, postgres.port)
    await migrate(FOLDER, database.url("owner"), revision="auth_0004")
    tenant, user = new_id(), new_id()
    connection = await asyncpg.connect(admin_dsn(postgres, name))
    try:
        await connection.execute(
            "INSERT INTO user_account VALUES ($1, 'ada@example.com', 'Ada', '', now(), 'en')", user
        )
        await connection.execute(
            "INSERT INTO tenant VALUES ($1, 'ada-1', 'Ada', 'en', 'UTC', NULL, 'us-east-1', now())", tenant
        )
        await connection.execute("INSERT INTO membership VALUES ($1, $2, $3, 'owner', now())", tenant, new_id(), user)

        await migrate(FOLDER, database.url("owner"))

        rows = {row["type"]: row for row in await connection.fetch("SELECT id, tenant_id, type, body FROM outbox")}
        forced = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relname IN ('membership', 'outbox') AND relforcerowsecurity"
        )
    finally:
        await connection.close()
    assert sorted(rows) == ["auth.member.changed.v1", "platform.usage.recorded.v1"]
    event = MemberChanged.model_validate_json(rows["auth.member.changed.v1"]["body"])
    assert (event.id, event.tenant_id) == (rows["auth.member.changed.v1"]["id"], tenant)
    assert (event.user_id, event.role, event.active, event.version) == (user, "owner", True, 1)
    assert len(forced) == 2
