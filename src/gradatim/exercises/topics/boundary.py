"""Decision boundaries: a point, a line, and the distance to it (L9).

Conventions: the boundary is where w1 x1 + w0 = 0, or w1 x1 + w2 x2 + w0 = 0. Distances are
Euclidean; weights are taken from Pythagorean triples, so that they come out exactly.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Question
from gradatim.exercises.numbers import ln, rounds_clearly, show
from gradatim.exercises.slips import choice_part, number_part, sometimes_choices
from gradatim.exercises.topics._draw import nonzero, round_text, whole
from gradatim.network.graph import Network

__all__ = ["make_boundary"]

_TRIPLES = ((3, 4, 5), (4, 3, 5), (6, 8, 10), (8, 6, 10), (5, 12, 13), (12, 5, 13), (8, 15, 17))

# Outputs at the middle of the range, where the pre-activation is 0.
_THRESHOLDS = {"logistic": Fraction(1, 2), "tanh": Fraction(0)}


def make_boundary(rng: Random, level: int) -> Question | None:
    """Ask where the prediction of a unit changes."""
    if level == 1:
        return _point(rng)
    if level == 2:
        return rng.choice((_intercepts, _slope))(rng)
    return rng.choice((_distance, _other_threshold))(rng)


def _point(rng: Random) -> Question | None:
    w1 = rng.choice((-5, -4, -3, -2, 2, 3, 4, 5, -1, 1))
    w0 = Fraction(nonzero(rng, 20), rng.choice((1, 1, 2)))
    network = nets.build((rng.choice(("heaviside", "logistic", "tanh")), [[w0, w1]]))
    answer = -w0 / w1
    if answer.denominator not in (1, 2, 4, 5):
        return None
    slips = [
        ("sign flipped", -answer),
        ("quotient turned over", 1 / answer),
        ("bias forgotten", Fraction(0)),
    ]
    part = number_part("$x1 =$", {"quantity": "boundary"}, answer, slips)
    part = sometimes_choices(rng, part)
    activation, rule = network.layers[0].activations[0], _rule(network)
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$ and predicts {rule}.",
            "At which $x1$ does the prediction change?",
        ],
        parts=[part],
        solution=[
            *_why(network),
            f"${writing.linear([(Fraction(w1), 'x1')], w0)} = 0$, so "
            f"$x1 = {_quotient(-w0, Fraction(w1))}$.",
        ],
        network=network,
        given={"threshold": str(_THRESHOLDS.get(activation, Fraction(1, 2)))},
    )


def _quotient(above: Fraction, below: Fraction) -> str:
    """Write a division and what comes out; nothing to divide by 1."""
    division = "" if below == 1 else f"{show(above)} / {writing.factor(below)} = "
    return f"{division}{show(above / below)}"


def _rule(network: Network) -> str:
    if network.layers[0].activations[0] == "heaviside":
        return "class $y$"
    threshold = _THRESHOLDS[network.layers[0].activations[0]]
    return f"class $1$ if $y ≥ {show(threshold)}$, otherwise class $0$"


def _why(network: Network) -> list[str]:
    if network.layers[0].activations[0] == "heaviside":
        return ["The step is at $z = 0$."]
    activation = network.layers[0].activations[0]
    name, threshold = writing.WORDS[activation], show(_THRESHOLDS[activation])
    return [f"${name}(z) ≥ {threshold}$ exactly where $z ≥ 0$, so the boundary is at $z = 0$."]


def _line(rng: Random) -> tuple[Network, Fraction, Fraction, Fraction]:
    w1, w2 = Fraction(nonzero(rng, 6)), Fraction(nonzero(rng, 6))
    w0 = Fraction(nonzero(rng, 12))
    return nets.build(("heaviside", [[w0, w1, w2]])), w0, w1, w2


def _short(*values: Fraction) -> bool:
    return all(value.denominator in (1, 2, 4, 5) for value in values)


def _intercepts(rng: Random) -> Question | None:
    network, w0, w1, w2 = _line(rng)
    first, second = -w0 / w1, -w0 / w2
    if not _short(first, second) or first == second:
        return None
    parts = [
        number_part(
            f"crosses the ${name}$ axis at ${name} =$",
            {"quantity": "intercept", "input": name},
            value,
            [
                ("sign flipped", -value),
                ("axes swapped", other),
                ("quotient turned over", 1 / value),
            ],
        )
        for name, value, other in (("x1", first, second), ("x2", second, first))
    ]
    zero = f"${writing.linear([(w1, 'x1'), (w2, 'x2')], w0)} = 0$"
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$. Its decision boundary is a line "
            "in the plane of $x1$ and $x2$.",
            "Where does the line cross the two axes?",
        ],
        parts=parts,
        solution=[
            f"The boundary is {zero}.",
            f"With $x2 = 0$: $x1 = {_quotient(-w0, w1)}$.",
            f"With $x1 = 0$: $x2 = {_quotient(-w0, w2)}$.",
        ],
        network=network,
    )


def _slope(rng: Random) -> Question | None:
    network, w0, w1, w2 = _line(rng)
    slope, offset = -w1 / w2, -w0 / w2
    if not _short(slope, offset) or abs(slope) == 1 == abs(offset):
        return None
    wrong = [
        (-slope, offset, "sign flipped"),
        (slope, -offset, "sign flipped"),
        (1 / slope, offset, "quotient turned over"),
        (slope, Fraction(0), "bias forgotten"),
    ]
    part = choice_part(
        rng,
        "",
        {"quantity": "line"},
        _line_choice(slope, offset),
        [(*_line_choice(m, c), slip) for m, c, slip in wrong],
    )
    if part is None:
        return None
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$. Its decision boundary is a line "
            "in the plane of $x1$ and $x2$.",
            "Which line is it?",
        ],
        parts=[part],
        solution=[
            f"The boundary is ${writing.linear([(w1, 'x1'), (w2, 'x2')], w0)} = 0$.",
            f"Solved for $x2$: ${_line_choice(slope, offset)[0].strip('$')}$.",
        ],
        network=network,
    )


def _line_choice(slope: Fraction, offset: Fraction) -> tuple[str, dict[str, str]]:
    text = f"$x2 = {writing.linear([(slope, 'x1')], offset)}$"
    return text, {"slope": str(slope), "offset": str(offset)}


def _distance(rng: Random) -> Question | None:
    a, b, length = rng.choice(_TRIPLES)
    w1, w2 = Fraction(rng.choice((-a, a))), Fraction(rng.choice((-b, b)))
    w0, x1, x2 = Fraction(nonzero(rng, 20)), whole(rng, 5), whole(rng, 5)
    network = nets.build(("heaviside", [[w0, w1, w2]]))
    z = w1 * x1 + w2 * x2 + w0
    answer = abs(z) / length
    if z == 0 or not _short(answer):
        return None
    slips = [
        ("length forgotten", abs(z)),
        ("bias forgotten", abs(z - w0) / length),
        ("sign flipped", abs(z - 2 * w0) / length),
        ("sign flipped", -answer),
    ]
    part = number_part("distance:", {"quantity": "distance"}, answer, slips)
    part = sometimes_choices(rng, part, 0.3)
    total = writing.products({0: w1, 1: w2}, [x1, x2], w0)
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$.",
            f"How far is the point $x1 = {show(x1)}$, $x2 = {show(x2)}$ from its decision "
            "boundary? Give the Euclidean distance.",
        ],
        parts=[part],
        solution=[
            f"At the point $z = {total} = {show(z)}$.",
            f"The weights $({show(w1)}, {show(w2)})$ have length ${length}$, because "
            f"${a}^2 + {b}^2 = {length}^2$.",
            f"The distance is $|{show(z)}| / {length} = {show(answer)}$.",
        ],
        network=network,
        given={"inputs": {"x1": str(x1), "x2": str(x2)}},
    )


def _other_threshold(rng: Random) -> Question | None:
    w1, w0 = Fraction(rng.choice((-4, -2, -1, 1, 2, 4))), Fraction(nonzero(rng, 8))
    network = nets.build(("logistic", [[w0, w1]]))
    percent = rng.choice((60, 70, 75, 80, 90, 95))
    threshold = Fraction(percent, 100)
    odds = threshold / (1 - threshold)
    log_odds = ln(odds)
    answer = (log_odds - w0) / w1
    if not rounds_clearly(answer, 2):
        return None
    slips = [
        ("threshold ignored", -w0 / w1),
        ("threshold taken for probability", (threshold - w0) / w1),
        ("sign flipped", (log_odds + w0) / w1),
        ("bias forgotten", log_odds / w1),
    ]
    part = number_part("$x1 =$", {"quantity": "boundary"}, answer, slips, digits=2)
    return Question(
        text=[
            f"A unit computes ${writing.equations(network)[0]}$ and predicts class $1$ if "
            f"$y ≥ {show(threshold)}$, otherwise class $0$.",
            f"At which $x1$ does the prediction change?{round_text(2)}",
        ],
        parts=[part],
        solution=[
            f"$sigmoid(z) = {show(threshold)}$ where $z = ln({show(threshold)} / "
            f"{show(1 - threshold)}) = ln({show(odds)}) ≈ {show(log_odds, 4)}$.",
            f"${writing.linear([(w1, 'x1')], w0)} = {show(log_odds, 4)}$, so "
            f"$x1 ≈ {show(answer, 4)}$.",
        ],
        network=network,
        given={"threshold": str(threshold)},
    )
