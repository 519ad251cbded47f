r"""Interval arithmetic on arrays of float64, rounded outward.

Conventions: an interval is a pair of arrays (low, high); its bounds may be infinite, which is what
a function that is nowhere enclosed has. Sums, products, quotients and roots are rounded outward
only where they are inexact, found by the error terms of Knuth and Dekker [1]_, so that 1 - 1 is 0
and the square root of 1 - x^2 exists at x = 1. Elementary functions are those of
`gradatim.certificates.elementary`.

References
----------
.. [1] T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
   Mathematik 18, pp. 224-242, 1971.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import e, pi
from typing import Any, NamedTuple

import numpy as np

from gradatim.certificates.elementary import cos_bounds, exp_bounds, log_bounds, sin_bounds

Array = Any  # an array, or a NumPy number for all entries


class Interval(NamedTuple):
    """Sets of real numbers, one per entry."""

    low: Array  # Bounds of the same shape
    high: Array


def _down(value: Array, error: Array) -> Array:
    """Round down: `error` is what the exact result has beyond `value`, NaN if unknown."""
    return np.where(error >= 0, value, np.nextafter(value, -np.inf))


def _up(value: Array, error: Array) -> Array:
    return np.where(error <= 0, value, np.nextafter(value, np.inf))


def _sum(a: Array, b: Array) -> tuple[Array, Array]:
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _halves(a: Array) -> tuple[Array, Array]:
    scaled = 134217729.0 * a
    high = scaled - (scaled - a)
    return high, a - high


def _product(a: Array, b: Array) -> tuple[Array, Array]:
    value = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    error = a2 * b2 - (((value - a1 * b1) - a2 * b1) - a1 * b2)
    zero = (a == 0) | (b == 0)
    # Below, the error itself underflows.
    known = zero | (np.abs(value) > 1e-270)
    return value, np.where(known, np.where(zero, 0.0, error), np.nan)


def _quotient(a: Array, b: Array) -> tuple[Array, Array]:
    value = a / b
    back, error = _product(value, b)
    rest = (a - back) - error
    known = np.isfinite(rest) & (np.abs(a) > 1e-270) | (a == 0)
    return value, np.where(known, np.where(a == 0, 0.0, rest * np.sign(b)), np.nan)


def _whole(low: Array, high: Array) -> Interval:
    """Return the interval, or the whole line where nothing is known."""
    unknown = np.isnan(low) | np.isnan(high)
    return Interval(np.where(unknown, -np.inf, low), np.where(unknown, np.inf, high))


def _four(
    operation: Callable[[Array, Array], tuple[Array, Array]], a: Interval, b: Interval
) -> Interval:
    results = [operation(p, q) for p in a for q in b]
    lows = np.stack([_down(*result) for result in results])
    highs = np.stack([_up(*result) for result in results])
    return _whole(lows.min(axis=0), highs.max(axis=0))


class IntervalAlgebra:
    """Operations on intervals by the names that formulas have for them."""

    def number(self, value: Fraction) -> Interval:
        """Return the narrowest interval around a fraction."""
        near = float(value)
        exact = Fraction(near)
        return Interval(
            np.float64(near if exact <= value else np.nextafter(near, -np.inf)),
            np.float64(near if exact >= value else np.nextafter(near, np.inf)),
        )

    def pi(self) -> Interval:
        """Return an interval around pi, which lies above its float."""
        return Interval(np.float64(pi), np.nextafter(pi, 4))

    def e(self) -> Interval:
        """Return an interval around e, which lies above its float."""
        return Interval(np.float64(e), np.nextafter(e, 4))

    def add(self, a: Interval, b: Interval) -> Interval:
        """Add."""
        return _whole(_down(*_sum(a.low, b.low)), _up(*_sum(a.high, b.high)))

    def neg(self, a: Interval) -> Interval:
        """Change the sign."""
        return Interval(-a.high, -a.low)

    def sub(self, a: Interval, b: Interval) -> Interval:
        """Subtract."""
        return self.add(a, self.neg(b))

    def mul(self, a: Interval, b: Interval) -> Interval:
        """Multiply."""
        return _four(_product, a, b)

    def div(self, a: Interval, b: Interval) -> Interval:
        """Divide; the whole line where the denominator may be 0."""
        low, high = _four(_quotient, a, b)
        zero = (b.low <= 0) & (b.high >= 0)
        return Interval(np.where(zero, -np.inf, low), np.where(zero, np.inf, high))

    def power(self, a: Interval, n: int) -> Interval:
        """Raise to a whole power."""
        if n < 0:
            one = np.float64(1.0)
            return self.div(Interval(one, one), self.power(a, -n))
        if n == 0:
            return Interval(np.ones_like(a.low), np.ones_like(a.high))
        if n % 2 == 0:
            a = self.abs(a)
        return Interval(_repeated(a.low, n, -1), _repeated(a.high, n, 1))

    def exp(self, a: Interval) -> Interval:
        """Take the exponential."""
        return _whole(exp_bounds(a.low)[0], exp_bounds(a.high)[1])

    def log(self, a: Interval) -> Interval:
        """Take the logarithm; unbounded below where 0 is met, unknown where less may be met."""
        return _whole(log_bounds(a.low)[0], log_bounds(a.high)[1])

    def sqrt(self, a: Interval) -> Interval:
        """Take the root; the whole line where less than 0 may be met."""
        bounds = []
        for x, rounded in ((a.low, _down), (a.high, _up)):
            value = np.sqrt(x)
            back, error = _product(value, value)
            bounds.append(rounded(value, np.where(x == 0, 0.0, (x - back) - error)))
        return _whole(*bounds)

    def pow(self, a: Interval, b: Interval) -> Interval:
        """Raise to any power: base above 0, or from 0 if the exponent is above 0."""
        usual = self.exp(self.mul(b, self.log(a)))
        zero = (a.low == 0) & (b.low > 0)
        # The largest value is at the right end of the base, whatever the exponent.
        top = self.exp(self.mul(b, self.log(Interval(a.high, a.high))))
        top = np.where(a.high == 0, 0.0, np.maximum(top.high, 0.0))
        return Interval(np.where(zero, 0.0, usual.low), np.where(zero, top, usual.high))

    def sin(self, a: Interval) -> Interval:
        """Take the sine."""
        return _wave(a, sin_bounds, 0.25)

    def cos(self, a: Interval) -> Interval:
        """Take the cosine."""
        return _wave(a, cos_bounds, 0.0)

    def tan(self, a: Interval) -> Interval:
        """Take the tangent; the whole line where it may have a pole."""
        low, high = (self.div(_at(sin_bounds, x), _at(cos_bounds, x)) for x in a)
        pole = _meets(a, 0.25, 0.5) | ~(a.high - a.low < pi)
        return _whole(np.where(pole, np.nan, low.low), np.where(pole, np.nan, high.high))

    def abs(self, a: Interval) -> Interval:
        """Take the absolute value."""
        far = np.maximum(np.abs(a.low), np.abs(a.high))
        near = np.maximum(0.0, np.maximum(a.low, -a.high))
        return Interval(near, far)

    def min(self, a: Interval, b: Interval) -> Interval:
        """Take the smaller."""
        return Interval(np.minimum(a.low, b.low), np.minimum(a.high, b.high))

    def max(self, a: Interval, b: Interval) -> Interval:
        """Take the larger."""
        return Interval(np.maximum(a.low, b.low), np.maximum(a.high, b.high))

    def floor(self, a: Interval) -> Interval:
        """Round down to a whole number."""
        return Interval(np.floor(a.low), np.floor(a.high))

    def ceil(self, a: Interval) -> Interval:
        """Round up to a whole number."""
        return Interval(np.ceil(a.low), np.ceil(a.high))

    def sign(self, a: Interval) -> Interval:
        """Take the sign: -1, 0 or 1."""
        return Interval(np.sign(a.low), np.sign(a.high))

    def step(self, a: Interval) -> Interval:
        """Tell whether a number is 0 or more: 1 or 0."""
        return Interval((a.low >= 0) * 1.0, (a.high >= 0) * 1.0)

    def hull(self, a: Interval, b: Interval, choose: Interval) -> Interval:
        """Return `a` where `choose` is below 0, `b` where it is above, both where it may be 0."""
        low = np.where(
            choose.high < 0, a.low, np.where(choose.low > 0, b.low, np.minimum(a.low, b.low))
        )
        high = np.where(
            choose.high < 0, a.high, np.where(choose.low > 0, b.high, np.maximum(a.high, b.high))
        )
        return Interval(low, high)

    def jump(self, a: Interval) -> Interval:
        """Return the slope of a piecewise constant value: 0, or anything where it changes."""
        jumps = a.low != a.high
        return Interval(np.where(jumps, -np.inf, 0.0), np.where(jumps, np.inf, 0.0))

    def is_zero(self, a: Interval) -> bool:
        """Tell whether every entry is exactly 0."""
        return not (np.any(a.low) or np.any(a.high))


def _repeated(x: Array, n: int, direction: int) -> Array:
    """Raise to the power n > 0, rounding the magnitude so that the result is a bound."""
    # A bound from below of a negative number is one from above of its magnitude.
    outward = (np.sign(x) * direction) > 0
    base, result = np.abs(x), None
    while n:
        if n & 1:
            result = base if result is None else _directed(result, base, outward)
        n >>= 1
        base = _directed(base, base, outward) if n else base
    assert result is not None
    # Even powers come with bounds that are no longer negative.
    return np.copysign(result, x) if np.any(x < 0) else result


def _directed(a: Array, b: Array, outward: Array) -> Array:
    value, error = _product(a, b)
    return np.where(outward, _up(value, error), np.maximum(_down(value, error), 0.0))


def _at(bounds: Callable[[Array], tuple[Array, Array]], x: Array) -> Interval:
    return Interval(*bounds(x))


def _meets(a: Interval, offset: float, period: float) -> Array:
    """Tell where an interval may hold (offset + k period) 2 pi, erring towards yes."""
    turns = 1e-9 + 1e-12 * np.maximum(np.abs(a.low), np.abs(a.high))
    low = (a.low / (2 * pi) - offset) / period - turns
    high = (a.high / (2 * pi) - offset) / period + turns
    return np.floor(high) >= np.ceil(low)


def _wave(a: Interval, bounds: Callable[[Array], tuple[Array, Array]], top: float) -> Interval:
    low, high = _at(bounds, a.low), _at(bounds, a.high)
    far = ~(a.high - a.low < 6)
    return Interval(
        np.where(far | _meets(a, top + 0.5, 1.0), -1.0, np.minimum(low.low, high.low)),
        np.where(far | _meets(a, top, 1.0), 1.0, np.maximum(low.high, high.high)),
    )
