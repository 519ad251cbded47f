"""A separating plane that can be written down: few digits, and still right on every row.

Conventions: weights are multiples of powers of ten that follow the columns' sizes, so that a table
of large numbers has small weights; w0 is minus the simplest fraction of the middle half of the gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm, log10

import numpy as np

from gradatim.certificates.rationals import weighted_sum
from gradatim.separability.planes.extremes import extremes, has_gap
from gradatim.separability.planes.rows import ExactRows

# Steps to which the largest weight is rounded; each third one doubles.
_FINEST = 1 << 62
# Weights are whole numbers if none has more digits than this.
_MOST_DIGITS = 7

Plane = tuple[tuple[Fraction, ...], Fraction]


def shorten(
    rows: ExactRows, signs: np.ndarray, planes: Sequence[Sequence[Fraction]]
) -> Plane | None:
    """Round the weights of separating planes as far as they still separate.

    `signs` (n_samples,).
    """
    sizes = [_size(rows, k) for k in range(len(rows.columns))]
    directions = [_direction(rows, weights, sizes) for weights in planes]
    tried: set[tuple[int, ...]] = set()
    for steps in _grids():
        for direction in directions:
            rounded = tuple(round(value * steps) for value in direction)
            if rounded in tried or not any(rounded):
                continue
            tried.add(rounded)
            found = _with_bias(rows, signs, _weights(rows, rounded, sizes))
            if found is not None:
                return found
    return None


def _size(rows: ExactRows, k: int) -> int:
    """Return the power of ten of the range of a column."""
    length = rows.bits - rows.shift[k]
    unit = rows.unit[k]
    binary = unit.numerator.bit_length() - unit.denominator.bit_length() + length
    return int(np.floor(binary * log10(2)))


def _direction(
    rows: ExactRows, weights: Sequence[Fraction], sizes: Sequence[int]
) -> list[Fraction]:
    scaled = [
        weights[j] * Fraction(10) ** size for j, size in zip(rows.columns, sizes, strict=True)
    ]
    largest = max(abs(value) for value in scaled)
    return [value / largest for value in scaled]


def _grids() -> Iterator[int]:
    steps = 1
    while steps < _FINEST:
        yield steps
        steps = max(steps + 1, steps * 5 // 4)


def _weights(rows: ExactRows, rounded: Sequence[int], sizes: Sequence[int]) -> list[Fraction]:
    """Return weights of all columns: whole and without a common divisor if they are short."""
    used = [size for value, size in zip(rounded, sizes, strict=True) if value]
    top = max(used)
    weights = [Fraction(0)] * rows.n_columns
    for j, value, size in zip(rows.columns, rounded, sizes, strict=True):
        weights[j] = value * Fraction(10) ** (top - size)
    return whole_weights(weights)


def _with_bias(rows: ExactRows, signs: np.ndarray, weights: list[Fraction]) -> Plane | None:
    plane = rows.normalized_plane(weights, Fraction(0))
    if has_gap(rows, signs, plane) is False:
        return None
    near, far = (weighted_sum(weights, rows.exact(i)) for i in extremes(rows, signs, plane))
    if near <= far:
        return None
    quarter = (near - far) / 4
    return tuple(weights), -simplest_between(far + quarter, near - quarter)


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return a short number in a closed interval: the one of the smallest denominator.

    Examples
    --------
    >>> [str(simplest_between(Fraction(a), Fraction(b))) for a, b in [("0.3", "0.4"), ("7", "23")]]
    ['1/3', '10']
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    return _roundest(low, high) if -(-low // 1) <= high else _simplest(low, high)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the simplest fraction between two positive ones, by their continued fractions."""
    up = -(-low // 1)
    if up <= high:
        return Fraction(up)
    return up - 1 + 1 / _simplest(1 / (high - up + 1), 1 / (low - up + 1))


def _roundest(low: Fraction, high: Fraction) -> Fraction:
    """Return the whole number between two positive ones that ends in the most zeros."""
    power = 1
    best = -(-low // 1)
    while (value := -(-low // power) * power) <= high:
        best, power = value, power * 10
    return Fraction(best)


def whole_weights(weights: Sequence[Fraction]) -> list[Fraction]:
    """Scale weights to whole numbers without a common divisor, unless these are long.

    Examples
    --------
    >>> [str(value) for value in whole_weights([Fraction(1, 2), Fraction(-3, 4)])]
    ['2', '-3']
    """
    scale = lcm(*(weight.denominator for weight in weights))
    common = gcd(*(int(weight * scale) for weight in weights))
    whole = [weight * scale / common for weight in weights]
    longest = max(abs(weight) for weight in whole)
    if longest < 10**_MOST_DIGITS:
        return whole
    ten = Fraction(10) ** Decimal(int(longest)).adjusted()
    return [weight / ten for weight in whole]
