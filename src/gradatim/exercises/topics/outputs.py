"""What are the outputs? One unit, then a unit with a missing input, then a small network (L3-L8).

Conventions: inputs, weights and biases are small whole numbers or halves. Where the output is
irrational it is asked for to two decimals, and |z| is kept where the decimals say something.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Question, Table
from gradatim.exercises.numbers import rounds_clearly, show
from gradatim.exercises.slips import number_part, sometimes_choices
from gradatim.exercises.topics._draw import (
    given_inputs,
    inputs_text,
    nonzero,
    round_text,
    steep,
    until,
    whole,
)
from gradatim.network.graph import Network

__all__ = ["make_outputs"]

_ASK = {"quantity": "activation", "unit": 1}


def make_outputs(rng: Random, level: int) -> Question | None:
    """Ask for the output of a unit, or at level 3 of a network with one hidden layer."""
    if level == 1:
        return _one_unit(rng)
    return _missing_input(rng) if level == 2 else _network(rng)


def _one_unit(rng: Random) -> Question | None:
    n = rng.choice((1, 1, 2))
    activation = rng.choice(("identity", "heaviside", "sign", "relu"))
    bias = Fraction(nonzero(rng, 6), rng.choice((1, 1, 2)))
    network = nets.build((activation, [[bias, *(nonzero(rng, 4) for _ in range(n))]]))
    return _question(rng, network, [whole(rng, 5) for _ in range(n)])


def _missing_input(rng: Random) -> Question | None:
    activation = rng.choice(("identity", "sign", "relu", "logistic", "tanh"))
    return until(lambda: _with_a_missing_edge(rng, activation))


def _with_a_missing_edge(rng: Random, activation: str) -> Question | None:
    names = ["x0", "x1", "x2", "x3", "x4"][: rng.choice((3, 4, 5))]
    weights: list[int | None] = [nonzero(rng, 3) for _ in names]
    weights[rng.randrange(len(names))] = None
    bias = Fraction(nonzero(rng, 4), rng.choice((1, 2)) if activation == "tanh" else 1)
    network = nets.build((activation, [[bias, *weights]]), names=names)
    inputs = [Fraction(nonzero(rng, 3)) for _ in names]
    [values] = nets.compute(network, inputs)
    if nets.is_rounded(network) and abs(values.z[0]) > steep(activation):
        return None
    return _question(rng, network, inputs)


def _network(rng: Random) -> Question | None:
    hidden = rng.choice(("relu", "heaviside", "sign"))
    above = rng.choice(("identity", "relu", "logistic", "tanh"))
    return until(lambda: _with_hidden_units(rng, hidden, above))


def _with_hidden_units(rng: Random, hidden: str, above: str) -> Question | None:
    rows = [[nonzero(rng, 4), nonzero(rng, 3), nonzero(rng, 3)] for _ in range(2)]
    network = nets.build((hidden, rows), (above, [[nonzero(rng, 3) for _ in range(3)]]))
    inputs = [whole(rng, 3) for _ in range(2)]
    values = nets.compute(network, inputs)[-1]
    if abs(values.z[0]) > (steep(above) if nets.is_rounded(network) else 30):
        return None
    return _question(rng, network, inputs)


def _question(rng: Random, network: Network, inputs: Sequence[Fraction]) -> Question | None:
    computed = nets.compute(network, inputs)
    digits = 2 if nets.is_rounded(network) else None
    answer = computed[-1].a[0]
    if _sign_at_zero(network, computed) or (digits and not rounds_clearly(answer, digits)):
        return None
    ask = _ASK | {"layer": network.depth}
    part = number_part("$y =$", ask, answer, _slips(network, inputs), digits)
    part = sometimes_choices(rng, part)
    return Question(
        text=_text(network, inputs, digits),
        table=_table(network, inputs),
        parts=[part],
        solution=[*writing.working(network, inputs), *_in_words(network)],
        network=network,
        given={"inputs": given_inputs(network, inputs)},
    )


def _sign_at_zero(network: Network, computed: Sequence[nets.Values]) -> bool:
    return any(
        layer.activations[0] == "sign" and 0 in values.z
        for layer, values in zip(network.layers, computed, strict=True)
    )


def _text(network: Network, inputs: Sequence[Fraction], digits: int | None) -> list[str]:
    where = "the inputs in the table" if network.n_inputs > 2 else inputs_text(network, inputs)
    return [
        _given_as(network),
        f"What is its output $y$ for {where}?{round_text(digits)}",
    ]


def _given_as(network: Network) -> str:
    """Give one unit as the lecture does, a network unit by unit."""
    shown = writing.equations(network)
    if network.depth > 1:
        return f"A network computes {', '.join(f'${line}$' for line in shown)}."
    activation = network.layers[0].activations[0]
    total = shown[0].removeprefix("y = ").removeprefix(writing.WORDS[activation]).strip()
    inside = total if total.startswith("(") else f"({total})"
    name = "identity" if activation == "identity" else f"{writing.WORDS[activation]} function"
    return f"A unit computes $y = a{inside}$; the activation function $a$ is the {name}."


def _table(network: Network, inputs: Sequence[Fraction]) -> Table | None:
    if network.n_inputs <= 2:
        return None
    return Table([f"${n}$" for n in network.input_names], [[f"${show(x)}$" for x in inputs]])


def _in_words(network: Network) -> list[str]:
    unit = network.layers[0].exact_units[0]
    missing = [n for i, n in enumerate(network.input_names) if i not in unit.weights]
    if network.depth > 1 or not missing:
        return []
    return [f"The equation does not name ${missing[0]}$: there is no edge, and it has no effect."]


def _slips(network: Network, inputs: Sequence[Fraction]) -> list[tuple[str, Fraction]]:
    """Compute the output as someone would who makes one mistake in the last layer."""
    below = list(inputs) if network.depth == 1 else list(nets.compute(network, inputs)[-2].a)
    last = network.layers[-1]
    activation, unit = last.activations[0], last.exact_units[0]
    bias = unit.bias
    z = nets.compute(network, inputs)[-1].z[0]
    first = next(iter(unit.weights))
    wrong = {
        "bias forgotten": z - bias,
        "sign flipped": z - 2 * bias,
        "missing input read": z + sum(x for i, x in enumerate(below) if i not in unit.weights),
    }
    slips = [(name, nets.apply(activation, [value])[0]) for name, value in wrong.items()]
    slips.insert(1, ("activation skipped", z))
    if network.depth > 1:
        skipped = nets.skip_hidden(network)
        slips.append(("hidden activation skipped", nets.compute(skipped, inputs)[-1].a[0]))
    flipped = z - 2 * unit.weights[first] * below[first]
    return [*slips, ("sign flipped", nets.apply(activation, [flipped])[0])]
