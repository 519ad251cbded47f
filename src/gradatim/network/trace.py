"""One row through a network with every number on the way: products, sums, activations, class.

Conventions: in floats, sums are rounded once (``math.fsum``). Exactly, numbers are fractions, and
decimals correctly rounded where a value is no fraction; nothing is computed from a rounded value.
An output is of class 1 from the threshold on; a sign unit that gives 0, its threshold, has not
decided. A softmax decides for its largest output, the first of several.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from gradatim.activations import get_activation
from gradatim.errors import ShapeError, SpecError
from gradatim.network._arithmetic import Arithmetic, Exact, Floats
from gradatim.network._protocols import NetworkLike
from gradatim.network.decompose import passes_on
from gradatim.network.layer import ExactUnit, Layer
from gradatim.network.numbers import to_fraction
from gradatim.network.record import Product, Trace, UnitTrace
from gradatim.network.writing import value_names

__all__ = ["Product", "Trace", "UnitTrace", "default_threshold", "trace"]

_MOST_DIGITS = 1000


def default_threshold(activation: str) -> Fraction | None:
    """Return the middle of an activation's range, if it has one.

    Examples
    --------
    >>> default_threshold("logistic"), default_threshold("relu")
    (Fraction(1, 2), None)
    """
    low, high = get_activation(activation).range
    return to_fraction((low + high) / 2) if math.isfinite(low + high) else None


def trace(
    network: NetworkLike,
    x: Sequence[Any] | Mapping[str, Any],
    *,
    activation: str | None = None,
    exact: bool = False,
    digits: int = 20,
    threshold: Any = None,
) -> Trace:
    """Compute one row of inputs with every number on the way.

    `x` has a value for every input, in order or by name; by name, inputs that no unit reads may be
    left out, and numbers may be text such as ``"1/3"``. `activation` takes the place of one that
    was left open. With `exact`, identity, step, sign, ReLU and leaky ReLU give fractions, others
    decimals that are correctly rounded to `digits`, up to 1,000. Outputs from `threshold` on are of
    class 1; without it, from the middle of the output's range on. Outputs of unbounded activations
    then have no class, and neither has a sign of 0.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> unit = trace(parse("sigmoid(x1 - 2.5)"), {"x1": 3}).outputs[0]
    >>> unit.pre_activation, round(unit.value, 2), unit.predicted
    (0.5, 0.62, 1)
    >>> trace(parse("1/3 x0 + 1/6"), [1], exact=True).values
    (Fraction(1, 2),)
    """
    if activation is not None:
        network = network.close(activation)
    if network.is_open:
        raise SpecError(
            "the activation a is left open; name one as activation, such as tanh (in the shell "
            "with --activation tanh)"
        )
    if not 0 <= digits <= _MOST_DIGITS:
        raise SpecError(f"digits must lie between 0 and {_MOST_DIGITS:,}, not {digits}")
    limit = None if threshold is None else to_fraction(threshold, "the threshold")
    values = _inputs(network, x)
    arithmetic = Exact(digits) if exact else Floats()
    return _traced(network, values, arithmetic, limit)


def _inputs(network: NetworkLike, x: Sequence[Any] | Mapping[str, Any]) -> list[Fraction | None]:
    """Return the value of every input; None if it has none and nobody asks."""
    names = network.input_names
    if not isinstance(x, Mapping):
        if len(x) != len(names):
            raise ShapeError(f"the network reads {len(names)} inputs, not {len(x)}")
        return [to_fraction(v, name) for v, name in zip(x, names, strict=True)]
    unknown = [name for name in x if name not in names]
    if unknown:
        known = ", ".join(names) or "none"
        raise ShapeError(f"there is no input {unknown[0]}; the inputs are {known}")
    first = network.layers[0]
    read = {j for unit in first.units for j in unit.weights}
    missing = [name for j, name in enumerate(names) if j in read and name not in x]
    if missing:
        raise ShapeError(f"the input {missing[0]} has no value; give it as {missing[0]}=0")
    return [to_fraction(x[name], name) if name in x else None for name in names]


def _traced(
    network: NetworkLike,
    inputs: Sequence[Fraction | None],
    arithmetic: Arithmetic,
    limit: Fraction | None,
) -> Trace:
    names = value_names(network)
    below = [None if value is None else arithmetic.value(value) for value in inputs]
    shown_inputs = tuple(None if v is None else arithmetic.shown(v) for v in below)
    shown: Sequence[Any] = shown_inputs
    layers: list[tuple[UnitTrace, ...]] = []
    thresholds: list[Fraction | None] = []
    for depth, layer in enumerate(network.layers, start=1):
        units, z = arithmetic.numbers(layer), []
        parts = [
            [(j, arithmetic.times(w, below[j])) for j, w in unit.weights.items()] for unit in units
        ]
        biases = [_bias(arithmetic, unit) for unit in units]
        z = [
            arithmetic.total([*(p for _, p in part), bias])
            for part, bias in zip(parts, biases, strict=True)
        ]
        activations = arithmetic.activate(layer, z)
        is_last = depth == network.depth
        if is_last:
            thresholds = [_threshold(layer, name, limit) for name in layer.activations]
        classes = _classes(arithmetic, layer, z, activations, thresholds) if is_last else None
        layers.append(
            tuple(
                UnitTrace(
                    name=names[depth][i],
                    layer=depth,
                    index=i,
                    activation=unit.activation,
                    products=tuple(
                        Product(
                            j,
                            names[depth - 1][j],
                            unit.weights[j],
                            shown[j],
                            arithmetic.shown(product),
                        )
                        for j, product in parts[i]
                    ),
                    bias=unit.bias,
                    sum=arithmetic.shown(arithmetic.total([p for _, p in parts[i]])),
                    pre_activation=arithmetic.shown(z[i]),
                    value=arithmetic.shown(activations[i]),
                    predicted=None if classes is None else classes[i],
                    passes=network.depth > 1 and passes_on(layer.units[i]),
                )
                for i, unit in enumerate(units)
            )
        )
        below = activations
        shown = [unit.value for unit in layers[-1]]
    return Trace(network, shown_inputs, tuple(layers), tuple(thresholds))


def _bias(arithmetic: Arithmetic, unit: Any) -> Any:
    return arithmetic.value(unit.bias) if isinstance(unit, ExactUnit) else unit.bias


def _threshold(layer: Layer, activation: str, limit: Fraction | None) -> Fraction | None:
    if layer.activation == "softmax":
        return None
    return default_threshold(activation) if limit is None else limit


def _classes(
    arithmetic: Arithmetic,
    layer: Layer,
    z: Sequence[Any],
    activations: Sequence[Any],
    thresholds: Sequence[Fraction | None],
) -> list[int | None]:
    """Return what the prediction function says of each output."""
    if layer.activation != "softmax":
        return [
            None
            if limit is None or (not limit and name == "sign" and arithmetic.shown(value) == 0)
            else int(arithmetic.at_least(value, limit))
            for value, limit, name in zip(activations, thresholds, layer.activations, strict=True)
        ]
    best = 0
    for i in range(1, len(z)):
        # Strictly larger: -(best - i) >= 0 would let a tie go to the last.
        if not _at_least_as(arithmetic, z[best], z[i]):
            best = i
    return [int(i == best) for i in range(len(z))]


def _at_least_as(arithmetic: Arithmetic, a: Any, b: Any) -> bool:
    if isinstance(arithmetic, Floats):
        return a >= b
    return arithmetic.at_least(arithmetic.total([a, b.times(Fraction(-1))]), Fraction(0))
