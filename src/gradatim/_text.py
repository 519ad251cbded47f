"""Text that people read: numbers, counts with their nouns, and names for inputs that have none.

Conventions: counts have thousands separated by commas; inputs are counted from 1. A number has six
significant digits, or more where these do not reach its decimal point; one that its text does not
tell is marked with an almost equal sign, so that no rounded number looks like another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import isfinite

__all__ = [
    "ABOUT",
    "DIGITS",
    "bound_text",
    "is_told",
    "mark",
    "name_inputs",
    "number_text",
    "plural",
]

#: What stands before a number, or between two sides, where something is rounded.
ABOUT = "\N{ALMOST EQUAL TO}"

#: Significant digits of a number, unless it is asked for others.
DIGITS = 6

# Whole numbers below are floats of their own.
_WHOLE = 2.0**53
_LONGEST_ROUNDED = 40
# Decimals that a float holds; what differs further on is the rounding of its arithmetic.
_HELD = 15


def name_inputs(given: Sequence[str], n_inputs: int) -> tuple[str, ...]:
    """Return the given names of inputs, or x1, x2, ... where none are given.

    Examples
    --------
    >>> name_inputs((), 2)
    ('x1', 'x2')
    """
    return tuple(given) or tuple(f"x{i + 1}" for i in range(n_inputs))


def number_text(value: float, digits: int = DIGITS) -> str:
    """Write a number with some significant digits, all before the decimal point among them.

    Examples
    --------
    >>> number_text(1 / 3), number_text(1600000000001.0), number_text(12345.67, 3)
    ('0.333333', '1600000000001', '12345.7')
    """
    if not isfinite(value):
        return str(value)
    if abs(value) < _WHOLE:
        if value == int(value):
            return str(int(value))
        n_whole = len(str(abs(int(value))))
        digits = digits if n_whole < digits else n_whole + 1
    return f"{value:.{digits}g}".replace("e+", "e")


def is_told(value: float | Fraction | Decimal, text: str) -> bool:
    """Tell whether a text says a number, as far as a float holds it.

    Examples
    --------
    >>> is_told(0.1 + 0.2, "0.3"), is_told(1 / 3, "0.333333")
    (True, False)
    """
    if isinstance(value, Decimal):
        # It stands for a number that no decimal equals.
        return False
    if isinstance(value, Fraction):
        # No rounded number is as long, and Python does not read one of thousands of digits.
        return len(text) > _LONGEST_ROUNDED or Fraction(text) == value
    return not isfinite(value) or float(text) in (value, float(f"{value:.{_HELD}g}"))


def mark(value: float | Fraction | Decimal, text: str) -> str:
    """Mark a text that does not say its number.

    Examples
    --------
    >>> mark(0.5, "0.5"), mark(2 / 3, "0.667")
    ('0.5', '\u22480.667')
    """
    return text if is_told(value, text) else ABOUT + text


def bound_text(value: float, *, up: bool = True, digits: int = DIGITS) -> str:
    """Write an upper bound with some digits so that it still is one, or a lower bound.

    Examples
    --------
    >>> bound_text(2 / 3), bound_text(2 / 3, up=False), bound_text(0.5)
    ('0.666667', '0.666666', '0.5')
    """
    if not isfinite(value):
        return str(value)
    context = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR)
    return number_text(float(context.create_decimal(value)), digits)


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun; an irregular plural is given.

    Examples
    --------
    >>> plural(1, "pair"), plural(1200, "row"), plural(2, "class", "classes")
    ('1 pair', '1,200 rows', '2 classes')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
