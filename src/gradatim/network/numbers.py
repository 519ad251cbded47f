"""Numbers as they are typed, and back: fractions that nothing rounds.

Conventions: a float stands for the shortest decimal that reads as it, so 0.1 is one tenth and a
number that was typed, stored and read again is the number that was typed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from gradatim.errors import SpecError

__all__ = [
    "MINUSES",
    "Number",
    "float_sum",
    "format_fraction",
    "fraction_text",
    "to_fraction",
    "to_json",
]

#: What a trace computes with: floats, or fractions, or decimals that stand for irrational values.
Number = float | Fraction | Decimal

#: Every sign that a keyboard or a text processor takes for a minus, as a pattern.
MINUSES = r"[-\u2212\u2013\u2014\ufe63\uff0d]"

_LITERAL = re.compile(
    rf"\s*((?:{MINUSES}|\+)?)\s*((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"\s*(?:/\s*((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*)?"
)
_MOST_CHARACTERS = 420
_MOST_EXPONENT = 400
# Fewer than the digits that Python writes at most, whatever the limit is set to.
_BITS_OF_PYTHON = 2000


def to_fraction(value: Any, name: str = "") -> Fraction:
    """Return the fraction that a number or its text stands for.

    Parameters
    ----------
    value : int, float, fractions.Fraction, decimal.Decimal or str
        The number; text such as ``"-0.5"``, ``"1e-3"`` or ``"1/3"``.
    name : str, optional
        Whose value it is, for the message.

    Returns
    -------
    fractions.Fraction
        Its value; of a float the shortest decimal.

    Raises
    ------
    SpecError
        If it is no finite number of reasonable size.

    Examples
    --------
    >>> to_fraction("1/3"), to_fraction(0.1)
    (Fraction(1, 3), Fraction(1, 10))
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool | np.bool_):
        return Fraction(int(value))
    if isinstance(value, int | np.integer):
        return Fraction(int(value))
    if isinstance(value, float | np.floating):
        value = repr(float(value))
    found = _LITERAL.fullmatch(str(value)) if len(str(value)) <= _MOST_CHARACTERS else None
    if not found:
        whose = f" as the value of {name}" if name else ""
        raise SpecError(
            f"cannot use {str(value)[:40]!r}{whose}; write a number such as -0.5 or 1/3"
        )
    numerator, denominator = _decimal(found[2]), _decimal(found[3] or "1")
    if not denominator:
        raise SpecError(f"cannot divide by zero in {value!r}; write another denominator")
    return numerator / denominator * (1 if found[1] in ("", "+") else -1)


def _decimal(text: str) -> Fraction:
    exponent = text.lower().partition("e")[2]
    # 10 to a power of nine digits would fill the memory.
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > _MOST_EXPONENT):
        raise SpecError(f"the number {text[:40]} is too large or too small; use another unit")
    return Fraction(text)


def format_fraction(value: Fraction) -> str:
    """Write a fraction in as few characters as say it exactly.

    Parameters
    ----------
    value : fractions.Fraction
        The number.

    Returns
    -------
    str
        An integer, the shortest decimal of a float if that is the same number, else
        ``numerator/denominator``.

    Examples
    --------
    >>> [format_fraction(Fraction(text)) for text in ("50", "0.80", "1/3", "1e-7")]
    ['50', '0.8', '1/3', '1e-07']
    """
    try:
        text = repr(float(value))
    except OverflowError:
        return fraction_text(value)
    # An infinity or a nought says nothing about what was too large or too small.
    if text in ("inf", "-inf") or Fraction(text) != value:
        return fraction_text(value)
    return text.removesuffix(".0").replace("e+", "e")


def fraction_text(value: Fraction) -> str:
    """Write a fraction of any length; Python itself refuses more than 4,300 digits.

    Parameters
    ----------
    value : fractions.Fraction
        The number.

    Returns
    -------
    str
        An integer, or ``numerator/denominator``.

    Examples
    --------
    >>> fraction_text(Fraction(-2, 3)), len(fraction_text(Fraction(10) ** 5000))
    ('-2/3', 5001)
    """
    bits = max(abs(value.numerator).bit_length(), value.denominator.bit_length())
    if bits < _BITS_OF_PYTHON:
        return str(value)
    from flint import fmpz

    text = str(fmpz(value.numerator))
    return text if value.denominator == 1 else f"{text}/{fmpz(value.denominator)}"


def float_sum(parts: Sequence[float]) -> float:
    """Return a sum of floats, rounded once; infinite where it leaves the finite numbers.

    Parameters
    ----------
    parts : sequence of float
        What is added up.

    Returns
    -------
    float
        Their sum.

    Examples
    --------
    >>> float_sum([0.1, 0.2, -0.3]), float_sum([1e308, 1e308])
    (2.7755575615628914e-17, inf)
    """
    try:
        return math.fsum(parts)
    except (OverflowError, ValueError):
        with np.errstate(all="ignore"):
            return float(np.sum(parts))


def to_json(value: Number | None) -> float | str | None:
    """Return a number as JSON holds it.

    Parameters
    ----------
    value : number or None
        Any number of a trace.

    Returns
    -------
    float or str or None
        Exact numbers as text, ``"1/3"`` or ``"0.25"``; floats as they are, infinite ones as None.

    Examples
    --------
    >>> to_json(Fraction(1, 3)), to_json(0.25)
    ('1/3', 0.25)
    """
    if isinstance(value, Fraction):
        return fraction_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or np.isfinite(value) else None
