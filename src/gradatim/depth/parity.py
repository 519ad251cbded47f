r"""Parity of n bits: a layer of n step units, or a tree of XORs, each proved on all inputs.

Conventions: bits are 0 or 1, ``step(0) = 1``, and parity is 1 if the number of ones is odd. All
weights are whole numbers, so proofs are in 64-bit integers, on all :math:`2^n` inputs: row r of a
table has the bits of the number r, the first input the lowest one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from gradatim._text import name_inputs
from gradatim.errors import ShapeError, SpecError
from gradatim.network.expression import Source, UnitSum, WeightedSum
from gradatim.network.graph import Layer, Network
from gradatim.network.layering import make_layer

__all__ = [
    "MOST_BITS",
    "Parity",
    "ParityProof",
    "build_parity",
    "parity_layer",
    "parity_tree",
    "prove_parity",
    "truth_table",
]

#: Bits up to which parity is built and proved: 65,536 inputs.
MOST_BITS = 16

_ROWS_AT_ONCE = 1 << 13


def parity_layer(n_bits: int) -> Network:
    r"""Build parity from one hidden layer of n step units.

    Unit j is on where at least j bits are, :math:`h_j = step(\sum_i x_i - j)`; so the sum
    :math:`h_1 - h_2 + h_3 - \dots` is 1 where their number is odd, else 0.

    The network has :math:`(n + 1)^2` parameters; n is from 2 to `MOST_BITS`.

    Examples
    --------
    >>> print(parity_layer(2))
    y = step(step(x1 + x2 - 1) - step(x1 + x2 - 2) - 1)
    """
    n = _checked(n_bits)
    hidden = Layer(np.ones((n, n)), -np.arange(1.0, n + 1), "heaviside")
    signs = np.where(np.arange(n) % 2, -1.0, 1.0)
    return Network([hidden, Layer(signs[None], np.array([-1.0]), "heaviside")], (), ["y"])


def parity_tree(n_bits: int) -> Network:
    r"""Build parity as a tree of XORs of two.

    XOR of a and b is :math:`step(a + b - 1) - step(a + b - 2)`: two units, whose difference the
    next layer reads. A value without a partner is passed on by one unit.

    There are :math:`\lceil \log_2 n \rceil` hidden layers; edges are missing between what has
    nothing to do with each other.

    Examples
    --------
    >>> tree = parity_tree(16)
    >>> tree.layer_sizes, tree.n_parameters, parity_layer(16).n_parameters
    ((16, 16, 8, 4, 2, 1), 121, 289)
    """
    n = _checked(n_bits)
    # Each value is a sum of what the layer below holds: a bit, or a difference of two units.
    names: Sequence[Source] = name_inputs((), n)
    values = [WeightedSum({name: Fraction(1)}) for name in name_inputs((), n)]
    layers = []
    while len(values) > 1:
        units: list[UnitSum] = []
        above: list[WeightedSum] = []
        for a, b in zip(values[::2], [*values[1::2], None][: len(values[::2])], strict=True):
            least = (1,) if b is None else (1, 2)
            total = a if b is None else WeightedSum.total([a, b])
            first = len(units)
            units += [_at_least(total, number) for number in least]
            terms: dict[Source, Fraction] = {
                first + i: Fraction(1 - 2 * i) for i in range(len(least))
            }
            above.append(WeightedSum(terms))
        layers.append(make_layer(units, names))
        values = above
        names = list(range(len(units)))
    layers.append(make_layer([_at_least(values[0], 1)], names))
    return Network(layers, (), ["y"])


def _at_least(total: WeightedSum, number: int) -> UnitSum:
    return UnitSum("heaviside", WeightedSum(total.terms, total.constant - number))


def _checked(n_bits: int) -> int:
    if not 2 <= n_bits <= MOST_BITS:
        raise SpecError(f"parity is proved for 2 to {MOST_BITS} bits, not {n_bits}")
    return n_bits


@dataclass(frozen=True)
class ParityProof:
    """What was checked about a network that is to be parity of `n_bits` inputs."""

    n_bits: int
    # Inputs on which the network is not parity, as texts of bits; at most five
    wrong: tuple[str, ...]
    n_wrong: int  # Their number

    @property
    def holds(self) -> bool:
        """Whether the network is parity."""
        return not self.n_wrong

    def __str__(self) -> str:
        every = 1 << self.n_bits
        if self.holds:
            return f"Proved in exact arithmetic: right on all {every:,} inputs."
        return f"Wrong on {self.n_wrong:,} of {every:,} inputs, such as {', '.join(self.wrong)}."


def truth_table(network: Network) -> np.ndarray:
    """Evaluate step units on all inputs of bits: (2 ** n_inputs, n_outputs) integers.

    Row r is for the bits of r, the first input the lowest. Weights are made whole by a common
    factor a unit, which a step does not notice.

    Examples
    --------
    >>> truth_table(parity_layer(2)).ravel().tolist()
    [0, 1, 1, 0]
    """
    n = network.n_inputs
    if n > MOST_BITS:
        raise SpecError(f"{n} inputs have too many rows to try them all; take at most {MOST_BITS}")
    layers = [_in_integers(layer) for layer in network.layers]
    return np.concatenate(list(_tables(layers, n)))


def _tables(layers: list[tuple[np.ndarray, np.ndarray]], n: int) -> Iterator[np.ndarray]:
    for start in range(0, 1 << n, _ROWS_AT_ONCE):
        rows = np.arange(start, min(start + _ROWS_AT_ONCE, 1 << n))
        values = rows[:, None] >> np.arange(n) & 1
        for weight, bias in layers:
            values = (values @ weight.T + bias >= 0).astype(np.int64)
        yield values


def _in_integers(layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights and biases of step units, each unit times what makes them whole."""
    if set(layer.activations) != {"heaviside"}:
        raise SpecError("a table of bits is computed for step units only; use step throughout")
    weight = np.zeros((layer.n_out, layer.n_in), dtype=np.int64)
    bias = np.zeros(layer.n_out, dtype=np.int64)
    for i, unit in enumerate(layer.exact_units):
        numbers = [unit.bias, *unit.weights.values()]
        factor = lcm(*(number.denominator for number in numbers))
        if sum(abs(number) for number in numbers) * factor >= 1 << 62:
            raise SpecError(f"the weights of unit {i + 1} are too large or too fine for integers")
        bias[i] = int(unit.bias * factor)
        for j, number in unit.weights.items():
            weight[i, j] = int(number * factor)
    return weight, bias


def prove_parity(network: Network) -> ParityProof:
    """Prove that a network of step units is the parity of its inputs, on every one of them.

    Examples
    --------
    >>> print(prove_parity(parity_tree(16)))
    Proved in exact arithmetic: right on all 65,536 inputs.
    """
    if network.n_outputs != 1:
        raise ShapeError(f"parity is one output; this network has {network.n_outputs}")
    n = network.n_inputs
    outputs = truth_table(network)[:, 0]
    bits = np.arange(1 << n)[:, None] >> np.arange(n) & 1
    wrong = np.flatnonzero(outputs != bits.sum(axis=1) % 2)
    texts = ("".join(map(str, bits[row])) for row in wrong[:5])
    return ParityProof(n, tuple(texts), len(wrong))


@dataclass(frozen=True)
class Parity:
    """Parity of some bits, built as one layer, ``"shallow"``, and as a tree, ``"deep"``."""

    networks: dict[str, Network]
    proofs: dict[str, ParityProof]

    @property
    def n_bits(self) -> int:
        """Number of inputs."""
        return self.networks["shallow"].n_inputs

    @property
    def sizes(self) -> dict[str, dict[str, int]]:
        """Hidden layers, hidden units and parameters of each network."""
        return {
            kind: {
                "hidden_layers": network.depth - 1,
                "hidden_units": sum(network.layer_sizes[1:-1]),
                "parameters": network.n_parameters,
            }
            for kind, network in self.networks.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Return sizes, equation and proof of both networks as JSON holds them."""
        return {
            "bits": self.n_bits,
            "built": [
                {
                    "kind": kind,
                    "layer_sizes": list(network.layer_sizes),
                    **self.sizes[kind],
                    "equation": str(network),
                    "proof": {"holds": self.proofs[kind].holds, "n_inputs": 1 << self.n_bits},
                }
                for kind, network in self.networks.items()
            ],
        }


def build_parity(n_bits: int) -> Parity:
    """Build parity of 2 to `MOST_BITS` bits as one layer and as a tree, and prove both.

    Examples
    --------
    >>> built = build_parity(16)
    >>> [built.sizes[kind]["parameters"] for kind in ("shallow", "deep")]
    [289, 121]
    """
    networks = {"shallow": parity_layer(n_bits), "deep": parity_tree(n_bits)}
    return Parity(networks, {kind: prove_parity(one) for kind, one in networks.items()})
