"""Work on several parts of a request at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Part = TypeVar("Part")


async def each(parts: Iterable[Part], do: Callable[[Part], Awaitable[None]], *, at_once: int) -> None:
    """Does `do` with each of `parts`, in order and at most `at_once` at a time.

    The first error ends the others and is raised as it is.
    """
    waiting = iter(parts)

    async def work() -> None:
        for part in waiting:
            await do(part)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
    except ExceptionGroup as error:
        raise error.exceptions[0] from None
