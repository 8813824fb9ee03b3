"""Value added tax: whose number is right, and what is added to a sale to whom.

Council Directive 2006/112/EC: a service to a business is taxed where the buyer is (Article 44); within the EU the buyer
then owes the tax (Article 196, reverse charge), which a VAT number shows; without one the buyer counts as a consumer
and is taxed where the seller is (Article 45).
"""

import re

import stdnum
from stdnum.eu import vat as eu
from stdnum.exceptions import ValidationError

from capreg.errors import UsageError
from capreg.model.money import share
from capreg.model.value import Value

DOMESTIC, REVERSE_CHARGE, OUTSIDE = TREATMENTS = ("domestic", "reverse-charge", "outside")
# Greece writes EL before its VAT numbers (Article 215).
GREECE = {"EL": "GR"}


class InvalidVatNumberError(UsageError):
    """A VAT number is not one of its country."""


class Tax(Value):
    """What is added to an amount: why, at which rate in percent, how much in minor units."""

    treatment: str
    rate: str
    amount: int


def vat_number(text: str, country: str | None) -> str:
    """Return a VAT number as it is written: its country's two letters, and its digits and letters.

    Args:
        country: where the number is from, if it does not say so itself.

    Raises:
        InvalidVatNumberError: its length, its form or its check digit is wrong, or nobody says its country.
    """
    compact = re.sub(r"[\s./-]", "", text).upper()
    if not re.match(r"[A-Z]{2}", compact):
        if country is None:
            raise InvalidVatNumberError(
                f"'{text[:40]}' does not say its country", "Begin with two letters: IT00743110157."
            )
        compact = f"{next((one for one, code in GREECE.items() if code == country), country)}{compact}"
    try:
        return _validated(compact)
    except ValidationError as error:
        raise InvalidVatNumberError(f"'{text[:40]}' is no VAT number of {compact[:2]}: {error}") from None


def _validated(compact: str) -> str:
    if is_in_eu(country_of(compact)):
        return eu.validate(compact)
    checking = stdnum.get_cc_module(compact[:2].lower(), "vat")
    if not re.fullmatch(r"[A-Z0-9]{4,32}", compact):
        raise InvalidVatNumberError(f"'{compact[:40]}' is no VAT number", "Write letters and digits.")
    return compact if checking is None else compact[:2] + checking.validate(compact).removeprefix(compact[:2])


def country_of(number: str) -> str:
    """Return the country (ISO 3166, two letters) that a VAT number is from."""
    return GREECE.get(number[:2], number[:2])


def is_in_eu(country: str | None) -> bool:
    """Whether a country (ISO 3166, two letters) is a member state of the EU."""
    return country is not None and country.lower() in eu.MEMBER_STATES


def tax(net: int, rate: str, hub: str | None, country: str | None, number: str | None) -> Tax:
    """Return what is added to an amount that is charged to a client.

    Args:
        net: the amount in minor units.
        rate: the rate of the price, in percent.
        hub: the country of the hub; where it is not known, every client counts as one from there.
        country: the country of the client; the hub's, where it is not known.
        number: the client's VAT number, if it has one.
    """
    where = country_of(number) if number else country or hub
    if hub is None or where == hub or (is_in_eu(where) and is_in_eu(hub) and not number):
        return Tax(DOMESTIC, rate, share(net, rate))
    return Tax(REVERSE_CHARGE if is_in_eu(where) and is_in_eu(hub) else OUTSIDE, "0", 0)
