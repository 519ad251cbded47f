"""From outputs to classes: the prediction function and its threshold (L4).

Conventions: with one output, class 1 is predicted where the output is at least the threshold,
else class 0; with several, the class of the largest output. No output lies on the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Part, Question, Table
from gradatim.exercises.numbers import logistic, rounds_clearly, show
from gradatim.exercises.slips import choice_part, number_part, sometimes_choices
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

__all__ = ["make_prediction"]

_CLASS = {"quantity": "class"}
_HALF = Fraction(1, 2)

# Thresholds of tanh in tenths.
_TENTHS = (-8, -5, -2, 2, 5, 8)


def make_prediction(rng: Random, level: int) -> Question | None:
    """Ask which class a network predicts, and with which output."""
    return (_one_class, _four_classes, _softmax)[level - 1](rng)


def _unit(rng: Random, activation: str) -> Network:
    weight = Fraction(nonzero(rng, 4), 2)
    return nets.build((activation, [[Fraction(nonzero(rng, 20), rng.choice((2, 4))), weight]]))


def _rule(threshold: Fraction) -> str:
    return (
        f"The prediction function gives class $1$ if $y ≥ {show(threshold)}$, otherwise class $0$."
    )


def _one_class(rng: Random) -> Question | None:
    activation = rng.choice(("logistic", "logistic", "tanh"))
    return until(lambda: _class_of_one(rng, activation))


def _class_of_one(rng: Random, activation: str) -> Question | None:
    network, inputs = _unit(rng, activation), [whole(rng, 5)]
    threshold = _HALF if activation == "logistic" else Fraction(0)
    [values] = nets.compute(network, inputs)
    z, y = values.z[0], values.a[0]
    if z == 0 or abs(z) > steep(activation) or not rounds_clearly(y, 2):
        return None
    bias = network.layers[0].exact_units[0].bias
    wrong = {"bias forgotten": z - bias, "sign flipped": -z}
    slips = [(name, nets.apply(activation, [value])[0]) for name, value in wrong.items()]
    output = number_part(
        "output $y =$", {"quantity": "activation", "layer": 1, "unit": 1}, y, slips, digits=2
    )
    found = Fraction(y >= threshold)
    predicted = number_part("class:", _CLASS, found, [("classes swapped", 1 - found)])
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$. {_rule(threshold)}",
            f"Give the output for {inputs_text(network, inputs)}, rounded to two decimals, and the "
            "class that is predicted.",
        ],
        parts=[output, predicted],
        solution=[
            *writing.working(network, inputs),
            f"${show(y, 2)} {'≥' if found else '<'} {show(threshold)}$, so class "
            f"${found}$ is predicted.",
        ],
        network=network,
        given={"inputs": given_inputs(network, inputs), "threshold": str(threshold)},
    )


def _four_classes(rng: Random) -> Question | None:
    activation = rng.choice(("logistic", "logistic", "tanh"))
    return until(lambda: _classes_of_four(rng, activation))


def _classes_of_four(rng: Random, activation: str) -> Question | None:
    network = _unit(rng, activation)
    tenths, middle = ((2, 3, 6, 7, 8, 9), _HALF) if activation == "logistic" else (_TENTHS, 0)
    threshold = Fraction(rng.choice(tenths), 10)
    points = [Fraction(x) for x in sorted(rng.sample(range(-3, 8), 4))]
    z = [nets.compute(network, [x])[0].z[0] for x in points]
    y = nets.apply(activation, z)
    bias = network.layers[0].exact_units[0].bias
    right = _classes(y, threshold)
    # Close to the threshold two decimals would not tell the class.
    if len(set(right)) < 2 or any(abs(value - threshold) < Fraction(1, 50) for value in y):
        return None
    wrong = [
        (_classes(z, threshold), "threshold taken for probability"),
        (_classes(y, Fraction(middle)), "threshold ignored"),
        (
            _classes(nets.apply(activation, [value - bias for value in z]), threshold),
            "bias forgotten",
        ),
        (_classes(nets.apply(activation, [-value for value in z]), threshold), "sign flipped"),
        ([1 - c for c in right], "classes swapped"),
    ]
    part = choice_part(
        rng,
        "",
        {"quantity": "classes"},
        (_pattern(right), right),
        [(_pattern(w), w, slip) for w, slip in wrong],
    )
    if part is None:
        return None
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$. {_rule(threshold)}",
            "Which classes are predicted for the inputs in the table, from left to right?",
        ],
        table=Table(["$x1$", *(f"${show(x)}$" for x in points)], [["class", *["$#$"] * 4]]),
        parts=[part],
        solution=[
            f"$x1 = {show(x)}$: $z = {show(value)}$, "
            f"$y = {writing.WORDS[activation]}({show(value)}) ≈ {show(a, 2)}"
            f" {'≥' if c else '<'} {show(threshold)}$, class ${c}$."
            for x, value, a, c in zip(points, z, y, right, strict=True)
        ],
        network=network,
        given={"points": [{"x1": str(x)} for x in points], "threshold": str(threshold)},
    )


def _classes(outputs: Sequence[Fraction], threshold: Fraction) -> list[int]:
    return [int(y >= threshold) for y in outputs]


def _pattern(classes: Sequence[int]) -> str:
    return f"${', '.join(map(str, classes))}$"


def _softmax(rng: Random) -> Question | None:
    rows = [[nonzero(rng, 2), whole(rng, 2) or None, nonzero(rng, 2)] for _ in range(3)]
    network = nets.build(("softmax", rows))
    inputs = [Fraction(nonzero(rng, 2)) for _ in range(2)]
    [values] = nets.compute(network, inputs)
    z, y = values.z, values.a
    order = sorted(z)
    if order[2] - order[1] < 1 or order[2] - order[0] > 4 or not rounds_clearly(max(y), 2):
        return None
    winner = y.index(max(y))
    part = _probability(z, y, winner)
    return Question(
        text=[
            "Three output units compute "
            + ", ".join(f"$z{i + 1} = {_sum(network, i)}$" for i in range(3))
            + ". Softmax turns $z1$, $z2$, $z3$ into the probabilities $y1$, $y2$, $y3$ of the "
            "classes 1, 2 and 3; the prediction function gives the class of the largest.",
            f"Give the class that is predicted for {inputs_text(network, inputs)}, and its "
            f"probability.{round_text(2)}",
        ],
        parts=[_winner(rng, winner, z), part],
        solution=_softmax_solution(z, y, winner),
        network=network,
        given={"inputs": given_inputs(network, inputs)},
    )


def _sum(network: Network, i: int) -> str:
    unit = network.layers[0].exact_units[i]
    terms = [(w, network.input_names[j]) for j, w in unit.weights.items()]
    return writing.linear(terms, unit.bias)


def _winner(rng: Random, winner: int, z: Sequence[Fraction]) -> Part:
    others = [("not the largest", Fraction(i + 1)) for i in range(len(z)) if i != winner]
    part = number_part("class:", _CLASS, Fraction(winner + 1), others)
    return sometimes_choices(rng, part, 0.5)


def _probability(z: Sequence[Fraction], y: Sequence[Fraction], winner: int) -> Part:
    slips = [("units taken one by one", logistic(z[winner]))]
    if sum(z) and 0 < z[winner] / sum(z) < 1:
        slips.append(("exponential forgotten", z[winner] / sum(z)))
    ask = {"quantity": "activation", "layer": 1, "unit": winner + 1}
    return number_part("its probability:", ask, y[winner], slips, digits=2)


def _softmax_solution(z: Sequence[Fraction], y: Sequence[Fraction], winner: int) -> list[str]:
    sums = ", ".join(f"$z{i + 1} = {show(value)}$" for i, value in enumerate(z))
    below = " + ".join(f"exp({show(value)})" for value in z)
    name = f"y{winner + 1}"
    return [
        f"{sums}. The largest is $z{winner + 1}$, so class {winner + 1} is predicted.",
        f"${name} = exp({show(z[winner])}) / ({below}) ≈ {show(y[winner], 4)}$",
    ]
