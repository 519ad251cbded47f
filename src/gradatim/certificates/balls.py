r"""Formulas and networks in ball arithmetic: python-flint's arb.

Conventions: a ball is an `flint.arb` of 128 bits; one that is not finite stands for "nothing is
known". The names of operations are those of `gradatim.certificates.intervals`, to which this is
the independent second: slower by a factor of some hundreds, and of any precision.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf, nextafter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flint import arb

#: Bits of a ball's center.
PRECISION = 128


def ball(low: float, high: float) -> arb:
    """Return a ball around an interval of floats."""
    # `from flint import arb` takes as long as the rest, and this runs for every point.
    import flint

    center = flint.arb(float(low))
    return center if low == high else center.union(flint.arb(float(high)))


def ends(value: arb) -> tuple[float, float]:
    """Return floats below and above a ball."""
    if not value.is_finite():
        return -inf, inf
    low, high = (value, value) if value.is_exact() else (value.lower(), value.upper())
    # The conversion may round to nearest.
    return nextafter(float(low), -inf), nextafter(float(high), inf)


class BallAlgebra:
    """Operations on balls by the names that formulas have for them."""

    def number(self, value: Fraction) -> arb:
        """Return a ball around a fraction."""
        from flint import arb, fmpq

        return arb(fmpq(value.numerator, value.denominator))

    def pi(self) -> arb:
        """Return pi."""
        from flint import arb

        return arb.pi()

    def e(self) -> arb:
        """Return e."""
        from flint import arb

        return arb.const_e()

    def add(self, a: arb, b: arb) -> arb:
        """Add."""
        return a + b

    def neg(self, a: arb) -> arb:
        """Change the sign."""
        return -a

    def sub(self, a: arb, b: arb) -> arb:
        """Subtract."""
        return a - b

    def mul(self, a: arb, b: arb) -> arb:
        """Multiply."""
        return a * b

    def div(self, a: arb, b: arb) -> arb:
        """Divide."""
        return a / b

    def power(self, a: arb, n: int) -> arb:
        """Raise to a whole power."""
        return (abs(a) if n % 2 == 0 else a) ** n

    def pow(self, a: arb, b: arb) -> arb:
        """Raise to any power: base above 0, or from 0 if the exponent is above 0."""
        if a > 0:
            return a**b
        if a.lower() == 0 and b > 0:
            top = a.upper()
            return (0 * a) if top == 0 else (top**b).union(0 * top)
        return _unknown()

    def exp(self, a: arb) -> arb:
        """Take the exponential."""
        return a.exp()

    def log(self, a: arb) -> arb:
        """Take the logarithm."""
        return a.log()

    def sqrt(self, a: arb) -> arb:
        """Take the root."""
        return a.sqrt() if a.lower() >= 0 else _unknown()

    def sin(self, a: arb) -> arb:
        """Take the sine."""
        return a.sin()

    def cos(self, a: arb) -> arb:
        """Take the cosine."""
        return a.cos()

    def tan(self, a: arb) -> arb:
        """Take the tangent."""
        return a.tan()

    def abs(self, a: arb) -> arb:
        """Take the absolute value."""
        return abs(a)

    def min(self, a: arb, b: arb) -> arb:
        """Take the smaller."""
        return a.min(b)

    def max(self, a: arb, b: arb) -> arb:
        """Take the larger."""
        return a.max(b)

    def floor(self, a: arb) -> arb:
        """Round down to a whole number."""
        return a.lower().floor().union(a.upper().floor())

    def ceil(self, a: arb) -> arb:
        """Round up to a whole number."""
        return a.lower().ceil().union(a.upper().ceil())

    def sign(self, a: arb) -> arb:
        """Take the sign: -1, 0 or 1."""
        return a.lower().sgn().union(a.upper().sgn())

    def step(self, a: arb) -> arb:
        """Tell whether a number is 0 or more: 1 or 0."""
        from flint import arb

        return arb(int(a.lower() >= 0)).union(arb(int(not a < 0)))

    def hull(self, a: arb, b: arb, choose: arb) -> arb:
        """Return `a` where `choose` is below 0, `b` where it is above, both where it may be 0."""
        if choose < 0:
            return a
        return b if choose > 0 else a.union(b)

    def jump(self, a: arb) -> arb:
        """Return the slope of a piecewise constant value: 0, or anything where it changes."""
        from flint import arb

        return arb(0) if a.rad() == 0 else _unknown()

    def is_zero(self, a: arb) -> bool:
        """Tell whether a ball is exactly 0."""
        return a.is_zero()


def _unknown() -> arb:
    from flint import arb

    return arb.nan()
