"""Frames end where the gateway thinks they end, however their bytes are cut."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from services.gateway.tunnel.boundaries import FrameBoundaries

SIZES = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536, 70_000])
FRAMES = st.lists(st.tuples(SIZES, st.booleans()), min_size=1, max_size=4)


def wire(size: int, masked: bool, opcode: Opcode = Opcode.TEXT) -> bytes:
    return Frame(opcode, b"x" * size).serialize(mask=masked)


@given(FRAMES, st.lists(st.integers(1, 5000), max_size=60))
def test_a_boundary_is_seen_exactly_where_a_frame_ends(frames: list[tuple[int, bool]], steps: list[int]) -> None:
    pieces = [wire(size, masked) for size, masked in frames]
    ends = {sum(map(len, pieces[: count + 1])) for count in range(len(pieces))}
    stream, at, boundaries = b"".join(pieces), 0, FrameBoundaries()
    for step in [*steps, len(stream)]:
        boundaries.feed(stream[at : at + step])
        at = min(at + step, len(stream))
        assert boundaries.at_boundary == (at in ends or at == 0)
    assert not boundaries.closing


@given(SIZES, st.integers(1, 70_000))
def test_only_the_rest_of_the_frame_under_way_is_taken(size: int, cut: int) -> None:
    first, second = wire(size, False), wire(3, False)
    cut = min(cut, len(first))
    boundaries = FrameBoundaries()
    boundaries.feed(first[:cut])
    assert boundaries.rest_of_frame(first[cut:] + second) == len(first) - cut
    assert boundaries.at_boundary


def test_a_close_frame_is_noticed() -> None:
    boundaries = FrameBoundaries()
    boundaries.feed(wire(5, False) + wire(2, False, Opcode.CLOSE)[:2])
    assert (boundaries.closing, boundaries.at_boundary) == (True, False)
