"""Functions that units make: steps that compute logic, max, |x|, ReLUs and ELUs of any slope.

Conventions: a step is 1 at 0. What is a number already needs no unit. A function returns a weighted
sum of units, which are added to the table of the text.
"""

from __future__ import annotations

from fractions import Fraction

from gradatim.errors import EquationError
from gradatim.network.expression import UnitTable, WeightedSum
from gradatim.network.layering import MOST_UNITS

_MINUS = Fraction(-1)
_ONE = WeightedSum({}, Fraction(1))
_HALF = Fraction(1, 2)
_LEAK = Fraction(1, 100)


class UnitFunctions:
    """Adds the units of functions to a table."""

    def __init__(self, table: UnitTable) -> None:
        self._table = table

    def unit(self, activation: str, body: WeightedSum) -> WeightedSum:
        """Return a unit, a new one if there is none of this kind."""
        if len(self._table.all) >= MOST_UNITS:
            raise EquationError(f"more than {MOST_UNITS:,} units; write a smaller network")
        return self._table.add(activation, body)

    def step(self, body: WeightedSum) -> WeightedSum:
        """Return the unit that is 1 where a sum is at least 0."""
        return self.unit("heaviside", body)

    def negation(self, body: WeightedSum) -> WeightedSum:
        """Return NOT of a sum of zeros and ones, a unit."""
        return self.step(_plus(body.times(_MINUS), _HALF))

    def logic(self, word: str, bodies: list[WeightedSum]) -> WeightedSum:
        """Return the unit that is 1 where a statement on zeros and ones is true."""
        total, n = WeightedSum.total(bodies), len(bodies)
        if word == "NOT":
            return self.negation(total)
        if word in ("AND", "OR"):
            least = n - _HALF if word == "AND" else _HALF
            return self.step(_plus(total, -least))
        if word in ("NAND", "NOR"):
            most = n - _HALF if word == "NAND" else _HALF
            return self.step(_plus(total.times(_MINUS), most))
        some, every = self.logic("OR", bodies), self.logic("AND", bodies)
        return self.step(_plus(WeightedSum.total([some, every.times(_MINUS)]), -_HALF))

    def absolute(self, body: WeightedSum) -> WeightedSum:
        """Return the absolute value, which is two units."""
        if body.is_constant:
            return WeightedSum({}, abs(body.constant))
        both = [self.unit("relu", body), self.unit("relu", body.times(_MINUS))]
        return WeightedSum.total(both)

    def _larger(self, a: WeightedSum, b: WeightedSum) -> WeightedSum:
        """Return the larger of two sums."""
        if a.is_constant and b.is_constant:
            return WeightedSum({}, max(a.constant, b.constant))
        for one, other in ((a, b), (b, a)):
            ratio = _ratio(one, other)
            if ratio is not None and 0 < ratio < 1:
                return self.leaky_relu(other, ratio)
        # A number stands outside, so that no unit is needed to pass an input on.
        outside, inside = (b, a) if b.is_constant else (a, b)
        gap = WeightedSum.total([inside, outside.times(_MINUS)])
        return WeightedSum.total([self.unit("relu", gap), outside])

    def extreme(self, name: str, bodies: list[WeightedSum]) -> WeightedSum:
        """Return the largest or the smallest of sums."""
        sign = Fraction(1 if name == "max" else -1)
        found = bodies[0].times(sign)
        for body in bodies[1:]:
            found = self._larger(found, body.times(sign))
        return found.times(sign)

    def leaky_relu(self, body: WeightedSum, slope: Fraction) -> WeightedSum:
        """Return a leaky ReLU of any slope, as units there are."""
        if slope == _LEAK:
            return self.unit("leaky_relu", body)
        above = self.unit("relu", body)
        below = self.unit("relu", body.times(_MINUS)) if slope else WeightedSum()
        return WeightedSum.total([above, below.times(-slope)])

    def elu(self, body: WeightedSum, scale: Fraction) -> WeightedSum:
        """Return an ELU of any scale, as units there are."""
        curve = self.unit("elu", body).times(scale)
        if scale == 1:
            return curve
        return WeightedSum.total([curve, self.unit("relu", body).times(1 - scale)])

    def silu(self, factor: WeightedSum, gate: WeightedSum) -> WeightedSum | None:
        """Return a sum times its own sigmoid, which is a unit."""
        if len(gate.terms) != 1 or gate.constant:
            return None
        [(source, weight)] = gate.terms.items()
        unit = self._table.all[source] if isinstance(source, int) else None
        if unit is None or unit.activation != "logistic":
            return None
        ratio = _ratio(factor, unit.body)
        return None if ratio is None else self.unit("silu", unit.body).times(ratio * weight)

    def opposite(self, total: WeightedSum) -> WeightedSum:
        """Return what is 1 where a sum of zeros and ones is 0."""
        return WeightedSum.total([_ONE, total.times(_MINUS)])


def _plus(total: WeightedSum, constant: Fraction) -> WeightedSum:
    return WeightedSum(total.terms, total.constant + constant)


def _ratio(one: WeightedSum, other: WeightedSum) -> Fraction | None:
    """Return by which number a sum is another one, if it is."""
    source = next((s for s, weight in other.terms.items() if weight), None)
    if source is None or source not in one.terms:
        return None
    ratio = one.terms[source] / other.terms[source]
    return ratio if other.times(ratio) == one else None
