"""PostgreSQL's own catalogue proves that no table of any service lets a tenant's row out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

from libs.common.database import Database
from libs.common.migrations.runner import known_revisions, schema_is_current
from services.registry import NAMES
from tests.isolation.catalogue import Table, read_roles, read_tables
from tests.isolation.conftest import Tenants
from tests.isolation.models import differences, metadata_of
from tests.support.databases import SERVICES, ServiceDatabase, admin_dsn
from tests.support.servers import PostgresServer
from tests.support.services import Services
from tests.support.tenants import Tenant

OWN_ROWS = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"
UNIQUE_FOR_ALL = {
    ("auth", "tenant", ("slug",)): "a subdomain is a public name; it ends in four random characters",
    ("provisioner", "placement", ("host_id", "ingress_port")): "a port of a host, drawn at random and told to nobody",
    ("billing", "billing_account", ("stripe_customer_id",)): "Stripe's own id: a customer belongs to one tenant",
}
"""Unique indexes across tenants, with the reason why what they reveal is no secret."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A service's database as it was migrated."""

    service: str
    database: ServiceDatabase
    connection: asyncpg.Connection
    tables: list[Table]

    @property
    def of_tenants(self) -> list[Table]:
        return [table for table in self.tables if table.of_tenants]


@pytest.fixture(params=NAMES)
async def catalogue(
    request: pytest.FixtureRequest, postgres: PostgresServer, services: Services
) -> AsyncIterator[Catalogue]:
    database = services.databases[request.param]
    connection = await asyncpg.connect(admin_dsn(postgres, database.name))
    try:
        yield Catalogue(
            service=request.param,
            database=database,
            connection=connection,
            tables=await read_tables(connection),
        )
    finally:
        await connection.close()


async def test_every_table_has_row_security_enabled_and_forced_and_a_policy(catalogue: Catalogue) -> None:
    assert len(catalogue.tables) > 4
    open_tables = [one.name for one in catalogue.tables if not (one.enabled and one.forced and one.policies)]
    assert open_tables == []


async def test_policies_let_the_application_see_and_write_its_tenants_rows_only(catalogue: Catalogue) -> None:
    for table in catalogue.of_tenants:
        for policy in table.policies:
            if policy.roles != ["stackpro_system"]:
                assert (policy.sees, policy.writes) == (OWN_ROWS, OWN_ROWS), table.name
                assert (policy.roles, policy.command) == (["stackpro_app"], "ALL"), table.name


async def test_no_policy_speaks_of_any_other_role(catalogue: Catalogue) -> None:
    roles = {role for table in catalogue.tables for policy in table.policies for role in policy.roles}
    assert roles == {"stackpro_app", "stackpro_system"}


async def test_primary_keys_of_tenants_tables_begin_with_the_tenant(catalogue: Catalogue) -> None:
    firsts = {
        table.name: [index.columns[0] for index in table.unique if index.is_primary] for table in catalogue.of_tenants
    }
    assert firsts == {table.name: ["tenant_id"] for table in catalogue.of_tenants}


async def test_unique_indexes_of_tenants_tables_begin_with_the_tenant(catalogue: Catalogue) -> None:
    across = {
        (catalogue.service, table.name, tuple(index.columns))
        for table in catalogue.of_tenants
        for index in table.unique
        if index.columns[0] != "tenant_id"
    }
    assert across == {key for key in UNIQUE_FOR_ALL if key[0] == catalogue.service}


async def test_foreign_keys_to_tenants_tables_carry_the_tenant(catalogue: Catalogue) -> None:
    targets = {table.name for table in catalogue.of_tenants}
    keys = [(table, key) for table in catalogue.tables for key in table.foreign_keys if key.target in targets]
    assert keys, "no foreign key to a tenants' table was found"
    plain = [
        f"{table.name}.{key.name}"
        for table, key in keys
        if ("tenant_id", "tenant_id") not in zip(key.columns, key.target_columns, strict=True)
    ]
    assert plain == []


async def test_the_owner_owns_every_table_and_the_application_nothing(catalogue: Catalogue) -> None:
    assert {table.owner for table in catalogue.tables} == {f"{catalogue.service}_owner"}
    owned = await catalogue.connection.fetch(
        """
        SELECT s.classid::regclass::text AS kind, s.objid FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
        WHERE s.deptype = 'o' AND r.rolname = ANY($1)
        """,
        [f"{catalogue.service}_app", f"{catalogue.service}_system", "stackpro_app", "stackpro_system"],
    )
    assert [dict(row) for row in owned] == []


async def test_no_role_of_a_service_can_pass_row_security_by(catalogue: Catalogue) -> None:
    names = {kind: f"{catalogue.service}_{kind}" for kind in ("owner", "app", "system")}
    roles = await read_roles(catalogue.connection, *names.values(), "stackpro_app", "stackpro_system")
    assert len(roles) == 5
    powers = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert {role: [power for power in powers if rights[power]] for role, rights in roles.items()} == {
        role: [] for role in roles
    }
    assert roles[names["owner"]]["groups"] == ["pg_database_owner"]
    assert roles[names["app"]]["groups"] == ["stackpro_app"]
    assert roles[names["system"]]["groups"] == ["stackpro_system"]


async def test_only_the_services_own_logins_may_connect(catalogue: Catalogue) -> None:
    may_connect = await catalogue.connection.fetch(
        """
        SELECT rolname FROM pg_roles
        WHERE rolcanlogin AND NOT rolsuper AND has_database_privilege(rolname, current_database(), 'CONNECT')
        """
    )
    own = {f"{catalogue.service}_{kind}" for kind in ("owner", "app", "system")}
    assert {row["rolname"] for row in may_connect} == own


async def test_the_application_may_make_nothing_in_the_schema(catalogue: Catalogue) -> None:
    for kind in ("app", "system"):
        role = f"{catalogue.service}_{kind}"
        question = "SELECT has_schema_privilege($1, 'public', 'CREATE')"
        assert await catalogue.connection.fetchval(question, role) is False
        for right in ("CREATE", "TEMPORARY"):
            question = "SELECT has_database_privilege($1, current_database(), $2)"
            assert await catalogue.connection.fetchval(question, role, right) is False


async def test_the_application_sees_no_row_of_another_tenant(catalogue: Catalogue, tenants: Tenants) -> None:
    filled = [table.name for table in catalogue.of_tenants if await _rows(catalogue.connection, table, tenants.usual)]
    assert filled, "the test proves nothing without rows"
    connection = await asyncpg.connect(catalogue.database.url("app").replace("+asyncpg", ""))
    try:
        for tenant_id in ("", str(tenants.other.id)):
            await connection.execute("SELECT set_config('app.tenant_id', $1, false)", tenant_id)
            seen = [one.name for one in catalogue.of_tenants if await _rows(connection, one, tenants.usual)]
            assert seen == []
        await connection.execute("SELECT set_config('app.tenant_id', $1, false)", str(tenants.usual.id))
        assert [one.name for one in catalogue.of_tenants if await _rows(connection, one, tenants.usual)] == filled
    finally:
        await connection.close()


async def _rows(connection: asyncpg.Connection, table: Table, tenant: Tenant) -> int:
    question = f"SELECT count(*) FROM {table.name} WHERE tenant_id = $1"
    return int(await connection.fetchval(question, tenant.id))


async def test_the_schema_stands_at_the_newest_revision(catalogue: Catalogue) -> None:
    database: Database = catalogue.database.open()
    try:
        async with database.system_session() as session:
            head, known = known_revisions(SERVICES / catalogue.service / "migrations")
            assert await schema_is_current(session, head, known)
            assert head in known
    finally:
        await database.aclose()


async def test_the_models_say_what_the_database_has(catalogue: Catalogue) -> None:
    engine = create_async_engine(catalogue.database.url("owner"), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(differences, metadata_of(catalogue.service)) == []
    finally:
        await engine.dispose()
