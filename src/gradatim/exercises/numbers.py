r"""Exact numbers as a student writes and reads them.

Conventions: every number of an exercise is a `fractions.Fraction`. Of the logistic function, tanh
and exp, which are irrational, the Fraction holds 40 correct digits, and only the final answer is
rounded, halves to even. A number is written as a decimal if three decimals hold it exactly, else
as a fraction in lowest terms; the minus sign is ASCII here, writers set their own.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from gradatim.errors import InputError, SpecError
from gradatim.network.numbers import to_fraction

__all__ = ["exp", "ln", "logistic", "parse_number", "round_to", "rounds_clearly", "show", "tanh"]

_DIGITS = Context(prec=60)

# Longer answers are no answers, and Python's own limit on digits stays out of reach.
_LONGEST = 200


def show(value: Fraction, digits: int | None = None) -> str:
    """Write a number as short as it can be said exactly, or with a fixed number of decimals.

    Examples
    --------
    >>> show(Fraction(-1, 4)), show(Fraction(2, 3)), show(Fraction(2, 3), digits=2)
    ('-0.25', '2/3', '0.67')
    """
    if digits is not None:
        return _decimal(round_to(value, digits), digits)
    for digits in range(4):
        if (value * 10**digits).denominator == 1:
            return _decimal(value, digits)
    return f"{value.numerator}/{value.denominator}"


def _decimal(value: Fraction, digits: int) -> str:
    scaled = int(value * 10**digits)
    whole, rest = divmod(abs(scaled), 10**digits)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def round_to(value: Fraction, digits: int) -> Fraction:
    """Round to a number of decimals, halves to even.

    Examples
    --------
    >>> round_to(Fraction(5, 8), 2)
    Fraction(31, 50)
    """
    return Fraction(round(value * 10**digits), 10**digits)


def rounds_clearly(value: Fraction, digits: int) -> bool:
    """Tell whether a student who carries two more digits rounds to the same number.

    Examples
    --------
    >>> rounds_clearly(Fraction("0.6224"), 2), rounds_clearly(Fraction("0.6249"), 2)
    (True, False)
    """
    scaled = value * 10**digits
    return abs(abs(scaled - round(scaled)) - Fraction(1, 2)) > Fraction(1, 20)


def parse_number(text: str) -> Fraction:
    """Read a number that a person typed: ``0.5``, ``.5``, ``1/2``, ``50e-2`` or ``0,5``.

    Examples
    --------
    >>> parse_number("-1/2") == parse_number("-.5") == parse_number("- 50e-2")
    True
    """
    typed, shown = "".join(text.split()), repr(text.strip()[:40])
    try:
        if len(typed) <= _LONGEST:
            return to_fraction(typed)
        why = ""
    except SpecError as error:
        reason = str(error).partition(";")[0]
        why = "" if reason.startswith("cannot use") else f" ({reason})"
    raise InputError(f"{shown} is no number{why}; write it like 0.5, 1/2 or -3")


def exp(z: Fraction) -> Fraction:
    """Compute the exponential function to 40 digits.

    Examples
    --------
    >>> round_to(exp(Fraction(1)), 5)
    Fraction(67957, 25000)
    """
    exponent = _DIGITS.divide(Decimal(z.numerator), Decimal(z.denominator))
    return Fraction(_DIGITS.exp(exponent))


def ln(value: Fraction) -> Fraction:
    """Compute the natural logarithm to 40 digits.

    Examples
    --------
    >>> show(ln(Fraction(9)), digits=3)
    '2.197'
    """
    return Fraction(_DIGITS.ln(_DIGITS.divide(value.numerator, value.denominator)))


def logistic(z: Fraction) -> Fraction:
    r"""Compute the logistic function :math:`1 / (1 + e^{-z})` to 40 digits.

    Examples
    --------
    >>> show(logistic(Fraction(1, 2)), digits=2)
    '0.62'
    """
    return 1 / (1 + exp(-z))


def tanh(z: Fraction) -> Fraction:
    r"""Compute the hyperbolic tangent to 40 digits.

    Examples
    --------
    >>> show(tanh(Fraction(1)), digits=2)
    '0.76'
    """
    return 2 * logistic(2 * z) - 1
