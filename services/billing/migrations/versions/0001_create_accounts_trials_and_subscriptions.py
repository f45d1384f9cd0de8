"""Create accounts, trials, checkouts, subscriptions, Stripe's events and outgoing mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common.migrations import create_platform_tables, enable_tenant_security, grant_platform_only

revision = "billing_0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = ("billing_account", "trial", "checkout", "subscription", "outgoing_mail")


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _one_of(name: str, *values: str) -> "sa.Column[object]":
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.Column(name, sa.Text(), sa.CheckConstraint(f"{name} IN ({listed})", name=name), nullable=False)


def _tenant(*, with_id: bool = True) -> "list[sa.Column[object]]":
    columns: list[sa.Column[object]] = [
        sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("billing_account.tenant_id"), primary_key=True)
    ]
    return [*columns, sa.Column("id", sa.Uuid(), primary_key=True)] if with_id else columns


def upgrade() -> None:
    create_platform_tables()
    _create_tenant_tables()
    _create_stripe_event()
    for table in TENANT_TABLES:
        enable_tenant_security(table)
    grant_platform_only("stripe_event", app_rights="SELECT, INSERT, UPDATE")
    op.execute("CREATE SEQUENCE stripe_observation")
    op.execute("GRANT USAGE ON SEQUENCE stripe_observation TO stackpro_app, stackpro_system")


def _create_tenant_tables() -> None:
    op.create_table(
        "billing_account",
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("stripe_customer_id", sa.Text(), nullable=True, unique=True),
        sa.Column("subscription_version", sa.BigInteger(), nullable=False, server_default="0"),
        _moment("next_reconcile_at", nullable=True),
    )
    op.create_index("ix_billing_account_next_reconcile_at", "billing_account", ["next_reconcile_at"])
    op.create_table(
        "trial",
        *_tenant(),
        _one_of("status", "active", "grace", "suspended", "converted"),
        _moment("started_at"),
        _moment("ends_at"),
        _moment("grace_ends_at"),
        _moment("next_step_at", nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("tenant_id"),
    )
    op.create_index("ix_trial_next_step_at", "trial", ["next_step_at"])
    op.create_table(
        "checkout",
        *_tenant(),
        _text("plan"),
        _text("price_id"),
        _one_of("status", "creating", "open", "complete", "expired", "abandoned"),
        _text("stripe_session_id", nullable=True),
        _text("url", nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        _moment("created_at"),
        sa.UniqueConstraint("tenant_id", "stripe_session_id"),
    )
    op.create_index(
        "uq_checkout_unfinished",
        "checkout",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('creating', 'open')"),
    )
    op.create_table(
        "subscription",
        *_tenant(),
        _text("stripe_subscription_id"),
        _text("plan"),
        _text("status"),
        _moment("current_period_end"),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _moment("activated_at", nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("observation", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("tenant_id", "stripe_subscription_id"),
    )
    op.create_table(
        "outgoing_mail",
        *_tenant(),
        _text("kind"),
        _text("about"),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        _moment("next_attempt_at", nullable=True),
        _moment("created_at"),
        _moment("sent_at", nullable=True),
        _text("last_error", nullable=True),
        sa.UniqueConstraint("tenant_id", "kind", "about"),
    )
    op.create_index("ix_outgoing_mail_next_attempt_at", "outgoing_mail", ["next_attempt_at"])


def _create_stripe_event() -> None:
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Text(), primary_key=True),
        _text("type"),
        _text("object_id"),
        _text("customer_id", nullable=True),
        _moment("occurred_at"),
        _moment("received_at"),
        _one_of("status", "pending", "handled", "ignored", "needs_operator"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        _moment("next_attempt_at", nullable=True),
        _text("outcome", nullable=True),
    )
    op.create_index("ix_stripe_event_next_attempt_at", "stripe_event", ["next_attempt_at"])
    op.create_index("ix_stripe_event_received_at", "stripe_event", ["received_at"])


def downgrade() -> None:
    raise RuntimeError("the first revision has nothing before it; drop the database instead")
