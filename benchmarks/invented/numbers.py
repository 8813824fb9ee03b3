"""Register numbers whose check digits hold."""


def italian_vat(number: int) -> str:
    """Return the Italian VAT number of the firm with a number: seven digits, an office's three, a check digit (Luhn)."""
    digits = f"{number % 10**7:07}{number % 100 + 1:03}"
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[1::2])
    total = sum(map(int, digits[::2])) + sum(doubled)
    return f"IT{digits}{-total % 10}"


def entity_identifier(number: int) -> str:
    """Return the Legal Entity Identifier (ISO 17442) of the firm with a number; its check digits are those of ISO 7064."""
    body = f"9999BENCH{number:09}"
    value = int("".join(str(int(sign, 36)) for sign in f"{body}00"))
    return f"{body}{98 - value % 97:02}"
