"""What every service's migrations share: roles, row-level security, the platform's tables, and the runner."""

from libs.common.migrations.platform import create_platform_tables
from libs.common.migrations.retention import drop_retention_indexes, index_retention
from libs.common.migrations.row_security import enable_tenant_security, grant_platform_only

__all__ = [
    "create_platform_tables",
    "drop_retention_indexes",
    "enable_tenant_security",
    "grant_platform_only",
    "index_retention",
]
