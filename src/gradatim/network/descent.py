r"""Gradient descent as one does it by hand: every derivative of every row, by the chain rule.

Conventions: the loss is the mean over the rows of what a row loses, so gradients are means too.
The slope of step and sign is 0, and at a kink it is that of the right side. Units that only hand a
value on are no parameters: their weight 1 and bias 0 stay. Plain Python on `trace`; no JAX, which
the tests use to check it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from gradatim.activations import get_activation
from gradatim.errors import DivergedError, ShapeError, SpecError
from gradatim.losses import LOSSES
from gradatim.network.expression import UnitSum, WeightedSum
from gradatim.network.graph import Layer, Network
from gradatim.network.layering import make_layer
from gradatim.network.numbers import Number, float_sum, to_fraction
from gradatim.network.record import Trace, UnitTrace
from gradatim.network.steps import RowStep, Step, UnitChange, UnitSlopes

__all__ = ["LossName", "RowStep", "Step", "UnitChange", "UnitSlopes", "descend"]

LossName = Literal["squared", "binary", "multiclass"]

_EXACT_SLOPES = {
    "identity": (Fraction(1), Fraction(1)),
    "relu": (Fraction(0), Fraction(1)),
    "leaky_relu": (Fraction(1, 100), Fraction(1)),
    "heaviside": (Fraction(0), Fraction(0)),
    "sign": (Fraction(0), Fraction(0)),
}


def descend(
    network: Network,
    X: Sequence[Sequence[Any] | Mapping[str, Any]],
    y: Sequence[Sequence[Any]],
    *,
    loss: LossName = "squared",
    learning_rate: Any = 0.1,
    steps: int = 1,
    exact: bool = False,
) -> list[Step]:
    r"""Take steps of gradient descent, and show every derivative on the way.

    A row loses :math:`\frac12 \sum_k (a_k - y_k)^2` (``squared``),
    :math:`-\sum_k y_k \ln a_k + (1 - y_k) \ln (1 - a_k)` (``binary``, sigmoid outputs) or
    :math:`-\sum_k y_k \ln a_k` (``multiclass``, a softmax), as in `gradatim.losses`. Derivatives
    go back layer by layer [1]_, and every weight moves by minus the learning rate times the mean
    of its derivatives.

    Rows of `X` are in order or by name, rows of `y` have one target per output. With `exact`,
    numbers are fractions, which identity, step, sign, ReLU and leaky ReLU give, and ``squared``.

    References
    ----------
    .. [1] D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
       back-propagating errors", Nature, vol. 323, pp. 533-536, 1986.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> [step] = descend(parse("0.8x1 + 0.4"), [[1]], [[2]], learning_rate="1/10", exact=True)
    >>> step.loss, str(step.after)
    (Fraction(8, 25), '0.88x1 + 0.48')
    """
    _check(network, X, y, loss, exact)
    rate = to_fraction(learning_rate, "the learning rate")
    if rate <= 0:
        raise SpecError(f"the learning rate must be above 0, not {learning_rate}")
    targets = [tuple(_number(value, exact, "the target") for value in row) for row in y]
    if loss == "multiclass" and any(not math.isclose(sum(row), 1.0) for row in targets):
        raise SpecError("the targets of a softmax are probabilities: those of a row sum to 1")
    taken = []
    for _ in range(steps):
        step = _step(network, X, targets, loss, rate if exact else float(rate), exact)
        taken.append(step)
        network = step.after
    return taken


def _check(
    network: Network, X: Sequence[Any], y: Sequence[Any], loss: LossName, exact: bool
) -> None:
    if len(X) != len(y) or not len(X):
        raise ShapeError(f"{len(X)} rows of inputs and {len(y)} of targets; give one for one")
    if any(len(row) != network.n_outputs for row in y):
        raise ShapeError(
            f"the network has {network.n_outputs} outputs; give each row as many targets"
        )
    wanted = {"binary": "logistic", "multiclass": "softmax"}.get(loss)
    outputs = set(network.layers[-1].activations)
    if wanted and outputs != {wanted}:
        raise SpecError(f"the loss {loss} goes with {wanted} outputs, not {', '.join(outputs)}")
    if loss == "squared" and "softmax" in outputs:
        raise SpecError("the loss of a softmax is multiclass")
    if any(layer.activation == "softmax" for layer in network.layers[:-1]):
        raise SpecError("no steps through a hidden softmax; let the outputs be the softmax")
    used = {name for layer in network.layers for name in layer.activations}
    if exact and not used <= _EXACT_SLOPES.keys():
        irrational = ", ".join(sorted(used - _EXACT_SLOPES.keys()))
        raise SpecError(f"{irrational} gives no fractions to step with; leave exact out")


def _number(value: Any, exact: bool, name: str) -> Number:
    fraction = to_fraction(value, name)
    return fraction if exact else float(fraction)


def _step(
    network: Network,
    X: Sequence[Any],
    targets: Sequence[tuple[Number, ...]],
    loss: LossName,
    rate: Any,
    exact: bool,
) -> Step:
    rows = tuple(
        _row(network.trace(x, exact=exact), target, loss)
        for x, target in zip(X, targets, strict=True)
    )
    changes = tuple(_changes(rows, depth, rate) for depth in range(network.depth))
    layers = [
        _moved(layer, change, exact) for layer, change in zip(network.layers, changes, strict=True)
    ]
    after = Network(layers, network.input_names, network.output_names, network.hidden_names)
    return Step(network, _mean([row.loss for row in rows]), rows, changes, after)


def _mean(values: Sequence[Any]) -> Any:
    if isinstance(values[0], float):
        return float_sum(values) / len(values)
    return sum(values) / len(values)


# One row


def _row(trace: Trace, target: tuple[Number, ...], loss: LossName) -> RowStep:
    slopes = [_output_slopes(trace.outputs, target, loss)]
    for depth in range(trace.network.depth - 1, 0, -1):
        slopes.insert(0, _hidden_slopes(trace.layers[depth - 1], trace.layers[depth], slopes[0]))
    return RowStep(trace, target, _lost(trace.outputs, target, loss), tuple(slopes))


def _lost(units: Sequence[UnitTrace], target: Sequence[Any], loss: LossName) -> Any:
    z = [unit.pre_activation for unit in units]
    if loss == "squared":
        half = Fraction(1, 2) if isinstance(z[0], Fraction) else 0.5
        gaps: list[Any] = [unit.value - y for unit, y in zip(units, target, strict=True)]  # pyright: ignore
        # A product overflows to infinity where a power would raise.
        return sum(half * gap * gap for gap in gaps)
    # From z, because ln(a) of a saturated unit would be infinite.
    return float(LOSSES[loss].function(np.array(target, dtype=float), np.array(z, dtype=float)))


def _output_slopes(
    units: Sequence[UnitTrace], target: Sequence[Any], loss: LossName
) -> tuple[UnitSlopes, ...]:
    return tuple(_output_slope(unit, y, loss) for unit, y in zip(units, target, strict=True))


def _output_slope(unit: UnitTrace, y: Any, loss: LossName) -> UnitSlopes:
    a: Any = unit.value
    if loss == "squared":
        return _slopes(unit, a - y)
    if loss == "multiclass":
        return UnitSlopes(None, None, a - y, _by_weights(unit, a - y))
    slope = _slope(unit)
    by_value = (a - y) / slope if slope else None
    return UnitSlopes(by_value, slope, a - y, _by_weights(unit, a - y))


def _hidden_slopes(
    units: Sequence[UnitTrace], above: Sequence[UnitTrace], slopes: Sequence[UnitSlopes]
) -> tuple[UnitSlopes, ...]:
    """Return dL/da of every unit: what it feeds, times the weights on the way."""
    totals: list[list[Any]] = [[] for _ in units]
    for unit, slope in zip(above, slopes, strict=True):
        for edge in unit.products:
            totals[edge.source].append(slope.by_pre_activation * edge.weight)  # pyright: ignore
    return tuple(
        _slopes(unit, _total(parts, unit)) for unit, parts in zip(units, totals, strict=True)
    )


def _total(parts: Sequence[Any], unit: UnitTrace) -> Any:
    if isinstance(unit.value, Fraction):
        return sum(parts, Fraction(0))
    return float_sum(parts)


def _slopes(unit: UnitTrace, by_value: Any) -> UnitSlopes:
    slope = _slope(unit)
    return UnitSlopes(by_value, slope, by_value * slope, _by_weights(unit, by_value * slope))


def _slope(unit: UnitTrace) -> Any:
    z: Any = unit.pre_activation
    if isinstance(z, Fraction):
        return _EXACT_SLOPES[unit.activation][z >= 0]
    with np.errstate(all="ignore"):
        return float(get_activation(unit.activation).derivative(np.float64(z)))


def _by_weights(unit: UnitTrace, by_pre_activation: Any) -> tuple[Any, ...]:
    return tuple(by_pre_activation * edge.value for edge in unit.products)


# All rows


def _changes(rows: Sequence[RowStep], depth: int, rate: Any) -> tuple[UnitChange, ...]:
    changes = []
    for i, unit in enumerate(rows[0].trace.layers[depth]):
        slopes = [row.slopes[depth][i] for row in rows]
        moves = 0 if unit.passes else rate
        weights = []
        for k, edge in enumerate(unit.products):
            gradient = _mean([slope.by_weights[k] for slope in slopes])
            weights.append((edge.source, edge.weight, gradient, edge.weight - moves * gradient))
        gradient = _mean([slope.by_pre_activation for slope in slopes])
        bias: Any = unit.bias
        changes.append(
            UnitChange(tuple(weights), (bias, gradient, bias - moves * gradient), unit.passes)
        )
    return tuple(changes)


def _moved(layer: Layer, changes: Sequence[UnitChange], exact: bool) -> Layer:
    """Return the layer with the new weights."""
    if exact:
        units = [
            UnitSum(name, WeightedSum({j: new for j, *_, new in change.weights}, change.bias[2]))  # pyright: ignore
            for name, change in zip(layer.activations, changes, strict=True)
        ]
        return make_layer(units, range(layer.n_in))
    weight = np.zeros(layer.weight.shape)
    bias = np.zeros(layer.n_out)
    for i, change in enumerate(changes):
        bias[i] = change.bias[2]
        for j, _, _, new in change.weights:
            weight[i, j] = new
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise DivergedError("a weight left the finite numbers; take a smaller learning rate")
    return Layer(weight, bias, layer.activation, layer.mask)
