"""What a forward pass computes with: floats, or reals that nothing rounds.

Conventions: both kinds have the methods of `Arithmetic`; a value of theirs is opaque to whoever
traces, and becomes a number where it is shown. Sums of floats are rounded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from gradatim.activations import get_activation
from gradatim.network.exact import Reals
from gradatim.network.expression import WeightedSum
from gradatim.network.layer import Layer
from gradatim.network.numbers import Number, float_sum

__all__ = ["Arithmetic", "Exact", "Floats"]


class Arithmetic(Protocol):
    """What a forward pass computes with."""

    def value(self, number: Fraction) -> Any: ...
    def numbers(self, layer: Layer) -> Sequence[Any]: ...
    def times(self, weight: Any, value: Any) -> Any: ...
    def total(self, parts: Sequence[Any]) -> Any: ...
    def activate(self, layer: Layer, z: Sequence[Any]) -> list[Any]: ...
    def shown(self, value: Any) -> Number: ...
    def at_least(self, value: Any, limit: Fraction) -> bool: ...


class Floats:
    """Floats; sums are rounded once."""

    def value(self, number: Fraction) -> float:
        return float(number)

    def numbers(self, layer: Layer) -> Sequence[Any]:
        return layer.units

    def times(self, weight: float, value: float) -> float:
        return weight * value

    def total(self, parts: Sequence[float]) -> float:
        return float_sum(parts)

    def activate(self, layer: Layer, z: Sequence[float]) -> list[float]:
        # What leaves the finite numbers is shown as infinite, without a warning beside it.
        with np.errstate(all="ignore"):
            if layer.activation == "softmax":
                return get_activation("softmax")(np.array(z)).tolist()
            return [
                float(get_activation(name)(np.float64(z_i)))
                for name, z_i in zip(layer.activations, z, strict=True)
            ]

    def shown(self, value: float) -> float:
        return value

    def at_least(self, value: float, limit: Fraction) -> bool:
        return value >= float(limit)


class Exact:
    """Reals, rounded only where they are shown."""

    def __init__(self, digits: int) -> None:
        self._reals = Reals()
        self._digits = digits

    def value(self, number: Fraction) -> WeightedSum:
        return WeightedSum({}, number)

    def numbers(self, layer: Layer) -> Sequence[Any]:
        return layer.exact_units

    def times(self, weight: Fraction, value: WeightedSum) -> WeightedSum:
        return self._reals.total([value.times(weight)])

    def total(self, parts: Sequence[WeightedSum]) -> WeightedSum:
        return self._reals.total(parts)

    def activate(self, layer: Layer, z: Sequence[WeightedSum]) -> list[WeightedSum]:
        if layer.activation == "softmax":
            return self._reals.softmax(z)
        return [
            self._reals.apply(name, z_i) for name, z_i in zip(layer.activations, z, strict=True)
        ]

    def shown(self, value: WeightedSum) -> Fraction | Decimal:
        return self._reals.rounded(value, self._digits)

    def at_least(self, value: WeightedSum, limit: Fraction) -> bool:
        return self._reals.sign(self._reals.total([value, WeightedSum({}, -limit)])) >= 0
