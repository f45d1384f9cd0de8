"""The body of every service's Alembic `env.py`: migrates over the connection that the runner hands in."""

from alembic import context


def migrate_given_connection() -> None:
    """Runs the revisions asked for, each in its own transaction, giving up on a lock after three seconds."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, transaction_per_migration=True)
    connection.exec_driver_sql("SET lock_timeout = '3s'")
    connection.commit()
    with context.begin_transaction():
        context.run_migrations()
