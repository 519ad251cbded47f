"""Exact numbers on a screen: planes, points and cells of a table.

Conventions: a number of the table is written as it was; other fractions are decimals where that is
the same number, and those too long to read are rounded and marked with ``~``. Of an equation with
such weights all are rounded, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from gradatim._text import show_name
from gradatim.network.numbers import format_fraction

__all__ = [
    "cell_text",
    "equation_text",
    "list_text",
    "point_text",
    "rounding_note",
    "short_text",
]

_LONGEST = 18
_LONGEST_WEIGHT = 12
_MOST_TERMS = 8
# A denormal float takes that many, and is short; what is longer is not worth writing out.
_MOST_BITS = 2200


def equation_text(names: Sequence[str], weights: Sequence[Fraction], bias: Fraction | None) -> str:
    """Write the equation of a hyperplane."""
    terms = [(w, show_name(name)) for w, name in zip(weights, names, strict=False) if w]
    names_used, is_rounded = len(terms), bool(rounding_note(weights, bias))
    shown = terms[:_MOST_TERMS] if names_used > _MOST_TERMS + 1 else terms
    text = ""
    for weight, name in [*shown, (bias or Fraction(0), "")]:
        if not weight and not name:
            continue
        if not name and len(shown) < names_used:
            text += f" + ... ({names_used - len(shown)} more terms)"
        number = _float_text(abs(weight)) if is_rounded else format_fraction(abs(weight))
        size = "" if number == "1" and name else number
        body = f"{size} {name}".strip() if name else size
        sign = "-" if weight < 0 else "+"
        text += f" {sign} {body}" if text else f"{'-' if weight < 0 else ''}{body}"
    return f"{text} = 0"


def rounding_note(weights: Sequence[Fraction], bias: Fraction | None) -> str:
    """Return words for an equation that has a number too long to read, else nothing."""
    numbers = [*weights, bias or Fraction(0)]
    is_long = any(len(format_fraction(number)) > _LONGEST_WEIGHT for number in numbers)
    return "; weights rounded here" if is_long else ""


def cell_text(value: Fraction) -> str:
    """Write a number of the table as it was: a float as its shortest decimal."""
    try:
        number = float(value)
    except OverflowError:
        return short_text(value)
    return repr(number).removesuffix(".0") if Fraction(number) == value else short_text(value)


def short_text(value: Fraction) -> str:
    """Write a fraction, rounded and marked with ``~`` if it is long."""
    if value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
        return f"~{_float_text(value)}"
    text = format_fraction(value)
    return text if len(text) <= _LONGEST else f"~{_float_text(value)}"


def _float_text(value: Fraction) -> str:
    try:
        number = float(value)
    except OverflowError:
        number = 0.0
    if number or not value:
        return f"{number:.6g}"
    # Beyond the range of floats; decimals have a wider one.
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.6g}"


def point_text(names: Sequence[str], values: Sequence[Fraction]) -> str:
    """Write the coordinates of a point."""
    shown = [
        f"{show_name(name)} = {cell_text(value)}" for name, value in zip(names, values, strict=True)
    ]
    return ", ".join(shown[:6]) + (", ..." if len(shown) > 6 else "")


def list_text(names: Sequence[str]) -> str:
    """Write names one after the other."""
    shown = [show_name(name) for name in names[:6]]
    return ", ".join(shown) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
