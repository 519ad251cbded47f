"""From layers back to nested sums, where nothing is lost by it.

Conventions: identity units that only pass a value on disappear, because `layering` puts them back,
and the result is used only if it does so exactly. Units are numbered as a reader of the text meets
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from gradatim.errors import SpecError
from gradatim.network._protocols import NetworkLike
from gradatim.network.expression import Expression, Output, UnitTable, WeightedSum
from gradatim.network.layer import ExactUnit, Unit
from gradatim.network.layering import layered

# Beyond these a network is not readable as one formula anyway.
_MOST_LAYERS = 40
_MOST_PARAMETERS = 4000


def passes_on(unit: ExactUnit | Unit) -> bool:
    """Tell whether a unit only hands a value to the layer above."""
    weights = [*unit.weights.values()]
    return unit.activation == "identity" and not unit.bias and weights == [1]


def decompose(network: NetworkLike, inputs: Sequence[str]) -> Expression | None:
    """Return the nested sums that `layered` cuts into just these layers."""
    if network.depth > _MOST_LAYERS or network.n_parameters > _MOST_PARAMETERS:
        return None
    if any(layer.activation == "softmax" for layer in network.layers[:-1]):
        return None
    if not all(
        np.isfinite(a).all() for layer in network.layers for a in (layer.weight, layer.bias)
    ):
        return None
    expression = _Decomposition(network, inputs).expression()
    try:
        same = tuple(layered(expression)[0]) == tuple(network.layers)
    except SpecError:
        return None
    return expression if same else None


class _Decomposition:
    def __init__(self, network: NetworkLike, inputs: Sequence[str]) -> None:
        self._network = network
        self._inputs = tuple(inputs)
        self._units = UnitTable()
        self._known: dict[tuple[int, int], WeightedSum] = {}

    def expression(self) -> Expression:
        last = self._network.layers[-1]
        if last.activation == "softmax":
            bodies = [self._body(self._network.depth, unit) for unit in last.exact_units]
            sums = self._units.add_softmax(bodies)
        else:
            sums = [self._output(unit) for unit in last.exact_units]
        names = self._network.output_names
        outputs = [Output(body, name) for body, name in zip(sums, names, strict=True)]
        return Expression(self._inputs, self._units.all, outputs)

    def _output(self, unit: ExactUnit) -> WeightedSum:
        body = self._body(self._network.depth, unit)
        return body if unit.activation == "identity" else self._units.add(unit.activation, body)

    def _body(self, layer: int, unit: ExactUnit) -> WeightedSum:
        parts = [self._source(layer - 1, j).times(w) for j, w in unit.weights.items()]
        return WeightedSum.total([*parts, WeightedSum({}, unit.bias)])

    def _source(self, layer: int, index: int) -> WeightedSum:
        if layer == 0:
            return WeightedSum({self._inputs[index]: Fraction(1)})
        if (layer, index) not in self._known:
            unit = self._network.layers[layer - 1].exact_units[index]
            body = self._body(layer, unit)
            self._known[layer, index] = (
                body if passes_on(unit) else self._units.add(unit.activation, body)
            )
        return self._known[layer, index]
