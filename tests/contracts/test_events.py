"""The events that services announce: as they were reviewed, and never breaking a reader."""

import re

import pytest

from tools.compatibility import breaking_event_changes
from tools.snapshots import ANEW, EVENTS, breaks, event_schemas, kept

SCHEMAS = event_schemas()
every_event = pytest.mark.parametrize("name", SCHEMAS)


def test_no_change_breaks_a_reader() -> None:
    assert breaks(kept(EVENTS), SCHEMAS, breaking_event_changes) == []


@every_event
def test_the_event_is_as_it_was_reviewed(name: str) -> None:
    assert SCHEMAS[name] == kept(EVENTS).get(name), ANEW


@every_event
def test_the_event_names_its_service_and_version(name: str) -> None:
    assert re.fullmatch(r"(ai|auth|billing|messaging|provisioner|platform)(\.[a-z_]+){2}\.v[1-9]", name)


@every_event
def test_the_event_carries_id_tenant_and_time_and_says_what_it_means(name: str) -> None:
    properties = SCHEMAS[name]["properties"]
    assert {"id", "tenant_id", "occurred_at"} <= properties.keys()
    assert SCHEMAS[name]["description"]


@every_event
def test_the_event_carries_ids_and_no_names_or_addresses(name: str) -> None:
    personal = {"email", "name", "full_name", "company", "address", "phone"}
    assert personal.isdisjoint(SCHEMAS[name]["properties"])
