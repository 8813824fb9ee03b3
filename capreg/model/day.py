"""Days and periods of days."""

import os
import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from importlib import import_module

from capreg.errors import UsageError

# Loaded on use: only what is of today asks for it.
ZONES = "zoneinfo"
# Compiled on use.
DURATION = r"P([1-9][0-9]{0,2})([DWMY])"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DayError(UsageError):
    """A text is no day, or no period of days."""


def day(text: str) -> date:
    """Return the day of an ISO 8601 text, `2026-11-22`.

    Raises:
        DayError: the text is not such a day.
    """
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise DayError(f"'{text[:40]}' is not a day", "Write it as year-month-day: 2026-11-22.")


def is_day(text: str) -> bool:
    """Return whether a text is a day as `day` reads it."""
    try:
        day(text)
    except DayError:
        return False
    return True


def today(zone: str) -> date:
    """Return the day that it is in a time zone (IANA name)."""
    return day_there(datetime.now(UTC), zone)


def day_there(moment: datetime, zone: str) -> date:
    """Return the day that it was in a time zone (IANA name) at a moment."""
    return moment.astimezone(zone_of(zone)).date()


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name, as the machine's files or tzdata have it; raises KeyError or ValueError for none."""
    # A variable that leads to other zones could move the day of a sale.
    if os.environ.pop("PYTHONTZPATH", None) is not None:
        import_module(ZONES).reset_tzpath()
    return import_module(ZONES).ZoneInfo(name)


def later(start: date, duration: str) -> date:
    """Return the day that lies an ISO 8601 duration (`P1Y`, `P6W`) after the start.

    A month or year from the last days of a month ends, where the month is shorter, on its last day
    (29 February + P1Y = 28 February).

    Raises:
        DayError: the duration has another form, or leads beyond the year 9999.
    """
    match = re.fullmatch(DURATION, duration)
    if match is None:
        raise DayError(f"'{duration}' is not a duration", "Write P30D, P6W, P3M or P1Y.")
    count, unit = int(match[1]), match[2]
    try:
        if unit in "DW":
            return start + timedelta(days=count * (7 if unit == "W" else 1))
        return _months_later(start, count * (12 if unit == "Y" else 1))
    except (ValueError, OverflowError):
        raise DayError(f"{duration} after {start} is beyond the calendar") from None


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    """Return the number of days of a month."""
    first, longest = date(year, month, 1), timedelta(days=31)
    return 31 if year == date.max.year and month == 12 else 31 - ((first + longest).day - 1)
