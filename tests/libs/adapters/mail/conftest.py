"""The sample service's database, which has a table of outgoing mails."""

from tests.libs.common.conftest import database, sample_database

__all__ = ["database", "sample_database"]
