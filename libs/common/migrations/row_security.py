"""Row-level security, the same for every table (PostgreSQL documentation §5.9)."""

from alembic import op

_OWN_ROWS = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"


def enable_tenant_security(table: str, *, append_only: bool = False) -> None:
    """Binds `table`, which has a `tenant_id`, to the tenant of the transaction, also for the table's owner.

    The application's role may do everything to the rows of its tenant (`append_only`: read and insert); the system
    role sees all rows.
    """
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT {rights} ON {table} TO stackpro_app")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO stackpro_system")
    op.execute(f"CREATE POLICY tenant ON {table} TO stackpro_app USING ({_OWN_ROWS}) WITH CHECK ({_OWN_ROWS})")
    op.execute(f"CREATE POLICY system ON {table} TO stackpro_system USING (true) WITH CHECK (true)")


def grant_platform_only(table: str, *, app_rights: str = "") -> None:
    """Opens `table`, which belongs to no tenant, to the system role, and to the application's as far as named.

    `app_rights` is a list such as `SELECT, INSERT`; row-level security stays on, so that the default is to see nothing.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO stackpro_system")
    op.execute(f"CREATE POLICY system ON {table} TO stackpro_system USING (true) WITH CHECK (true)")
    if app_rights:
        op.execute(f"GRANT {app_rights} ON {table} TO stackpro_app")
        op.execute(f"CREATE POLICY app ON {table} TO stackpro_app USING (true) WITH CHECK (true)")
