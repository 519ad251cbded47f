"""What a drawing says in words: numbers, shortened names, and the text alternative.

Conventions: a minus is the character U+2212; numbers have three digits, or more where these do not
reach the decimal point. The same words go into every format, as its title and description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from gradatim._text import ABOUT, is_told, number_text, show_name
from gradatim.network.graph import Network
from gradatim.network.layer import OPEN_ACTIVATION
from gradatim.network.notation import spoken_activation
from gradatim.network.writing import unit_names

MINUS = "\N{MINUS SIGN}"

#: What stands inside a unit that only hands a value to the layer above.
PASSES = "\N{RIGHTWARDS ARROW}"

#: What a symbol inside a unit means; tanh says it itself.
_MEANINGS = {
    "z": "z: a unit gives its weighted sum z as it is",
    "sgn": "sgn(z): the sign of z, \N{MINUS SIGN}1, 0 or 1",
    "H": "H(z) = 1 if z ≥ 0, else 0",
    "σ": "σ(z) = 1 / (1 + exp(\N{MINUS SIGN}z))",
    "ReLU": "ReLU(z) = max(0, z)",
    "LReLU": "LReLU(z) = max(0.01 z, z)",
    "ELU": "ELU(z) = z if z ≥ 0, else exp(z) \N{MINUS SIGN} 1",
    "GELU": "GELU(z) = z Φ(z)",
    "SiLU": "SiLU(z) = z / (1 + exp(\N{MINUS SIGN}z))",
    "softplus": "softplus(z) = ln(1 + exp(z))",
    "softmax": "softmax: exp(z) / sum of exp(z) over its layer",
    OPEN_ACTIVATION: "a: an activation that is left open",
    PASSES: f"{PASSES} passes its input on",
}

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_INDEXED = re.compile(r"([A-Za-z])([0-9]+)(?=$|[ \N{PRIME}])")
_FACTOR = re.compile(r"([A-Za-z])([0-9]+)(?:\^([0-9]+)|([⁰¹²³⁴-⁹]+))?")

_MOST_EQUATIONS = 16


def format_number(value: float, digits: int = 3) -> str:
    """Write a weight with three digits, or others, and a true minus sign.

    Examples
    --------
    >>> format_number(0.12345), format_number(2.0), format_number(12345.6)
    ('0.123', '2', '12345.6')
    """
    return number_text(value, digits).replace("-", MINUS, 1)


def equals(value: float) -> str:
    """Write that something is a number, or about it if that is rounded.

    Examples
    --------
    >>> equals(0.5), equals(2 / 3)
    ('= 0.5', '\u2248 0.667')
    """
    text = number_text(value, 3)
    return f"{'=' if is_told(value, text) else ABOUT} {format_number(value)}"


def shorten(name: str, limit: int = 22) -> str:
    """Write a name as it may be shown, cut where it is long.

    Examples
    --------
    >>> shorten("spectral_centroid_standard_deviation")
    'spectral_centroid_sta…'
    """
    return show_name(name, limit)


def indexed(name: str) -> str:
    """Write the number of a name that is a letter and a number, or of each factor, as an index.

    Examples
    --------
    >>> indexed("x12"), indexed("tempo2"), indexed("x1^2 x3")
    ('x₁₂', 'tempo2', 'x₁² x₃')
    """
    if factors := [_FACTOR.fullmatch(factor) for factor in name.split(" ")]:
        written = [
            one[1] + one[2].translate(_SUBSCRIPTS) + (one[3] or one[4] or "").translate(_POWERS)
            for one in factors
            if one is not None
        ]
        if len(written) == len(factors):
            return " ".join(written)
    found = _INDEXED.match(name)
    return (
        name if found is None else found[1] + found[2].translate(_SUBSCRIPTS) + name[found.end() :]
    )


def meanings(symbols: Iterable[str]) -> list[str]:
    """Say what symbols inside units mean, each once, in the order of the activations.

    Examples
    --------
    >>> meanings(["tanh", "H", "H"])
    ['H(z) = 1 if z ≥ 0, else 0']
    """
    used = set(symbols)
    return [meaning for symbol, meaning in _MEANINGS.items() if symbol in used]


def signed(terms: Sequence[tuple[float, str]], digits: int = 3) -> str:
    """Write a sum such as ``x1 - 2.5``, without coefficients of 1.

    Examples
    --------
    >>> signed([(1.0, "x1"), (2.0, "x2"), (0.0, "x3"), (3.0, "")])
    'x1 + 2 x2 + 3'
    """
    parts: list[str] = []
    for value, name in terms:
        if not value:
            continue
        size = format_number(abs(value), digits)
        text = (name if size == "1" else f"{size} {name}") if name else size
        sign = MINUS if value < 0 else "+"
        parts += [sign, text] if parts else [MINUS + text if value < 0 else text]
    return " ".join(parts) or "0"


def zero_equation(terms: Sequence[tuple[float, str]], digits: int = 3) -> str:
    """Write where a sum is 0, and whether its numbers are rounded.

    Examples
    --------
    >>> zero_equation([(1.0, "x1"), (2 / 3, "")])
    'x1 + 0.667 = 0 (rounded)'
    """
    told = all(is_told(value, number_text(value, digits)) for value, _ in terms)
    return f"{signed(terms, digits)} = 0{'' if told else ' (rounded)'}"


def describe(network: Network) -> tuple[str, str]:
    """Say in words what a drawing shows: a headline, and the equations of a small network.

    Examples
    --------
    >>> from gradatim.network.graph import Layer, Network
    >>> describe(Network([Layer([[1.0, 2.0]], [2.5], "sigmoid")]))
    ('Network 2-1 with 3 parameters', 'y1 = sigmoid(x1 + 2 x2 + 2.5).')
    """
    sizes = "-".join(map(str, network.layer_sizes))
    headline = f"Network {sizes} with {network.n_parameters:,} parameters"
    n_units = sum(network.layer_sizes[1:])
    lines = _equations(network) if n_units <= _MOST_EQUATIONS else _layer_lines(network)
    return headline, "; ".join(lines) + "."


def _layer_lines(network: Network) -> Iterator[str]:
    yield f"{network.n_inputs} inputs"
    for i, layer in enumerate(network.layers, 1):
        kind = "outputs" if i == network.depth else "hidden units"
        activations = ", ".join(map(spoken_activation, dict.fromkeys(layer.activations)))
        yield f"{layer.n_out} {kind}, {activations}, {layer.n_parameters:,} parameters"


def _equations(network: Network) -> Iterator[str]:
    shown = [list(map(show_name, names)) for names in unit_names(network)]
    for sources, names, layer in zip(shown, shown[1:], network.layers, strict=False):
        for name, unit in zip(names, layer.units, strict=True):
            total = signed([*((w, sources[i]) for i, w in unit.weights.items()), (unit.bias, "")])
            spoken = spoken_activation(unit.activation)
            yield f"{name} = {total}" if spoken == "identity" else f"{name} = {spoken}({total})"
