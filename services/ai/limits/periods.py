"""Calendar days and months of business time, in UTC, as billing counts them."""

from datetime import UTC, date, datetime, timedelta


def day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def month_begin(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (month_begin(day) + timedelta(days=31)).replace(day=1)


def renews_at(period: str, today: date) -> datetime:
    """When a `day` or `month` that holds `today` is over."""
    after = next_month(today) if period == "month" else today + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=UTC)
