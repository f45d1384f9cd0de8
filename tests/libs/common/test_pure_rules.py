"""Rules of the shared library that need no server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.circuit import Circuit, CircuitOpen
from libs.common.clock import FileClock, FixedClock
from libs.common.failpoints import FailpointReached, configure_failpoints, failpoint
from libs.common.ids import new_id, new_slug
from libs.common.paging import Cursors
from libs.common.problems import BadCursor
from libs.common.settings import ServiceSettings, load_settings


def test_ids_are_version_7_and_sort_by_creation() -> None:
    first = new_id()
    while (second := new_id()).int >> 80 == first.int >> 80:
        pass
    assert first.version == 7
    assert first < second


@given(st.text(max_size=200))
def test_a_slug_is_a_dns_label_whatever_the_company_is_called(name: str) -> None:
    slug = new_slug(name)
    assert len(slug) <= 63
    assert slug.isascii()
    assert all(character.isalnum() or character == "-" for character in slug)
    assert not slug.startswith("-")


def test_two_companies_of_one_name_get_different_slugs() -> None:
    assert new_slug("Bäcker & Söhne").startswith("backer-sohne-")
    assert new_slug("Bäcker & Söhne") != new_slug("Bäcker & Söhne")


def test_a_cursor_opens_only_the_list_it_was_made_for() -> None:
    cursors, tenant = Cursors(b"k" * 32), uuid4()
    cursor = cursors.encode(["2026-01-01", str(tenant)], tenant_id=tenant, query="deployments")
    assert cursors.decode(cursor, tenant_id=tenant, query="deployments") == ["2026-01-01", str(tenant)]
    for stranger, query in ((uuid4(), "deployments"), (tenant, "invoices")):
        with pytest.raises(BadCursor):
            cursors.decode(cursor, tenant_id=stranger, query=query)


@given(st.text(max_size=80))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        Cursors(b"k" * 32).decode(text, tenant_id=UUID(int=1), query="deployments")


def test_business_time_follows_the_file_that_the_clock_is_given(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = FileClock(file)
    before = clock.now()
    file.write_text('{"offset_seconds": 86400}')
    assert clock.now() - before >= timedelta(days=1)
    assert before - datetime.now(UTC) < timedelta(seconds=1)


def test_a_fixed_clock_moves_only_when_it_is_told_to() -> None:
    clock = FixedClock()
    before = clock.now()
    clock.advance(timedelta(days=14))
    assert clock.now() == before + timedelta(days=14)


def test_a_failpoint_strikes_at_the_passing_that_was_named() -> None:
    configure_failpoints("bus.publish.after:2:raise")
    try:
        failpoint("bus.publish.after")
        with pytest.raises(FailpointReached):
            failpoint("bus.publish.after")
        failpoint("bus.publish.after")
    finally:
        configure_failpoints("")


def test_an_open_circuit_refuses_until_it_has_cooled_down_and_then_tries_once() -> None:
    now = [0.0]
    circuit = Circuit(threshold=2, cool_down=5, monotonic=lambda: now[0])
    circuit.failed()
    circuit.check()
    circuit.failed()
    with pytest.raises(CircuitOpen):
        circuit.check()
    now[0] = 5.1
    circuit.check()
    with pytest.raises(CircuitOpen):
        circuit.check()
    circuit.succeeded()
    circuit.check()


def test_missing_settings_are_named_in_one_line() -> None:
    with pytest.raises(SystemExit) as ended:
        load_settings(ServiceSettings)
    line = str(ended.value)
    assert "STACKPRO_DATABASE_URL" in line
    assert "\n" not in line
