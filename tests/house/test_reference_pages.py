"""The reference pages say what the code says; `make reference` writes them anew."""

import re
from pathlib import Path

from tools import configuration_reference, data_reference, events_reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_configuration_reference_is_not_stale() -> None:
    assert configuration_reference.PAGE.read_text() == configuration_reference.render(), "run `make reference`"


def test_the_events_reference_is_not_stale() -> None:
    assert events_reference.PAGE.read_text() == events_reference.render(), "run `make reference`"


def test_the_data_reference_is_not_stale() -> None:
    assert data_reference.PAGE.read_text() == data_reference.render(), "run `make reference`"


def test_every_event_of_the_contracts_is_listed() -> None:
    types = re.findall(r"^## `(.+)`$", events_reference.PAGE.read_text(), re.MULTILINE)

    assert types == [event.type for event in events_reference.events()]
    assert types
