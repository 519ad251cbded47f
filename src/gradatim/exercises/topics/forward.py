"""The forward pass: every number on the way through a network.

Conventions: hidden units are ReLU, step or sign, so that all that a next layer reads is exact;
only a sigmoid or tanh at the end is rounded. No pre-activation of a unit with sign is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Part, Question
from gradatim.exercises.numbers import rounds_clearly
from gradatim.exercises.slips import number_part
from gradatim.exercises.topics._draw import given_inputs, inputs_text, nonzero, steep, until, whole
from gradatim.network.graph import Network

__all__ = ["make_forward"]

_SHAPES = {1: ((1, 1, 1), (1, 2, 1)), 2: ((2, 2, 1), (3, 2, 1)), 3: ((2, 2, 2, 1), (2, 3, 2))}


def make_forward(rng: Random, level: int) -> Question | None:
    """Ask for the activation of every unit."""
    shape = rng.choice(_SHAPES[level])
    hidden = rng.choice(("relu", "relu", "heaviside", "sign"))
    last = rng.choice(("identity", "heaviside", "logistic", "tanh"))
    return until(lambda: _every_unit(rng, shape, hidden, last))


def _every_unit(rng: Random, shape: Sequence[int], hidden: str, last: str) -> Question | None:
    network = _random(rng, shape, hidden, last)
    inputs = [whole(rng, 3) for _ in range(shape[0])]
    computed = nets.compute(network, inputs)
    if not _good(network, computed):
        return None
    equations = ", ".join(f"${line}$" for line in writing.equations(network))
    rounding = " Round the output to two decimals." if nets.is_rounded(network) else ""
    return Question(
        text=[
            f"A network computes {equations}.",
            f"Compute every unit for {inputs_text(network, inputs)}.{rounding}",
        ],
        parts=_parts(network, inputs, computed),
        solution=writing.working(network, inputs),
        network=network,
        given={"inputs": given_inputs(network, inputs)},
    )


def _random(rng: Random, shape: Sequence[int], hidden: str, last: str) -> Network:
    layers = []
    for depth, (below, n) in enumerate(pairwise(shape), 1):
        rows = [[nonzero(rng, 4), *(nonzero(rng, 3) for _ in range(below))] for _ in range(n)]
        layers.append((last if depth == len(shape) - 1 else hidden, rows))
    return nets.build(*layers)


def _good(network: Network, computed: Sequence[nets.Values]) -> bool:
    """Refuse sign at 0, sigmoids far out, large numbers, and hidden layers that are all 0."""
    for layer, values in zip(network.layers, computed, strict=True):
        name = layer.activations[0]
        if name == "sign" and 0 in values.z:
            return False
        if name in ("logistic", "tanh"):
            if any(
                abs(z) > steep(name) or not z or not rounds_clearly(a, 2)
                for z, a in zip(values.z, values.a, strict=True)
            ):
                return False
        elif not any(values.a) or any(abs(z) > 40 for z in values.z):
            return False
    return True


def _parts(
    network: Network, inputs: Sequence[Fraction], computed: Sequence[nets.Values]
) -> list[Part]:
    wrong = nets.compute(nets.skip_hidden(network), inputs)
    parts = []
    for depth, (layer, names) in enumerate(
        zip(network.layers, writing.unit_names(network), strict=True), 1
    ):
        values, name = computed[depth - 1], layer.activations[0]
        for i, unit in enumerate(layer.exact_units):
            z, bias = values.z[i], unit.bias
            slips = [
                ("activation skipped", z),
                ("hidden activation skipped", wrong[depth - 1].a[i]),
                ("bias forgotten", nets.apply(name, [z - bias])[0]),
                ("sign flipped", nets.apply(name, [z - 2 * bias])[0]),
            ]
            ask = {"quantity": "activation", "layer": depth, "unit": i + 1}
            digits = 2 if name in ("logistic", "tanh") else None
            parts.append(number_part(f"${names[i]} =$", ask, values.a[i], slips, digits))
    return parts
