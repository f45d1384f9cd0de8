"""Server-sent events are read as the HTML standard says."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ai.models.server_sent_events import MOST_EVENT_BYTES, BadEventStream, EventReader

STREAM = "\ufeff: comment\r\n\r\ndata: one\r\ndata:two\r\n\r\nevent: x\rid: 1\rdata\rdata:  ü: é\r\r\n\ndata: last\n\n"
EVENTS = ["one\ntwo", "\n ü: é", "last"]


@given(st.lists(st.integers(0, len(STREAM.encode())), max_size=20))
def test_events_are_the_same_however_their_bytes_come(cuts: list[int]) -> None:
    reader, raw = EventReader(), STREAM.encode()
    edges = [0, *sorted(cuts), len(raw)]

    events = [event for start, end in pairwise(edges) for event in reader.feed(raw[start:end])]

    assert events == EVENTS


def test_an_event_without_its_end_is_none() -> None:
    assert list(EventReader().feed(b"data: one\n\ndata: two\n")) == ["one"]


@pytest.mark.parametrize("raw", [b"data: \xff\n\n", b"x" * (MOST_EVENT_BYTES + 1)])
def test_what_is_no_event_stream_is_refused(raw: bytes) -> None:
    with pytest.raises(BadEventStream):
        list(EventReader().feed(raw))


def test_an_event_cannot_grow_without_end() -> None:
    reader = EventReader()

    with pytest.raises(BadEventStream):
        for _ in range(MOST_EVENT_BYTES):
            assert list(reader.feed(b"data: " + b"x" * 1000 + b"\n")) == []


def test_what_came_before_the_fault_is_given() -> None:
    events = EventReader().feed(b"data: one\n\ndata: \xff\n\n")

    assert next(events) == "one"
    with pytest.raises(BadEventStream):
        next(events)
