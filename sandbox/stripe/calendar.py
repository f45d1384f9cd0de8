"""Billing periods: boundaries are counted from the anchor, so that the 31st comes back after a short month.

Rule: https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from calendar import monthrange
from datetime import UTC, datetime

DAY = 86_400
HOUR = 3_600
_SECONDS = {"day": DAY, "week": 7 * DAY}
_MONTHS = {"month": 1, "year": 12}


def next_boundary(anchor: int, *, after: int, interval: str, count: int) -> int:
    """The first end of a period later than `after`, in Unix seconds, of periods counted from `anchor`."""
    if interval in _SECONDS:
        length = _SECONDS[interval] * count
        return anchor + ((after - anchor) // length + 1) * length
    months = _MONTHS[interval] * count
    step = max(_months_between(anchor, after) // months, 0)
    while (boundary := _add_months(anchor, step * months)) <= after:
        step += 1
    return boundary


def _months_between(start: int, end: int) -> int:
    first, last = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    return (last.year - first.year) * 12 + last.month - first.month - 1


def _add_months(moment: int, months: int) -> int:
    start = datetime.fromtimestamp(moment, UTC)
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    day = min(start.day, monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
