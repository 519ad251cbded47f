"""One row through a network with every number on the way: products, sums, activations, class.

Conventions: in floats, sums are rounded once (``math.fsum``). Exactly, numbers are fractions, and
decimals correctly rounded where a value is no fraction; nothing is computed from a rounded value.
An output is of class 1 from the threshold on; a softmax decides for its largest output, the first
of several.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from gradatim.activations import get_activation
from gradatim.errors import ShapeError, SpecError
from gradatim.network.decompose import passes_on
from gradatim.network.exact import Reals
from gradatim.network.expression import WeightedSum
from gradatim.network.graph import ExactUnit, Layer, Network
from gradatim.network.numbers import Number, float_sum, format_fraction, to_fraction, to_json
from gradatim.network.writing import unit_names

__all__ = ["Product", "Trace", "UnitTrace", "default_threshold", "trace"]

_MOST_DIGITS = 1000


@dataclass(frozen=True)
class Product:
    """One edge: a weight times what it reads.

    Parameters
    ----------
    source : int
        Place of the source in the layer below.
    name : str
        Name of the source.
    weight : number
        Weight of the edge.
    value : number
        Activation of the source.
    product : number
        Weight times value.
    """

    source: int
    name: str
    weight: Number
    value: Number
    product: Number


@dataclass(frozen=True)
class UnitTrace:
    """What one unit computed.

    Parameters
    ----------
    name : str
        Name of the unit.
    layer : int
        Its layer, from 1.
    index : int
        Its place in the layer, from 0.
    activation : str
        Standard name of its activation.
    products : tuple of Product
        One an edge; a missing edge has none.
    bias : number
        w0.
    sum : number
        Sum of the products, without the bias.
    pre_activation : number
        z, the sum and the bias.
    value : number
        a(z).
    predicted : int or None
        Class of an output, 0 or 1; None for hidden units, and where nothing is decided.
    passes : bool
        Whether it only hands a value to the layer above.
    """

    name: str
    layer: int
    index: int
    activation: str
    products: tuple[Product, ...]
    bias: Number
    sum: Number
    pre_activation: Number
    value: Number
    predicted: int | None = None
    passes: bool = False


@dataclass(frozen=True)
class Trace:
    """What every unit computed for one row of inputs.

    Parameters
    ----------
    network : Network
        What was evaluated; no activation is open.
    inputs : tuple of number or None
        Values of the inputs, in order; None where no unit reads one and none was given.
    layers : tuple of tuple of UnitTrace
        Units, layer by layer.
    thresholds : tuple of number or None
        From where on each output is of class 1; None if nothing is decided.
    """

    network: Network
    inputs: tuple[Number | None, ...]
    layers: tuple[tuple[UnitTrace, ...], ...]
    thresholds: tuple[Number | None, ...]

    @property
    def outputs(self) -> tuple[UnitTrace, ...]:
        """Units of the last layer."""
        return self.layers[-1]

    @property
    def values(self) -> tuple[Number, ...]:
        """Activations of the last layer."""
        return tuple(unit.value for unit in self.outputs)

    @property
    def classes(self) -> tuple[int | None, ...]:
        """Class of every output, 0 or 1, or None."""
        return tuple(unit.predicted for unit in self.outputs)

    def to_dict(self) -> dict[str, Any]:
        """Return the trace as JSON holds it: exact numbers as text, floats as numbers.

        Returns
        -------
        dict
            ``inputs``, ``layers`` and ``outputs``; docs/guides/equations.md tells the keys.
        """
        names = self.network.input_names
        return {
            "inputs": [
                {"name": name, "value": to_json(value)}
                for name, value in zip(names, self.inputs, strict=True)
            ],
            "layers": [[_unit_dict(unit) for unit in layer] for layer in self.layers],
            "outputs": [
                {
                    "name": unit.name,
                    "value": to_json(unit.value),
                    "class": unit.predicted,
                    "threshold": _like(unit.value, limit),
                }
                for unit, limit in zip(self.outputs, self.thresholds, strict=True)
            ],
        }

    @property
    def rule(self) -> str:
        """The prediction function in words."""
        if self.network.layers[-1].activation == "softmax":
            return "the class is that of the largest output, the first of several"
        different = set(self.thresholds)
        if different == {None}:
            return "the output itself is the prediction; give a threshold for classes"
        if len(different) == 1:
            return f"class 1 where the output >= {_spoken(self.thresholds[0])}, else class 0"
        named = ", ".join(
            f"{unit.name} >= {_spoken(t)}" if t is not None else f"{unit.name} has no class"
            for unit, t in zip(self.outputs, self.thresholds, strict=True)
        )
        return f"class 1 where {named}, else class 0"


def _unit_dict(unit: UnitTrace) -> dict[str, Any]:
    return {
        "name": unit.name,
        "activation": unit.activation,
        "passes": unit.passes,
        "products": [
            {
                "source": edge.name,
                "weight": to_json(edge.weight),
                "value": to_json(edge.value),
                "product": to_json(edge.product),
            }
            for edge in unit.products
        ],
        "sum": to_json(unit.sum),
        "bias": to_json(unit.bias),
        "pre_activation": to_json(unit.pre_activation),
        "value": to_json(unit.value),
    }


def _like(value: Number, limit: Number | None) -> float | str | None:
    """Return a threshold as JSON holds the value that is compared with it."""
    return to_json(float(limit) if limit is not None and isinstance(value, float) else limit)


def _spoken(value: Number | None) -> str:
    return format_fraction(to_fraction(value))


def default_threshold(activation: str) -> Fraction | None:
    """Return the middle of an activation's range, if it has one.

    Parameters
    ----------
    activation : str
        Standard name.

    Returns
    -------
    fractions.Fraction or None
        1/2 for the sigmoid and the step, 0 for tanh and sign; None for an unbounded activation,
        whose output is no decision.

    Examples
    --------
    >>> default_threshold("logistic"), default_threshold("relu")
    (Fraction(1, 2), None)
    """
    low, high = get_activation(activation).range
    return to_fraction((low + high) / 2) if math.isfinite(low + high) else None


def trace(
    network: Network,
    x: Sequence[Any] | Mapping[str, Any],
    *,
    activation: str | None = None,
    exact: bool = False,
    digits: int = 20,
    threshold: Any = None,
) -> Trace:
    """Compute one row of inputs with every number on the way.

    Parameters
    ----------
    network : Network
        What is evaluated.
    x : sequence of numbers, or mapping of str to number
        A value for every input, in order or by name; by name, inputs that no unit reads may be
        left out. Numbers may be text, such as ``"1/3"``.
    activation : str, optional
        Takes the place of an activation that was left open.
    exact : bool, default False
        Compute with fractions. Identity, step, sign, ReLU and leaky ReLU give fractions; other
        activations give decimals, correctly rounded.
    digits : int, default 20
        Decimals after the point of what is no fraction, if `exact`; up to 1,000.
    threshold : number, optional
        Outputs from here on are of class 1. Without it the middle of the output's range; the
        outputs of unbounded activations then have no class.

    Returns
    -------
    Trace
        Products, sums, pre-activations, activations, and the class of every output.

    Raises
    ------
    ShapeError
        If an input has no value, or there is no such input.
    SpecError
        If a value is no number, an activation is left open, or an exact sign or digit cannot be
        decided.

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
        raise SpecError("the activation a is left open; name one, such as tanh")
    if not 0 <= digits <= _MOST_DIGITS:
        raise SpecError(f"digits must lie between 0 and {_MOST_DIGITS:,}, not {digits}")
    limit = None if threshold is None else to_fraction(threshold, "the threshold")
    values = _inputs(network, x)
    arithmetic = _Exact(digits) if exact else _Floats()
    return _traced(network, values, arithmetic, limit)


def _inputs(network: Network, x: Sequence[Any] | Mapping[str, Any]) -> list[Fraction | None]:
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


class _Arithmetic(Protocol):
    """What a forward pass computes with."""

    def value(self, number: Fraction) -> Any: ...
    def numbers(self, layer: Layer) -> Sequence[Any]: ...
    def times(self, weight: Any, value: Any) -> Any: ...
    def total(self, parts: Sequence[Any]) -> Any: ...
    def activate(self, layer: Layer, z: Sequence[Any]) -> list[Any]: ...
    def shown(self, value: Any) -> Number: ...
    def at_least(self, value: Any, limit: Fraction) -> bool: ...


class _Floats:
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


class _Exact:
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


def _traced(
    network: Network,
    inputs: Sequence[Fraction | None],
    arithmetic: _Arithmetic,
    limit: Fraction | None,
) -> Trace:
    names = _names_in_traces(network)
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


def _names_in_traces(network: Network) -> list[list[str]]:
    """Return the names of inputs and units; what is passed on keeps the name that it has."""
    names = [list(column) for column in unit_names(network)]
    for depth, layer in enumerate(network.layers[:-1], start=1):
        for i, unit in enumerate(layer.units):
            if passes_on(unit):
                [source] = unit.weights
                names[depth][i] = names[depth - 1][source]
    return names


def _bias(arithmetic: _Arithmetic, unit: Any) -> Any:
    return arithmetic.value(unit.bias) if isinstance(unit, ExactUnit) else unit.bias


def _threshold(layer: Layer, activation: str, limit: Fraction | None) -> Fraction | None:
    if layer.activation == "softmax":
        return None
    return default_threshold(activation) if limit is None else limit


def _classes(
    arithmetic: _Arithmetic,
    layer: Layer,
    z: Sequence[Any],
    activations: Sequence[Any],
    thresholds: Sequence[Fraction | None],
) -> list[int | None]:
    """Return what the prediction function says of each output."""
    if layer.activation != "softmax":
        return [
            None if limit is None else int(arithmetic.at_least(value, limit))
            for value, limit in zip(activations, thresholds, strict=True)
        ]
    best = 0
    for i in range(1, len(z)):
        # Strictly larger: -(best - i) >= 0 would let a tie go to the last.
        if not _at_least_as(arithmetic, z[best], z[i]):
            best = i
    return [int(i == best) for i in range(len(z))]


def _at_least_as(arithmetic: _Arithmetic, a: Any, b: Any) -> bool:
    if isinstance(arithmetic, _Floats):
        return a >= b
    return arithmetic.at_least(arithmetic.total([a, b.times(Fraction(-1))]), Fraction(0))
