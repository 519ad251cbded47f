r"""Sums of exponentials, of which quotients are sigmoids: the formulas of activations, read.

Conventions: a sum is :math:`\sum_i c_i e^{z_i}` with weighted sums z and fractions c; a constant is
the coefficient of :math:`e^0`. No exponent stands in it twice, and no coefficient is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from gradatim.network.expression import WeightedSum

Unit = Callable[[str, WeightedSum], WeightedSum]
"""Makes a unit of an activation and a weighted sum."""

_MINUS = Fraction(-1)
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class ExponentialSum:
    """A sum of exponentials times coefficients."""

    parts: tuple[tuple[WeightedSum, Fraction], ...]  # Exponents and their coefficients

    @staticmethod
    def of(exponent: WeightedSum) -> ExponentialSum:
        """Return one exponential."""
        return ExponentialSum(((exponent, Fraction(1)),))

    @staticmethod
    def constant(value: Fraction) -> ExponentialSum:
        """Return a number as a sum."""
        return ExponentialSum(((WeightedSum(), value),) if value else ())

    @staticmethod
    def total(sums: Iterable[ExponentialSum]) -> ExponentialSum:
        """Add sums up."""
        parts: list[tuple[WeightedSum, Fraction]] = []
        for exponent, value in (part for one in sums for part in one.parts):
            known = next((i for i, (z, _) in enumerate(parts) if z == exponent), None)
            if known is None:
                parts.append((exponent, value))
            else:
                parts[known] = (exponent, parts[known][1] + value)
        return ExponentialSum(tuple(part for part in parts if part[1]))

    def times(self, factor: Fraction) -> ExponentialSum:
        """Return the sum with every coefficient multiplied."""
        return ExponentialSum(tuple((z, c * factor) for z, c in self.parts if factor))

    def raised(self, power: Fraction) -> ExponentialSum | None:
        """Return a power of one exponential without a coefficient."""
        if len(self.parts) == 1 and self.parts[0][1] == 1:
            return ExponentialSum.of(self.parts[0][0].times(power))
        return None


def quotient(above: ExponentialSum, below: ExponentialSum, unit: Unit) -> WeightedSum | None:
    r"""Return a quotient of sums as a weighted sum of a sigmoid, or None if it is none.

    :math:`(a e^p + b e^q) / (c (e^p + e^q)) = b / c + (a - b) / c \cdot \sigma(p - q)`, and with
    b = -a it is :math:`a / c \cdot \tanh((p - q) / 2)`.
    """
    if len(below.parts) != 2 or below.parts[0][1] != below.parts[1][1]:
        return None
    c = below.parts[0][1]
    exponents = [exponent for exponent, _ in below.parts]
    if any(exponent not in exponents for exponent, _ in above.parts):
        return None
    found = [
        (sum((value for z, value in above.parts if z == exponent), Fraction(0)), exponent)
        for exponent in exponents
    ]
    (a, p), (b, q) = found if found[0][0] >= found[1][0] else found[::-1]
    gap = WeightedSum.total([p, q.times(_MINUS)])
    if a == -b:
        return unit("tanh", gap.times(_HALF)).times(a / c)
    scaled = unit("logistic", gap).times((a - b) / c)
    return WeightedSum.total([scaled, WeightedSum({}, b / c)])


def logarithm(inner: ExponentialSum, unit: Unit) -> WeightedSum | None:
    r"""Return the logarithm of a sum of exponentials, or None if no unit is it.

    :math:`\ln(e^p + e^q) = q + \ln(1 + e^{p - q})`, where the last is softplus.
    """
    if any(value != 1 for _, value in inner.parts) or len(inner.parts) not in (1, 2):
        return None
    # The shorter exponent, most often the 0 of a constant 1, stands outside.
    q, *others = sorted((z for z, _ in inner.parts), key=lambda z: len(z.terms))
    if not others:
        return q
    gap = WeightedSum.total([others[0], q.times(_MINUS)])
    return WeightedSum.total([q, unit("softplus", gap)])
