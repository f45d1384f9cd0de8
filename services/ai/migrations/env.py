"""Alembic's entry: the work is the same for every service."""

from libs.common.migrations.environment import migrate_given_connection

migrate_given_connection()
