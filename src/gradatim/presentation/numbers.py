"""Exact numbers on a screen: planes, points and cells of a table.

Conventions: a number of the table is written as it was; other fractions are decimals where that is
the same number, and those too long to read are rounded and marked as in `gradatim._text`. An
equation with such weights has as many digits as keep true what is said of it, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from gradatim._text import ABOUT, DIGITS, number_text, show_name
from gradatim.network.numbers import exact_text, format_fraction

# Says of weights and w0 whether something is true of their plane.
Holds = Callable[[Sequence[Fraction], Fraction], bool]

_LONGEST = 18
_LONGEST_WEIGHT = 12
_LONGEST_EXACT = 45
_MOST_DIGITS = 17
_MOST_TERMS = 8
# A denormal float takes that many, and is short; what is longer is not worth writing out.
_MOST_BITS = 2200


def written_plane(
    names: Sequence[str], weights: Sequence[Fraction], bias: Fraction | None, holds: Holds
) -> tuple[str, str]:
    """Write the equation of a hyperplane, and what to add if its numbers are rounded.

    Numbers too long to read have the fewest digits, six or more, with which `holds` is still true
    of the plane; what is said beside a plane then is so of the plane that is printed.
    """
    numbers = [*weights, bias or Fraction(0)]
    if all(len(format_fraction(number)) <= _LONGEST_WEIGHT for number in numbers):
        return _equation(names, numbers, list(map(format_fraction, numbers))), ""
    for digits in range(DIGITS, _MOST_DIGITS + 1):
        texts = [_float_text(number, digits) for number in numbers]
        *rounded, last = map(Fraction, texts)
        if any(rounded) and holds(rounded, last):
            note = "" if [*rounded, last] == numbers else "; weights rounded here"
            return _equation(names, numbers, texts), note
    texts = list(map(exact_text, numbers))
    if max(map(len, texts)) <= _LONGEST_EXACT:
        return _equation(names, numbers, texts), ""
    texts = [_float_text(number, _MOST_DIGITS) for number in numbers]
    return _equation(names, numbers, texts), "; rounded here, not exact for every row"


def _equation(names: Sequence[str], numbers: Sequence[Fraction], texts: Sequence[str]) -> str:
    sizes = [text.removeprefix("-") for text in texts]
    terms = [
        part for part in zip(numbers, sizes, [*map(show_name, names), ""], strict=True) if part[0]
    ]
    constant = [terms.pop()] if terms and not terms[-1][2] else []
    shown = terms[:_MOST_TERMS] if len(terms) > _MOST_TERMS + 1 else terms
    text = ""
    for value, size, name in [*shown, *constant]:
        if not name and len(shown) < len(terms):
            text += f" + ... ({len(terms) - len(shown)} more terms)"
        body = f"{'' if size == '1' else size} {name}".strip() if name else size
        sign = "-" if value < 0 else "+"
        text += f" {sign} {body}" if text else f"{'-' if value < 0 else ''}{body}"
    if not constant and len(shown) < len(terms):
        text += f" + ... ({len(terms) - len(shown)} more terms)"
    return f"{text or '0'} = 0"


def cell_text(value: Fraction) -> str:
    """Write a number of the table as it was: a float as its shortest decimal."""
    try:
        number = float(value)
    except OverflowError:
        return short_text(value)
    return repr(number).removesuffix(".0") if Fraction(number) == value else short_text(value)


def short_text(value: Fraction) -> str:
    """Write a fraction, rounded and marked if it is long."""
    if value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
        return f"{ABOUT}{_float_text(value)}"
    text = format_fraction(value)
    return text if len(text) <= _LONGEST else f"{ABOUT}{_float_text(value)}"


def _float_text(value: Fraction, digits: int = DIGITS) -> str:
    try:
        number = float(value)
    except OverflowError:
        number = 0.0
    if number or not value:
        return number_text(number, digits)
    # Beyond the range of floats; decimals have a wider one.
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.{digits}g}"


def point_text(names: Sequence[str], values: Sequence[Fraction]) -> str:
    """Write the coordinates of a point."""
    shown = [
        f"{show_name(name)} = {cell_text(value)}" for name, value in zip(names, values, strict=True)
    ]
    return ", ".join(shown[:6]) + (", ..." if len(shown) > 6 else "")
