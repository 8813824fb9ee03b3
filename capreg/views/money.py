"""Amounts of money as people of a language write them: the only module that loads babel."""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

from capreg.model.money import DECIMALS


def spoken_money(minor: int, currency: str, language: str) -> str:
    """Return an amount in minor units as a language writes it: 450000 of EUR is `€4,500.00`, or `4.500,00 €` in Italian.

    The decimals are those of ISO 4217, as everywhere in capreg; Unicode's tables, which Babel follows, leave out those
    that daily life does not use.
    """
    decimals = DECIMALS.get(currency, 2)
    amount = Decimal(minor).scaleb(-decimals)
    return format_currency(
        amount, currency, _pattern(currency, decimals, language), locale=language, currency_digits=False
    )


def _pattern(currency: str, decimals: int, language: str) -> str:
    """Return the language's pattern with so many decimals; letters stand apart from digits (Unicode's currencySpacing)."""
    usual = Locale.parse(language).currency_formats["standard"].pattern
    pattern = usual.replace(".00", f".{'0' * decimals}" if decimals else "")
    return (
        pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
        if get_currency_symbol(currency, language)[-1].isalpha()
        else pattern
    )
