"""What a business used of its assistants in a month, put together for those who manage them."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.ai.limits import repository
from services.ai.limits.repository import By, Summed
from services.ai.limits.schemas import AssistantUse, DayUse, PersonUse, Use, UseAnswer

PEOPLE = 100


async def use_of(session: AsyncSession, month: date) -> UseAnswer:
    """`month` is its first day."""
    sums = await repository.sums(session, month)
    people = [PersonUse(user_id=one.user_id, **one.counted) for one in _by(sums, "person")]
    return UseAnswer(
        month=f"{month:%Y-%m}",
        total=Use(**next(_by(sums, "all")).counted),
        days=[DayUse(day=one.day, **one.counted) for one in _by(sums, "day") if one.day is not None],
        assistants=[
            AssistantUse(assistant_id=one.assistant_id, **one.counted)
            for one in _by(sums, "assistant")
            if one.assistant_id is not None
        ],
        people=people[:PEOPLE],
    )


def _by(sums: Sequence[Summed], what: By) -> Iterator[Summed]:
    return (one for one in sums if one.by == what)
