"""Amounts of money: decimal strings outside, integer minor units inside, no floats."""

import re
from dataclasses import dataclass

from capreg.errors import CapregError, ExitCode

AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,4}))?")
# Decimals of the minor unit where they are not two (ISO 4217, list one).
DECIMALS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


PERCENT = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,3}))?")


def decimals_of(currency: str) -> int:
    """Return how many decimals the amounts of a currency have (ISO 4217)."""
    return DECIMALS.get(currency, 2)


class AmountError(CapregError):
    """A text is not an amount of the currency."""

    exit_code = ExitCode.INVALID


@dataclass(frozen=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Return the amount that a decimal string states: `45.00` of EUR is 4500.

        Raises:
            AmountError: it is no decimal string, or has more decimals than the currency.
        """
        match = AMOUNT.fullmatch(text)
        decimals = decimals_of(currency)
        fraction = match[2] or "" if match else ""
        if match is None or len(fraction) > decimals:
            raise AmountError(
                f"'{text[:40]}' is not an amount of {currency}",
                f"Write digits, and at most {decimals} decimals after a point.",
            )
        return cls(int(match[1] + fraction.ljust(decimals, "0")), currency)

    @property
    def amount(self) -> str:
        """The amount as a decimal string, `45.00`."""
        decimals = decimals_of(self.currency)
        digits = str(abs(self.minor)).rjust(decimals + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def share(minor: int, percent: str) -> int:
    """Return a percentage of an amount in minor units, halves rounded away from zero.

    Args:
        percent: a decimal string, `22` or `5.5`.

    Raises:
        AmountError: it is no percentage.
    """
    match = PERCENT.fullmatch(percent)
    if match is None:
        raise AmountError(f"'{percent[:40]}' is not a percentage", "Write digits, and at most 3 decimals: 22 or 5.5.")
    thousandths = int(match[1] + (match[2] or "").ljust(3, "0"))
    whole, rest = divmod(abs(minor) * thousandths, 100_000)
    rounded = whole + (2 * rest >= 100_000)
    return rounded if minor >= 0 else -rounded
