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
from gradatim.language.names import MINUSES, NUMBER

#: What a trace computes with: floats, or fractions, or decimals that stand for irrational values.
Number = float | Fraction | Decimal

# Half of the world writes a comma before the decimals.
_TYPED = NUMBER.replace(r"\.", "[.,]")
_SIGN = rf"((?:{MINUSES}|\+)?)"
_LITERAL = re.compile(rf"\s*{_SIGN}\s*({_TYPED})\s*(?:/\s*{_SIGN}\s*({_TYPED})\s*)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_MOST_CHARACTERS = 420
_MOST_EXPONENT = 400


def to_fraction(value: Any, name: str = "") -> Fraction:
    """Return the fraction that a number or its text stands for.

    Examples
    --------
    >>> to_fraction("1/3"), to_fraction(0.1), to_fraction("2,5")
    (Fraction(1, 3), Fraction(1, 10), Fraction(5, 2))
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
    number = _decimal(found[2])
    if found[4]:
        denominator = _decimal(found[4])
        if not denominator:
            raise SpecError(f"cannot divide by zero in {value!r}; write another denominator")
        number /= denominator
    minuses = sum(sign not in (None, "", "+") for sign in (found[1], found[3]))
    return -number if minuses % 2 else number


def to_float(text: str, name: str = "") -> float:
    """Return the float nearest to the number that a text stands for.

    Examples
    --------
    >>> to_float("1/4"), to_float("-2,5")
    (0.25, -2.5)
    """
    number = to_fraction(text, name)
    try:
        return float(number)
    except OverflowError:
        raise SpecError(f"the number {text[:40]} is too large; use another unit") from None


def _decimal(text: str) -> Fraction:
    if _THOUSANDS.fullmatch(text):
        whole, _, rest = text.partition(",")
        raise SpecError(f"{text} may be {whole}{rest} or {whole}.{rest}; write one of these")
    text = text.replace(",", ".")
    exponent = text.lower().partition("e")[2]
    # 10 to a power of nine digits would fill the memory.
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > _MOST_EXPONENT):
        raise SpecError(f"the number {text[:40]} is too large or too small; use another unit")
    return written(text)


def written(text: str) -> Fraction:
    """Return the fraction that the digits of a finite decimal are; much faster than `Fraction`.

    Examples
    --------
    >>> written("0.1"), written("-2.5e-1")
    (Fraction(1, 10), Fraction(-1, 4))
    """
    return Fraction(Decimal(text))


def by_size(value: Fraction) -> tuple[float, Fraction]:
    """Return what sorts fractions as they are, mostly by comparing floats.

    Examples
    --------
    >>> sorted([Fraction(10) ** 400, Fraction(1, 3), Fraction(-(10) ** 400)], key=by_size)[1]
    Fraction(1, 3)
    """
    try:
        return float(value), value
    except OverflowError:
        return (math.inf if value > 0 else -math.inf), value


def format_fraction(value: Fraction) -> str:
    """Write a fraction in as few characters as say it exactly.

    Examples
    --------
    >>> [format_fraction(Fraction(text)) for text in ("50", "0.80", "1/3", "1e-7")]
    ['50', '0.8', '1/3', '1e-07']
    """
    try:
        text = repr(float(value))
    except OverflowError:
        return exact_text(value)
    # An infinity or a zero says nothing about what was too large or too small.
    known = text not in ("inf", "-inf")
    if not known or Decimal(text).as_integer_ratio() != value.as_integer_ratio():
        return exact_text(value)
    return text.removesuffix(".0").replace("e+", "e")


def exact_text(value: Fraction) -> str:
    """Write a fraction as ``numerator/denominator``, however long these are.

    Examples
    --------
    >>> exact_text(Fraction(-4, 6)), exact_text(Fraction(7)), len(exact_text(Fraction(10) ** 9999))
    ('-2/3', '7', 10000)
    """
    above, below = Decimal(value.numerator), Decimal(value.denominator)
    return f"{above:f}" if below == 1 else f"{above:f}/{below:f}"


def float_sum(parts: Sequence[float]) -> float:
    """Return a sum of floats, rounded once; infinite where it leaves the finite numbers.

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

    Examples
    --------
    >>> to_json(Fraction(1, 3)), to_json(0.25)
    ('1/3', 0.25)
    """
    if isinstance(value, Fraction):
        return exact_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or np.isfinite(value) else None
