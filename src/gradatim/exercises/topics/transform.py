"""Feature transformation: hidden units that make a problem separable (L12-L14).

Conventions: the lecture writes z = sign(-x + 50) + sign(x - 100); the same is asked with step.
With step(0) = 1 the sum is 0 between the thresholds and 1 outside; with sign in {-1, +1} it is
-2 and 0, so that the same hyperplane z - 1 = 0 separates in one convention and not in the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Part, Question, Table
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import as_choices, choice_part, number_part
from gradatim.network.graph import Network

__all__ = ["make_transform"]

_X = ("x",)
_BIASES = range(-3, 4)
_ZERO = Fraction(0)

# z between and outside the thresholds, by the activation of the two hidden units.
_BETWEEN_AND_OUTSIDE = {"heaviside": (0, 1), "sign": (-2, 0)}


def make_transform(rng: Random, level: int) -> Question | None:
    """Ask what hidden units make of points on a line, and where a hyperplane separates them."""
    if level == 1:
        return _values_of_z(rng)
    if level == 2:
        return _hyperplane(rng)
    return rng.choice((_whole_network, _how_many))(rng)


def _thresholds(rng: Random) -> tuple[int, int]:
    low = rng.randrange(5, 90)
    return low, low + rng.randrange(10, 70)


def _sum_of_two(kind: str, low: int, high: int, bias: int | None = None) -> Network:
    """Build z = a(-x + low) + a(x - high), or step(z + bias) above it."""
    hidden = (kind, [[low, -1], [-high, 1]])
    if bias is None:
        return nets.build(hidden, ("identity", [[0, 1, 1]]), names=_X, output="z")
    return nets.build(hidden, ("heaviside", [[bias, 1, 1]]), names=_X)


def _sum_text(kind: str, low: int, high: int) -> str:
    word = writing.WORDS[kind]
    first = writing.linear([(Fraction(-1), "x")], Fraction(low))
    second = writing.linear([(Fraction(1), "x")], Fraction(-high))
    return f"z = {word}({first}) + {word}({second})"


def _values_of_z(rng: Random) -> Question | None:
    kind = rng.choice(("heaviside", "sign"))
    low, high = _thresholds(rng)
    points = _points(rng, kind, low, high)
    network = _sum_of_two(kind, low, high)
    parts, lines = [], []
    for x in points:
        hidden, out = nets.compute(network, [x])
        other = nets.apply("sign" if kind == "heaviside" else "heaviside", hidden.z)
        mirrored = nets.apply(kind, [x + low, x - high])
        slips = [("conventions mixed", sum(other, _ZERO)), ("sign flipped", sum(mirrored, _ZERO))]
        if x in (low, high):
            slips.append(("end point misjudged", out.a[0] - 1))
        ask = {"quantity": "activation", "layer": 2, "unit": 1, "inputs": {"x": str(x)}}
        parts.append(number_part(f"at $x = {show(x)}$: $z =$", ask, out.a[0], slips))
        lines.append(_line(kind, x, hidden, out.a[0]))
    return Question(
        text=[
            f"Two hidden units transform the feature $x$ into ${_sum_text(kind, low, high)}$.",
            "Give $z$ at each of the points.",
        ],
        parts=parts,
        solution=lines,
        network=network,
    )


def _points(rng: Random, kind: str, low: int, high: int) -> list[Fraction]:
    """Draw a point on the left, one between and one on the right, or for step on an end."""
    left = low - 5 * rng.randint(1, 6)
    between = rng.randrange(low + 1, high)
    right = high + 5 * rng.randint(1, 6)
    if kind == "heaviside" and rng.random() < 0.5:
        left, right = rng.choice(((low, right), (left, high)))
    return [Fraction(x) for x in (left, between, right)]


def _line(kind: str, x: Fraction, hidden: nets.Values, total: Fraction) -> str:
    word = writing.WORDS[kind]
    inside = " + ".join(f"{word}({show(z)})" for z in hidden.z)
    values = " + ".join(writing.factor(a) for a in hidden.a)
    return f"$x = {show(x)}$: $z = {inside} = {values} = {show(total)}$"


def _hyperplane(rng: Random) -> Question | None:
    kind = rng.choice(("heaviside", "sign"))
    low, high = _thresholds(rng)
    middle = rng.randint(0, 1)
    weight = Fraction(-1 if middle else 1)
    fits = _separating(kind, weight, middle)
    # A value that is not on the hyperplane itself is clearer, where there is one.
    right = max(fits, key=lambda w0: 0 not in _sums(kind, weight, w0))
    others = _separating("sign" if kind == "heaviside" else "heaviside", weight, middle)
    wrong = [
        (w0, "conventions mixed" if w0 in others else "hyperplane misplaced")
        for w0 in _BIASES
        if w0 not in fits
    ]
    rng.shuffle(wrong)
    # The bias of the other convention is the slip that the lecture invites.
    wrong.sort(key=lambda item: item[1] != "conventions mixed")
    part = choice_part(
        rng,
        "",
        {"quantity": "separating bias"},
        (f"$w0 = {right}$", str(right)),
        [(f"$w0 = {w0}$", str(w0), slip) for w0, slip in wrong],
        4,
    )
    if part is None:
        return None
    return Question(
        text=[
            f"Two hidden units transform the feature $x$ into ${_sum_text(kind, low, high)}$.",
            f"Class ${middle}$ is to be predicted for ${low} < x < {high}$ and class "
            f"${1 - middle}$ for $x < {low}$ and $x > {high}$, by an output unit "
            f"$y = step(w1 z + w0)$ with $w1 = {show(weight)}$.",
            "Which $w0$ does it?",
        ],
        parts=[part],
        solution=_hyperplane_solution(kind, weight, right),
        network=_with_output(kind, low, high, weight, right),
        drawn="solution",
        given={
            "transform": nets.exact_weights(_sum_of_two(kind, low, high)),
            "weight": str(weight),
            "class_between": middle,
            "thresholds": [str(low), str(high)],
        },
    )


def _sums(kind: str, weight: Fraction, bias: int) -> list[Fraction]:
    """Return the weighted sum of the output unit between the thresholds, then outside."""
    return [weight * z + bias for z in _BETWEEN_AND_OUTSIDE[kind]]


def _separating(kind: str, weight: Fraction, middle: int) -> list[int]:
    """Return the biases that give the class `middle` between the thresholds only."""
    wanted = [middle, 1 - middle]
    return [w0 for w0 in _BIASES if [int(s >= 0) for s in _sums(kind, weight, w0)] == wanted]


def _with_output(kind: str, low: int, high: int, weight: Fraction, bias: int) -> Network:
    return nets.build(
        (kind, [[low, -1], [-high, 1]]), ("heaviside", [[bias, weight, weight]]), names=_X
    )


def _hyperplane_solution(kind: str, weight: Fraction, bias: int) -> list[str]:
    inside, outside = _BETWEEN_AND_OUTSIDE[kind]
    between, beyond = _sums(kind, weight, bias)
    total = writing.linear([(weight, "z")], Fraction(bias))
    return [
        f"Between the thresholds $z = {inside}$, outside $z = {outside}$.",
        f"With $w0 = {bias}$, ${total}$ is ${show(between)}$ between and ${show(beyond)}$ outside, "
        f"so $y$ is ${int(between >= 0)}$ between and ${int(beyond >= 0)}$ outside.",
    ]


def _whole_network(rng: Random) -> Question | None:
    low, high = _thresholds(rng)
    outer = rng.random() < 0.5
    if outer:
        network = _sum_of_two("heaviside", low, high, -1)
    else:
        network = nets.build(
            ("heaviside", [[-low, 1], [high, -1]]), ("heaviside", [[-2, 1, 1]]), names=_X
        )
    right, *wrong = _sets(low, high, outer)
    part = choice_part(
        rng,
        "",
        {"quantity": "set"},
        (_set_text(right), right),
        [(_set_text(w), w, slip) for w, slip in zip(wrong, _SET_SLIPS, strict=True)],
        4,
    )
    if part is None:
        return None
    shown = ", ".join(f"${line}$" for line in writing.equations(network))
    return Question(
        text=[f"A network computes {shown}.", "For which $x$ is $y = 1$?"],
        parts=[part],
        solution=_set_solution(low, high, outer, _set_text(right)),
        network=network,
    )


_SET_SLIPS = ("end point misjudged", "classes swapped", "sign flipped")

Set = list[dict[str, Any]]


def _sets(low: int, high: int, outer: bool) -> list[Set]:
    """Return the right set, then those of the slips; an interval is closed where it says so."""
    outside = [_interval(None, low, True), _interval(high, None, True)]
    outside_open = [_interval(None, low, False), _interval(high, None, False)]
    between, between_open = [_interval(low, high, True)], [_interval(low, high, False)]
    if outer:
        return [outside, outside_open, between_open, [_interval(None, -low, True), outside[1]]]
    return [between, between_open, outside_open, [_interval(min(-low, high), high, True)]]


def _interval(low: int | None, high: int | None, closed: bool) -> dict[str, Any]:
    return {
        "low": None if low is None else str(low),
        "high": None if high is None else str(high),
        "closed": closed,
    }


def _set_text(intervals: Set) -> str:
    return " or ".join(f"${_interval_text(i)}$" for i in intervals)


def _interval_text(interval: dict[str, Any]) -> str:
    less, more = ("≤", "≥") if interval["closed"] else ("<", ">")
    low, high = interval["low"], interval["high"]
    if low is None:
        return f"x {less} {high}"
    return f"x {more} {low}" if high is None else f"{low} {less} x {less} {high}"


def _set_solution(low: int, high: int, outer: bool, text: str) -> list[str]:
    if outer:
        ends = f"$h1 = 1$ if $x ≤ {low}$, and $h2 = 1$ if $x ≥ {high}$."
        return [ends, f"$y = 1$ if at least one of them is $1$: {text}."]
    ends = f"$h1 = 1$ if $x ≥ {low}$, and $h2 = 1$ if $x ≤ {high}$."
    return [ends, f"$y = 1$ only if both are $1$: {text}."]


def _how_many(rng: Random) -> Question | None:
    n = rng.randint(6, 9)
    xs = sorted(rng.sample(range(-30, 31), n))
    classes = [rng.randint(0, 1) for _ in xs]
    changes = sum(a != b for a, b in pairwise(classes))
    if changes < 2:
        return None
    slips = [("classes counted", Fraction(changes + 1)), ("miscounted", Fraction(changes - 1))]
    part: Part = number_part("number of units:", {"quantity": "changes"}, Fraction(changes), slips)
    if rng.random() < 0.4:
        extra = [("miscounted", Fraction(changes + 2))]
        part = (
            as_choices(rng, number_part("", part.ask, Fraction(changes), [*slips, *extra])) or part
        )
    return Question(
        text=[
            "A network with one input $x$, one hidden layer of step units and one output unit with "
            "step is to give each point in the table its class.",
            "What is the smallest number of hidden units with which this can be done?",
        ],
        table=Table(["$x$", *(f"${x}$" for x in xs)], [["class", *(f"${c}$" for c in classes)]]),
        parts=[part],
        solution=[
            *_change_lines(xs, classes),
            "The output can change only where a hidden unit changes, and each hidden unit changes "
            f"once along the line: at least ${changes}$ units are needed. With one unit at each of "
            "these places, weights of alternating sign reproduce the classes.",
        ],
        given={"points": [{"x": str(x)} for x in xs], "classes": classes},
        activations=("heaviside",),
    )


def _change_lines(xs: Sequence[int], classes: Sequence[int]) -> list[str]:
    places = [
        f"between ${xs[i]}$ and ${xs[i + 1]}$"
        for i in range(len(xs) - 1)
        if classes[i] != classes[i + 1]
    ]
    return [f"The class changes {len(places)} times: {', '.join(places)}."]
