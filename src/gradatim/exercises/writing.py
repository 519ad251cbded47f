"""Small networks written out as a student does it: formulas, and numbers in their place.

Conventions: units are called h1, h2, ... in the first hidden layer and g1, g2, ... in the second;
the output is y, or y1, y2, ... if there are several. Formulas are in the notation of
`gradatim.exercises.notation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from gradatim.exercises.nets import compute
from gradatim.exercises.numbers import show
from gradatim.network.graph import ExactUnit, Network

__all__ = [
    "WORDS",
    "equations",
    "factor",
    "linear",
    "notes_for",
    "products",
    "short",
    "unit_names",
    "working",
    "wrapped",
]

#: The lecture's words for the standard names of activations.
WORDS = MappingProxyType(
    {
        "identity": "identity",
        "heaviside": "step",
        "sign": "sign",
        "relu": "ReLU",
        "logistic": "sigmoid",
        "tanh": "tanh",
        "softmax": "softmax",
    }
)

_NOTES = {
    "heaviside": "$step(z) = 1$ if $z ≥ 0$, otherwise $0$; so $step(0) = 1$.",
    "sign": "$sign(z) = 1$ if $z > 0$ and $-1$ if $z < 0$; here $z$ is never $0$.",
    "relu": "$ReLU(z) = max(0, z)$.",
    "logistic": "$sigmoid(z) = 1 / (1 + exp(-z))$.",
    "tanh": "$tanh(z) = (exp(z) - exp(-z)) / (exp(z) + exp(-z))$.",
    "softmax": "Softmax divides $exp(z)$ of a unit by the sum of $exp(z)$ over all output units.",
}


def notes_for(activations: Iterable[str]) -> tuple[str, ...]:
    """Return the conventions of activations, each once."""
    return tuple(_NOTES[name] for name in dict.fromkeys(activations) if name in _NOTES)


def unit_names(network: Network) -> list[list[str]]:
    """Return the names of the units."""
    hidden = [
        [f"{letter}{i + 1}" for i in range(layer.n_out)] if layer.n_out > 1 else [letter]
        for letter, layer in zip("hg", network.layers[:-1], strict=False)
    ]
    return [*hidden, list(network.output_names)]


def linear(terms: Sequence[tuple[Fraction, str]], constant: Fraction = Fraction(0)) -> str:
    """Write a weighted sum, leaving out weights of 1 and a constant of 0.

    Examples
    --------
    >>> linear([(Fraction(1), "x1"), (Fraction(-3), "x2")], Fraction(1, 2))
    'x1 - 3 x2 + 0.5'
    """
    pieces = [(weight, "" if abs(weight) == 1 else show(abs(weight)), n) for weight, n in terms]
    if constant or not pieces:
        pieces.append((constant, show(abs(constant)), ""))
    text = "".join(
        f" {'-' if value < 0 else '+'} {' '.join(filter(None, (size, name)))}"
        for value, size, name in pieces
    )
    return text[3:] if text[1] == "+" else f"-{text[3:]}"


def equations(network: Network) -> list[str]:
    """Write one formula per unit, as in ``h1 = ReLU(2 x1 - 1)``.

    Examples
    --------
    >>> from gradatim.exercises.nets import build
    >>> equations(build(("relu", [[-1, 2]]), ("identity", [[0, 3]])))
    ['h = ReLU(2 x1 - 1)', 'y = 3 h']
    """
    lines, sources = [], list(network.input_names)
    for layer, names in zip(network.layers, unit_names(network), strict=True):
        for unit, name in zip(layer.exact_units, names, strict=True):
            total = linear([(w, sources[i]) for i, w in unit.weights.items()], unit.bias)
            lines.append(f"{name} = {wrapped(unit.activation, total)}")
        sources = names
    return lines


def wrapped(activation: str, inside: str) -> str:
    """Write an activation function around a sum; nothing for the identity."""
    return inside if activation == "identity" else f"{WORDS[activation]}({inside})"


def working(network: Network, inputs: Sequence[Fraction]) -> list[str]:
    """Write out how each unit is computed, one text per unit.

    Examples
    --------
    >>> from gradatim.exercises.nets import build
    >>> working(build(("relu", [[-1, 2]])), [Fraction(3)])
    ['$y = ReLU(2 · 3 - 1) = ReLU(5) = 5$']
    """
    lines, below = [], list(inputs)
    computed = compute(network, inputs)
    for layer, names, values in zip(network.layers, unit_names(network), computed, strict=True):
        for unit, name, z, a in zip(layer.exact_units, names, values.z, values.a, strict=True):
            lines.append(f"${name} = {' '.join(_steps(unit, below, z, a))}$")
        below = list(values.a)
    return lines


def _steps(unit: ExactUnit, below: Sequence[Fraction], z: Fraction, a: Fraction) -> Iterator[str]:
    yield wrapped(unit.activation, products(unit.weights, below, unit.bias))
    if unit.activation != "identity":
        yield f"{_equals(z)} {wrapped(unit.activation, short(z))}"
    yield f"{_equals(a)} {short(a)}"


def products(weights: Mapping[int, Fraction], below: Sequence[Fraction], bias: Fraction) -> str:
    """Write a weighted sum with numbers in the place of names."""
    pieces = [(w, f"{show(abs(w))} · {factor(below[i])}") for i, w in weights.items()]
    if bias or not pieces:
        pieces.append((bias, show(abs(bias))))
    text = "".join(f" {'-' if value < 0 else '+'} {piece}" for value, piece in pieces)
    return text[3:] if text[1] == "+" else f"-{text[3:]}"


def factor(value: Fraction) -> str:
    """Write a number that stands behind a multiplication sign."""
    return f"({short(value)})" if value < 0 else short(value)


def short(value: Fraction) -> str:
    """Write a number exactly if it is short, else with four decimals."""
    return show(value, 4) if _is_long(value) else show(value)


def _is_long(value: Fraction) -> bool:
    return value.denominator > 10**9


def _equals(value: Fraction) -> str:
    return "≈" if _is_long(value) else "="
