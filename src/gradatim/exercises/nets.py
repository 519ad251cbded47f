"""Small networks with exact weights, and what they compute.

Conventions: weights are short decimals, which `Layer.exact_units` gives back as fractions.
step(0) = 1; no unit with sign is ever at 0. `gradatim.exercises.writing` writes them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradatim.exercises.numbers import exp, logistic, tanh
from gradatim.network.exact import PIECEWISE
from gradatim.network.graph import Layer, Network

__all__ = ["Values", "apply", "build", "compute", "exact_weights", "is_rounded", "skip_hidden"]

_FUNCTIONS = {**PIECEWISE, "logistic": logistic, "tanh": tanh}


@dataclass(frozen=True)
class Values:
    """What the units of a layer computed."""

    z: tuple[Fraction, ...]  # Pre-activations
    a: tuple[Fraction, ...]  # Activations


def build(
    *layers: tuple[str, Sequence[Sequence[Fraction | int | None]]],
    names: Sequence[str] = (),
    output: str = "y",
) -> Network:
    """Build a network from rows of exact weights.

    Examples
    --------
    >>> build(("heaviside", [[-5, 1, None]])).n_parameters
    2
    """
    made = [
        Layer(
            np.array([[float(w or 0) for w in row[1:]] for row in rows]),
            np.array([float(row[0] or 0) for row in rows]),
            activation,
            mask=np.array([[w is not None for w in row[1:]] for row in rows]),
        )
        for activation, rows in layers
    ]
    n_out = made[-1].n_out
    outputs = [output] if n_out == 1 else [f"{output}{i + 1}" for i in range(n_out)]
    return Network(made, tuple(names), tuple(outputs))


def apply(activation: str, z: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Apply an activation to the pre-activations of a layer.

    Examples
    --------
    >>> apply("relu", [Fraction(-1), Fraction(2)])
    (Fraction(0, 1), Fraction(2, 1))
    """
    if activation == "softmax":
        powers = [exp(value) for value in z]
        return tuple(power / sum(powers) for power in powers)
    return tuple(map(_FUNCTIONS[activation], z))


def compute(network: Network, inputs: Sequence[Fraction]) -> list[Values]:
    """Compute every unit of a network in exact arithmetic.

    Examples
    --------
    >>> compute(build(("identity", [[1, 2]])), [Fraction(1, 3)])[0].a
    (Fraction(5, 3),)
    """
    layers, below = [], tuple(inputs)
    for layer in network.layers:
        z = tuple(unit.pre_activation(below) for unit in layer.exact_units)
        layers.append(Values(z, apply(layer.activations[0], z)))
        below = layers[-1].a
    return layers


def exact_weights(network: Network) -> dict[str, Any]:
    """Return a network in JSON's types, weights as exact text.

    Examples
    --------
    >>> exact_weights(build(("relu", [[1, -2]])))["layers"]
    [{'activation': 'relu', 'weights': [['-2']], 'biases': ['1']}]
    """
    layers = [
        {
            "activation": layer.activations[0],
            "weights": [
                [str(unit.weights[i]) if i in unit.weights else None for i in sources]
                for unit in layer.exact_units
            ],
            "biases": [str(unit.bias) for unit in layer.exact_units],
        }
        for layer in network.layers
        for sources in [range(layer.n_in)]
    ]
    return {"inputs": list(network.input_names), "layers": layers}


def is_rounded(network: Network) -> bool:
    """Tell whether a network's outputs are irrational, so that answers must be rounded."""
    return any(layer.activations[0] in ("logistic", "tanh", "softmax") for layer in network.layers)


def skip_hidden(network: Network) -> Network:
    """Return a network whose hidden units forget their activation function, as students do."""
    *hidden, last = network.layers
    plain = [Layer(layer.weight, layer.bias, "identity", mask=layer.mask) for layer in hidden]
    return Network([*plain, last], network.input_names, network.output_names)
