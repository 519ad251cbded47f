"""Backpropagation: partial derivatives by the chain rule, and a step of gradient descent.

Conventions: the loss of one sample is L = 1/2 (y - t)^2, as `gradatim.losses.half_squared_error`.
Weights of the output unit are v, those of hidden units u and w; index 0 is the bias. No ReLU is at
0, where it has no derivative; sigmoid and tanh are asked for at 0, where they are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from gradatim.exercises import nets, writing
from gradatim.exercises.model import Part, Question
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import number_part
from gradatim.exercises.topics._draw import given_inputs, inputs_text, joined, nonzero, until, whole
from gradatim.network.graph import Network

__all__ = ["make_backprop"]

_LOSS = "$L = 1/2 (y - t)^2$"
_DRAWING = "In the drawing, $w0$ is the bias of each unit."
_RATES = (Fraction(1, 10), Fraction(1, 2), Fraction(1, 5), Fraction(1, 100))


def make_backprop(rng: Random, level: int) -> Question | None:
    """Ask for partial derivatives and new weights."""
    return (_one_unit, _chain, _two_hidden)[level - 1](rng)


@dataclass(frozen=True)
class _Edge:
    """A weight by its letter, where it is (bias: source None), and its derivative in parts.

    Derivatives are products; each factor is what a slip may forget.
    """

    name: str
    layer: int
    unit: int
    source: int | None
    factors: dict[str, tuple[str, Fraction]]

    @property
    def gradient(self) -> Fraction:
        product = Fraction(1)
        for _, value in self.factors.values():
            product *= value
        return product

    @property
    def ask(self) -> dict[str, object]:
        source = "bias" if self.source is None else self.source + 1
        return {"quantity": "gradient", "layer": self.layer, "unit": self.unit, "input": source}

    def without(self, factor: str) -> Fraction:
        product = Fraction(1)
        for name, (_, value) in self.factors.items():
            product *= 1 if name == factor else value
        return product

    def line(self) -> str:
        letters = " · ".join(text for text, _ in self.factors.values())
        numbers = " · ".join(writing.factor(value) for _, value in self.factors.values())
        between = f" = {numbers}" if len(self.factors) > 1 else ""
        return f"$∂L/∂{self.name} = {letters}{between} = {show(self.gradient)}$"


# What a student forgets, by the factor of the chain rule.
_FORGOTTEN = {
    "derivative": "derivative skipped",
    "input": "input forgotten",
    "weight": "weight forgotten",
}


def _gradient_part(edge: _Edge) -> Part:
    slips = [("factor two", 2 * edge.gradient), ("sign flipped", -edge.gradient)]
    slips += [
        (_FORGOTTEN[factor], edge.without(factor))
        for factor in edge.factors
        if factor in _FORGOTTEN
    ]
    return number_part(f"$∂L/∂{edge.name} =$", edge.ask, edge.gradient, slips)


def _new_part(edge: _Edge, old: Fraction, rate: Fraction) -> Part:
    ask = edge.ask | {"quantity": "new weight"}
    slips = [
        ("update added", old + rate * edge.gradient),
        ("learning rate forgotten", old - edge.gradient),
    ]
    return number_part(f"${edge.name}' =$", ask, old - rate * edge.gradient, slips)


def _new_line(edge: _Edge, old: Fraction, rate: Fraction) -> str:
    new = old - rate * edge.gradient
    return (
        f"${edge.name}' = {edge.name} - η · ∂L/∂{edge.name} = {show(old)} - {show(rate)} · "
        f"{writing.factor(edge.gradient)} = {show(new)}$"
    )


def _is_short(*values: Fraction) -> bool:
    return all("/" not in show(value) and abs(value) < 100 for value in values)


def _error(y: Fraction, t: Fraction) -> str:
    return f"$∂L/∂y = y - t = {show(y)} - {writing.factor(t)} = {show(y - t)}$"


def _one_unit(rng: Random) -> Question | None:
    activation = rng.choice(("identity", "relu", "logistic", "tanh"))
    return until(lambda: _step_of_one(rng, activation))


def _step_of_one(rng: Random, activation: str) -> Question | None:
    w1, w0, x = Fraction(nonzero(rng, 3)), whole(rng, 4), Fraction(nonzero(rng, 4))
    if activation in ("logistic", "tanh"):
        w0 = -w1 * x
    network = nets.build((activation, [[w0, w1]]))
    [values] = nets.compute(network, [x])
    z, y = values.z[0], values.a[0]
    t = y + nonzero(rng, 6)
    if activation in ("logistic", "tanh"):
        t = whole(rng, 1) if activation == "tanh" else whole(rng, 1) ** 2
    rate = rng.choice(_RATES[:3])
    if (activation == "relu" and z <= 0) or y == t:
        return None
    factors = {"error": ("∂L/∂y", y - t)}
    if activation == "logistic":
        factors["derivative"] = ("y (1 - y)", y * (1 - y))
    if activation == "tanh":
        factors["derivative"] = ("(1 - y^2)", 1 - y * y)
    first = _Edge("w1", 1, 1, 0, factors | {"input": ("x1", x)})
    bias = _Edge("w0", 1, 1, None, factors)
    if not _is_short(first.gradient, bias.gradient, w1 - rate * first.gradient):
        return None
    formula = writing.wrapped(activation, "w1 x1 + w0")
    return Question(
        text=[
            f"A unit computes $y = {formula}$ with "
            f"$w1 = {show(w1)}$ and $w0 = {show(w0)}$. For $x1 = {show(x)}$ the target is "
            f"$t = {show(t)}$; the loss is {_LOSS}.",
            f"Compute both partial derivatives of the loss, and $w1$ after one step of gradient "
            f"descent with learning rate $η = {show(rate)}$.",
        ],
        parts=[_gradient_part(first), _gradient_part(bias), _new_part(first, w1, rate)],
        solution=[
            *writing.working(network, [x]),
            _error(y, t),
            *_derivative_lines(activation, y),
            first.line(),
            bias.line(),
            _new_line(first, w1, rate),
        ],
        network=network,
        given=_given(network, [x], t, rate),
    )


def _derivative_lines(activation: str, y: Fraction) -> list[str]:
    if activation == "logistic":
        return [f"The derivative of the sigmoid is $y (1 - y) = {show(y * (1 - y))}$."]
    if activation == "tanh":
        return [f"The derivative of tanh is $1 - y^2 = {show(1 - y * y)}$."]
    if activation == "relu":
        return ["The pre-activation is positive, so the derivative of ReLU is $1$."]
    return []


def _given(
    network: Network, inputs: Sequence[Fraction], t: Fraction, rate: Fraction | None = None
) -> dict[str, object]:
    given: dict[str, object] = {
        "inputs": given_inputs(network, inputs),
        "target": str(t),
        "loss": "half squared error",
    }
    return given | ({} if rate is None else {"learning_rate": str(rate)})


def _chain(rng: Random) -> Question | None:
    w1, v1 = Fraction(nonzero(rng, 3)), Fraction(nonzero(rng, 3))
    w0, v0, x = whole(rng, 3), whole(rng, 3), Fraction(nonzero(rng, 3))
    network = nets.build(("relu", [[w0, w1]]), ("identity", [[v0, v1]]))
    hidden, out = nets.compute(network, [x])
    h, y = hidden.a[0], out.a[0]
    t = y + nonzero(rng, 6)
    if hidden.z[0] == 0 or (h == 0 and rng.random() < 0.7):
        return None
    error = {"error": ("∂L/∂y", y - t)}
    slope = Fraction(hidden.z[0] > 0)
    below = error | {"weight": ("v1", v1), "derivative": ("d", slope)}
    edges = [
        _Edge("v1", 2, 1, 0, error | {"input": ("h", h)}),
        _Edge("w1", 1, 1, 0, below | {"input": ("x1", x)}),
        _Edge("w0", 1, 1, None, below),
    ]
    return Question(
        text=[
            "A network computes $h = ReLU(w1 x1 + w0)$, $y = v1 h + v0$ with "
            f"$w1 = {show(w1)}$, $w0 = {show(w0)}$, $v1 = {show(v1)}$, $v0 = {show(v0)}$. For "
            f"$x1 = {show(x)}$ the target is $t = {show(t)}$; the loss is {_LOSS}.",
            "Compute the partial derivatives of the loss.",
        ],
        parts=[_gradient_part(edge) for edge in edges],
        solution=[
            *writing.working(network, [x]),
            _error(y, t),
            _slope_line("d", "h", slope),
            *(edge.line() for edge in edges),
        ],
        notes=[*writing.notes_for(["relu"]), _DRAWING],
        network=network,
        given=_given(network, [x], t),
    )


def _slope_line(letter: str, unit: str, slope: Fraction) -> str:
    sign = "positive" if slope else "negative"
    return (
        f"The derivative of ReLU at ${unit}$ is ${letter} = {slope}$, because its pre-activation "
        f"is {sign}."
    )


def _two_hidden(rng: Random) -> Question | None:
    rows = [[whole(rng, 3), Fraction(nonzero(rng, 3)), Fraction(nonzero(rng, 3))] for _ in "uw"]
    v = [whole(rng, 3), Fraction(nonzero(rng, 3)), Fraction(nonzero(rng, 3))]
    x = [Fraction(nonzero(rng, 3)), Fraction(nonzero(rng, 3))]
    network = nets.build(("relu", rows), ("identity", [v]))
    hidden, out = nets.compute(network, x)
    y, rate = out.a[0], rng.choice(_RATES)
    t = y + nonzero(rng, 5)
    # One unit is dead, so that its derivatives vanish; a student has to see that.
    if 0 in hidden.z or abs(y) > 30 or sum(z > 0 for z in hidden.z) != rng.choice((1, 2)):
        return None
    edges = _edges_of_two(hidden, v, x, y - t)
    asked = [edges[0], rng.choice(edges[2:4]), rng.choice(edges[4:6])]
    stepped = rng.choice([e for e in asked if e.gradient] or asked)
    old = ([v] if stepped.layer == 2 else rows)[stepped.unit - 1][(stepped.source or 0) + 1]
    values = [old - rate * stepped.gradient, *(edge.gradient for edge in asked)]
    if not _is_short(*values) or not any(edge.gradient for edge in asked):
        return None
    return Question(
        text=[
            "A network computes $h1 = ReLU(u1 x1 + u2 x2 + u0)$, $h2 = ReLU(w1 x1 + w2 x2 + w0)$, "
            f"$y = v1 h1 + v2 h2 + v0$ with {_letters('u', rows[0])}; {_letters('w', rows[1])}; "
            f"{_letters('v', v)}. For {inputs_text(network, x)} the target is $t = {show(t)}$; "
            f"the loss is {_LOSS}.",
            f"Compute the partial derivatives, and ${stepped.name}$ after one step of gradient "
            f"descent with learning rate $η = {show(rate)}$.",
        ],
        parts=[*map(_gradient_part, asked), _new_part(stepped, old, rate)],
        solution=[
            *writing.working(network, x),
            _error(y, t),
            *(
                _slope_line(f"d{i + 1}", f"h{i + 1}", Fraction(z > 0))
                for i, z in enumerate(hidden.z)
            ),
            *(edge.line() for edge in asked),
            _new_line(stepped, old, rate),
        ],
        notes=[*writing.notes_for(["relu"]), _DRAWING],
        network=network,
        given=_given(network, x, t, rate),
    )


def _letters(letter: str, row: Sequence[Fraction]) -> str:
    return joined([f"${letter}{i} = {show(row[i])}$" for i in (1, 2, 0)])


def _edges_of_two(
    hidden: nets.Values, v: Sequence[Fraction], x: Sequence[Fraction], error: Fraction
) -> list[_Edge]:
    """Return v1 and v2, then u1 and u2, then w1 and w2."""
    start = {"error": ("∂L/∂y", error)}
    edges = [
        _Edge(f"v{i + 1}", 2, 1, i, start | {"input": (f"h{i + 1}", hidden.a[i])}) for i in range(2)
    ]
    for j, letter in enumerate("uw"):
        slope = (f"d{j + 1}", Fraction(hidden.z[j] > 0))
        below = start | {"weight": (f"v{j + 1}", v[j + 1]), "derivative": slope}
        edges += [
            _Edge(f"{letter}{i + 1}", 1, j + 1, i, below | {"input": (f"x{i + 1}", x[i])})
            for i in range(2)
        ]
    return edges
