"""Find the weights: from pairs of values, from a boundary, for a gate, by the perceptron rule.

Conventions: there is exactly one answer; gates have inputs 0 and 1 and a unit with step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Question, Table
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import choice_part, number_part
from gradatim.exercises.topics._draw import nonzero, whole

__all__ = ["make_weights"]

_W0 = {"quantity": "weight", "input": "bias"}
_W1 = {"quantity": "weight", "input": "x1"}
_W2 = {"quantity": "weight", "input": "x2"}


def make_weights(rng: Random, level: int) -> Question | None:
    """Ask for the weights with which a unit does what is wanted."""
    if level == 1:
        return _two_pairs(rng)
    if level == 2:
        return rng.choice((_from_intercepts, _from_probability))(rng)
    return rng.choice((_gate, _perceptron_rule))(rng)


def _two_pairs(rng: Random) -> Question | None:
    w1 = Fraction(nonzero(rng, 8), rng.choice((1, 1, 2)))
    w0 = Fraction(nonzero(rng, 8), rng.choice((1, 1, 2)))
    a, b = sorted(rng.sample(range(-5, 7), 2))
    ya, yb = w1 * a + w0, w1 * b + w0
    if a == 0:
        return None
    slope = number_part(
        "$w1 =$", _W1, w1, [("quotient turned over", 1 / w1), ("sign flipped", -w1)]
    )
    bias = number_part("$w0 =$", _W0, w0, [("intercept read off", ya), ("sign flipped", -w0)])
    rise = writing.linear([], yb) + _minus(ya)
    run = writing.linear([], Fraction(b)) + _minus(Fraction(a))
    return Question(
        text=[
            "A unit with the identity as activation function computes $y = w1 x1 + w0$. Its "
            f"output is ${show(ya)}$ for $x1 = {a}$ and ${show(yb)}$ for $x1 = {b}$.",
            "Find its weight and its bias.",
        ],
        parts=[slope, bias],
        solution=[
            f"$w1 = ({rise}) / ({run}) = {show(w1)}$",
            f"$w0 = {show(ya)}{_minus(w1)} · {writing.factor(Fraction(a))} = {show(w0)}$",
        ],
        network=nets.build(("identity", [[w0, w1]])),
        drawn="solution",
        given={
            "activation": "identity",
            "pairs": [{"x1": str(x), "y": str(y)} for x, y in ((a, ya), (b, yb))],
        },
    )


def _minus(value: Fraction) -> str:
    return f" - {writing.factor(value)}"


def _from_intercepts(rng: Random) -> Question | None:
    p, q, w0 = (Fraction(nonzero(rng, n)) for n in (6, 6, 12))
    w1, w2 = -w0 / p, -w0 / q
    if w1.denominator not in (1, 2, 4) or w2.denominator not in (1, 2, 4) or w1 == w2:
        return None
    parts = [
        number_part(
            f"${name} =$",
            ask,
            w,
            [("sign flipped", -w), ("axes swapped", other), ("quotient turned over", 1 / w)],
        )
        for name, ask, w, other in (("w1", _W1, w1, w2), ("w2", _W2, w2, w1))
    ]
    plus = f" {'-' if w0 < 0 else '+'} {show(abs(w0))}"
    network = nets.build(("heaviside", [[w0, w1, w2]]))
    return Question(
        text=[
            "The decision boundary of the unit $y = step(w1 x1 + w2 x2 + w0)$ crosses the $x1$ "
            f"axis at $x1 = {show(p)}$ and the $x2$ axis at $x2 = {show(q)}$; its bias is "
            f"$w0 = {show(w0)}$.",
            "Find $w1$ and $w2$.",
        ],
        parts=parts,
        solution=[
            f"At $x1 = {show(p)}$, $x2 = 0$: $w1 · {writing.factor(p)}{plus} = 0$, so "
            f"$w1 = {show(w1)}$.",
            f"At $x1 = 0$, $x2 = {show(q)}$: $w2 · {writing.factor(q)}{plus} = 0$, so "
            f"$w2 = {show(w2)}$.",
        ],
        network=network,
        drawn="solution",
        given={"intercepts": {"x1": str(p), "x2": str(q)}, "bias": str(w0)},
    )


def _from_probability(rng: Random) -> Question | None:
    edge, other, z = whole(rng, 6), whole(rng, 6), Fraction(nonzero(rng, 4))
    if edge in (0, other):
        return None
    w1 = z / (other - edge)
    w0 = -w1 * edge
    if w1.denominator not in (1, 2, 4):
        return None
    slips = [("sign flipped", -w0), ("bias forgotten", Fraction(0))]
    parts = [
        number_part("$w1 =$", _W1, w1, [("sign flipped", -w1), ("quotient turned over", 1 / w1)]),
        number_part("$w0 =$", _W0, w0, slips),
    ]
    activation = rng.choice(("logistic", "tanh"))
    name, middle = writing.WORDS[activation], "0.5" if activation == "logistic" else "0"
    network = nets.build((activation, [[w0, w1]]))
    return Question(
        text=[
            f"The unit $y = {name}(w1 x1 + w0)$ has output ${middle}$ at $x1 = {show(edge)}$, "
            f"and its pre-activation $z = w1 x1 + w0$ is ${show(z)}$ at $x1 = {show(other)}$.",
            "Find $w1$ and $w0$.",
        ],
        parts=parts,
        solution=[
            f"${name}(z) = {middle}$ means $z = 0$, so $w1 · {writing.factor(edge)} + w0 = 0$.",
            f"From $x1 = {show(edge)}$ to $x1 = {show(other)}$, $z$ changes by ${show(z)}$ and "
            f"$x1$ by ${show(other - edge)}$, so $w1 = {show(w1)}$.",
            f"$w0 = -w1 · {writing.factor(edge)} = {show(w0)}$",
        ],
        network=network,
        drawn="solution",
        given={
            "activation": activation,
            "pre_activations": [
                {"x1": str(edge), "z": "0"},
                {"x1": str(other), "z": str(z)},
            ],
        },
    )


UnitWeights = tuple[tuple[int, ...], Fraction]
Gate = Callable[[Sequence[int]], bool]
_GATES: dict[str, tuple[int, Gate]] = {
    "AND": (2, lambda x: all(x)),
    "OR": (2, lambda x: any(x)),
    "NAND": (2, lambda x: not all(x)),
    "NOR": (2, lambda x: not any(x)),
    "x1 AND NOT x2": (2, lambda x: bool(x[0] and not x[1])),
    "x1 OR NOT x2": (2, lambda x: bool(x[0] or not x[1])),
    "AND of three": (3, lambda x: all(x)),
    "OR of three": (3, lambda x: any(x)),
    "majority of three": (3, lambda x: sum(x) >= 2),
    "x1 AND (x2 OR x3)": (3, lambda x: bool(x[0] and (x[1] or x[2]))),
    "x1 OR (x2 AND x3)": (3, lambda x: bool(x[0] or (x[1] and x[2]))),
}


def _gate(rng: Random) -> Question | None:
    n, gate = _GATES[rng.choice(list(_GATES))]
    rows = list(product((0, 1), repeat=n))
    wanted = [int(gate(row)) for row in rows]
    fits, near = map(list, _units_for(n, tuple(wanted)))
    rng.shuffle(fits)
    rng.shuffle(near)
    right = fits[0]
    flipped = (tuple(-w for w in right[0]), right[1])
    wrong = [(right[0], -right[1], "sign flipped"), (*flipped, "sign flipped")]
    wrong = [w for w in wrong if _wrong_rows((w[0], w[1]), rows, wanted)]
    wrong += [(*u, "gate confused") for u in near[:3]]
    part = choice_part(
        rng,
        "",
        {"quantity": "gate"},
        _gate_choice(*right),
        [(*_gate_choice(w, b), slip) for w, b, slip in wrong],
        4,
    )
    if part is None:
        return None
    names = [f"x{i + 1}" for i in range(n)]
    return Question(
        text=[
            "A unit with step is to compute $y$ from its inputs as in the table.",
            "Which unit does it?",
        ],
        table=Table(
            [*(f"${name}$" for name in names), "$y$"],
            [[f"${v}$" for v in (*row, y)] for row, y in zip(rows, wanted, strict=True)],
        ),
        parts=[part],
        solution=[
            "Row by row the weighted sum of the right unit is "
            + ", ".join(f"${show(_sum(right, row))}$" for row in rows)
            + ".",
            f"step gives {', '.join(f'${y}$' for y in wanted)}, as in the table.",
        ],
        network=nets.build(("heaviside", [[right[1], *right[0]]])),
        drawn="solution",
        given={
            "points": [dict(zip(names, map(str, row), strict=True)) for row in rows],
            "classes": wanted,
        },
    )


@cache
def _units_for(
    n: int, wanted: tuple[int, ...]
) -> tuple[tuple[UnitWeights, ...], tuple[UnitWeights, ...]]:
    """Return the units that compute a gate, and those that get a row or two wrong."""
    rows = list(product((0, 1), repeat=n))
    fits, near = [], []
    for weights, doubled in product(product((-2, -1, 1, 2), repeat=n), range(-9, 10)):
        sums = [doubled + 2 * sum(w * x for w, x in zip(weights, r, strict=True)) for r in rows]
        errors = sum((z >= 0) != y for z, y in zip(sums, wanted, strict=True))
        # A pre-activation of 0 would make the answer hang on step(0) alone.
        if 0 not in sums and errors <= 2:
            (near if errors else fits).append((weights, Fraction(doubled, 2)))
    return tuple(fits), tuple(near)


def _sum(unit: UnitWeights, row: Sequence[int]) -> Fraction:
    return unit[1] + sum(w * x for w, x in zip(unit[0], row, strict=True))


def _wrong_rows(unit: UnitWeights, rows: Sequence[Sequence[int]], wanted: Sequence[int]) -> int:
    return sum((_sum(unit, row) >= 0) != y for row, y in zip(rows, wanted, strict=True))


def _gate_choice(weights: Sequence[int], bias: Fraction) -> tuple[str, dict[str, object]]:
    terms = [(Fraction(w), f"x{i + 1}") for i, w in enumerate(weights)]
    value = {"weights": [str(w) for w in weights], "bias": str(bias)}
    return f"$y = step({writing.linear(terms, bias)})$", value


def _perceptron_rule(rng: Random) -> Question | None:
    old = [whole(rng, 3) for _ in range(3)]
    x = [Fraction(1), whole(rng, 4), Fraction(nonzero(rng, 4))]
    rate = Fraction(rng.choice((1, 1, 2, 5)), rng.choice((1, 2, 10)))
    z = sum((w * v for w, v in zip(old, x, strict=True)), Fraction(0))
    output = Fraction(z >= 0)
    target = 1 - output
    if not any(old[1:]) or x[1] == 0:
        return None
    new = [w + rate * (target - output) * v for w, v in zip(old, x, strict=True)]
    parts = [
        number_part(
            f"$w{i}' =$",
            {"quantity": "perceptron update", "input": "bias" if i == 0 else f"x{i}"},
            new[i],
            [
                ("sign flipped", 2 * old[i] - new[i]),
                ("learning rate forgotten", old[i] + (target - output) * x[i]),
                ("input forgotten", old[i] + rate * (target - output)),
            ],
        )
        for i in (1, 2, 0)
    ]
    network = nets.build(("heaviside", [old]))
    return Question(
        text=[
            f"A perceptron $y = step(w1 x1 + w2 x2 + w0)$ has $w1 = {show(old[1])}$, "
            f"$w2 = {show(old[2])}$, $w0 = {show(old[0])}$. It sees $x1 = {show(x[1])}$, "
            f"$x2 = {show(x[2])}$, whose class is $t = {show(target)}$.",
            f"The perceptron rule with learning rate $η = {show(rate)}$ adds $η (t - y) x1$ to "
            "$w1$, $η (t - y) x2$ to $w2$ and $η (t - y)$ to $w0$. Give the new weights.",
        ],
        parts=parts,
        solution=[
            *writing.working(network, x[1:]),
            f"$η (t - y) = {show(rate)} · ({show(target)} - {show(output)}) = "
            f"{show(rate * (target - output))}$",
            *(_update_line(i, old, x, rate * (target - output), new) for i in (1, 2, 0)),
        ],
        network=network,
        given={
            "inputs": {"x1": str(x[1]), "x2": str(x[2])},
            "target": str(target),
            "learning_rate": str(rate),
        },
    )


def _update_line(
    i: int, old: Sequence[Fraction], x: Sequence[Fraction], step: Fraction, new: Sequence[Fraction]
) -> str:
    times = "" if i == 0 else f" · {writing.factor(x[i])}"
    return f"$w{i}' = {show(old[i])} + {writing.factor(step)}{times} = {show(new[i])}$"
