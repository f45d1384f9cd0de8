"""Which part of a history is asked for: `?before=`, `?after=`, `?around=` and `?limit=`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from libs.common.problems import FieldError, Unprocessable

MAX_SEQ = 2**53
MAX_LIMIT = 100
_SEQ = "a `seq` of the conversation"


@dataclass(frozen=True, slots=True)
class Window:
    """Up to `older` messages before the position `split`, and up to `newer` from there on."""

    split: int
    older: int
    newer: int


class OnePosition(Unprocessable):
    default_detail = "Give one of `before`, `after` and `around`, or none for the newest."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError(pointer="/query", code="one_position", message=self.default_detail)])


def window(
    before: Annotated[int | None, Query(ge=0, lt=MAX_SEQ, description=f"Messages before this, {_SEQ}.")] = None,
    after: Annotated[int | None, Query(ge=0, lt=MAX_SEQ, description=f"Messages after this, {_SEQ}.")] = None,
    around: Annotated[int | None, Query(ge=0, lt=MAX_SEQ, description=f"Messages around this, {_SEQ}.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many messages at the most.")] = 50,
) -> Window:
    """The FastAPI dependency that reads a window; without a position, the newest messages.

    Raises:
        OnePosition: there is more than one.
    """
    if sum(position is not None for position in (before, after, around)) > 1:
        raise OnePosition
    if before is not None:
        return Window(before, limit, 0)
    if after is not None:
        return Window(after + 1, 0, limit)
    if around is not None:
        return Window(around + 1, limit - limit // 2, limit // 2)
    return Window(MAX_SEQ, limit, 0)


AskedFor = Annotated[Window, Depends(window)]
