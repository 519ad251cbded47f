"""Rows that a trained network is proved right on, in ball arithmetic.

Conventions: weights and inputs are taken as float64 holds them; balls [1]_ have 128 bits, and a row
whose sign they leave open counts as wrong.

References
----------
.. [1] F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE
   Transactions on Computers, vol. 66, pp. 1281-1292, 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim.network.graph import Layer, Network

_BITS = 128
#: Activation functions of a hidden layer that balls can compute, by name.
BALLS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: z.max(0),
    "tanh": lambda z: z.tanh(),
    "logistic": lambda z: 1 / (1 + (-z).exp()),
}


def wrong_rows(network: Network, table: np.ndarray, codes: np.ndarray) -> list[int]:
    """Return the rows that a network of one hidden layer is not proved right on.

    `table` (n_samples, n_inputs); `codes` (n_samples,).
    """
    # Rows that floats get wrong need no proof.
    probable = _codes(network, table)
    wrong = set(np.flatnonzero(probable != codes).tolist())
    if not wrong:
        return _not_proved(network, table, codes)
    return sorted(wrong)


def _codes(network: Network, table: np.ndarray) -> np.ndarray:
    outputs = network(table)
    if outputs.shape[1] == 1:
        return (outputs[:, 0] >= 0.5).astype(int)
    return outputs.argmax(axis=1)


def _not_proved(network: Network, table: np.ndarray, codes: np.ndarray) -> list[int]:
    from flint import arb, ctx

    before, ctx.prec = ctx.prec, _BITS
    try:
        hidden, output = network.layers
        first, second = _exact(hidden, arb), _exact(output, arb)
        act = BALLS[hidden.activations[0]]
        left = []
        for i, row in enumerate(table.tolist()):
            inputs = [arb(value) for value in row]
            logits = _apply(second, [act(z) for z in _apply(first, inputs)])
            if not _is_certain(logits, int(codes[i])):
                left.append(i)
        return left
    finally:
        ctx.prec = before


def _exact(layer: Layer, arb: Any) -> list[tuple[list[Any], Any]]:
    return [
        ([arb(weight) for weight in row], arb(bias))
        for row, bias in zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
    ]


def _apply(units: list[tuple[list[Any], Any]], values: list[Any]) -> list[Any]:
    return [
        sum((w * v for w, v in zip(weights, values, strict=True)), bias) for weights, bias in units
    ]


def _is_certain(logits: list[Any], code: int) -> bool:
    if len(logits) == 1:
        return bool(logits[0] > 0 if code else logits[0] < 0)
    return all(bool(logits[code] > z) for k, z in enumerate(logits) if k != code)
