"""Days before and after the day on which the invented registries are looked at."""

from datetime import date, timedelta
from random import Random

# The day of every record: nothing is stated later, and certificates have lapsed if they end before.
DAY = date(2026, 11, 22)


def between(dice: Random, first: int, last: int) -> str:
    """Return a day from so many days after the day of the records to so many; before it, where they are negative."""
    return after(dice.randint(first, last))


def after(days: int) -> str:
    """Return the day that is so many days after the day of the records."""
    return (DAY + timedelta(days=days)).isoformat()
