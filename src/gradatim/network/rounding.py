"""Networks with short weights, to be shown: rounded, and whether that left something out.

Conventions: a number has some significant digits, as in `gradatim._text.number_text`; a fraction
that was typed stays what it is where that is short.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from gradatim._text import DIGITS, is_told, number_text
from gradatim.network._protocols import NetworkLike
from gradatim.network.layer import Layer
from gradatim.network.numbers import format_fraction
from gradatim.network.writing import to_text

N = TypeVar("N", bound=NetworkLike)

_LONGEST_FRACTION = 18
# Parameters whose equation is one line that can be read, and its characters.
_MOST_PARAMETERS = 200
_LONGEST_LINE = 400


def rounded(network: N, digits: int = DIGITS) -> tuple[N, bool]:
    """Round the weights of a network; tell whether the result is another network.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> [str(part) for part in rounded(parse("1.23456789x1 + 1/3 x2 + 16000000001"))]
    ['1.23457x1 + 1/3 x2 + 16000000001', 'True']
    """
    layers = [_rounded_layer(layer, digits) for layer in network.layers]
    of: Any = network
    return replace(of, layers=[layer for layer, _ in layers]), any(changed for _, changed in layers)


def _rounded_layer(layer: Layer, digits: int) -> tuple[Layer, bool]:
    exact, changed = {}, False

    def short(stored: float, place: tuple[int, int]) -> float:
        nonlocal changed
        typed = (layer.exact or {}).get(place)
        if typed is not None and len(format_fraction(typed)) <= _LONGEST_FRACTION:
            exact[place] = typed
            return stored
        text = number_text(stored, digits)
        changed = changed or typed is not None or not is_told(stored, text)
        # Zero has no sign here.
        return float(text) + 0.0

    weight = [
        [short(w, (i, j)) for j, w in enumerate(row)] for i, row in enumerate(layer.weight.tolist())
    ]
    bias = [short(b, (i, -1)) for i, b in enumerate(layer.bias.tolist())]
    table = np.array(weight, dtype=float).reshape(layer.weight.shape)
    return replace(layer, weight=table, bias=np.array(bias), exact=exact or None), changed


def line_of(network: NetworkLike) -> str:
    """Write a network in one line: its equation, or what it is made of if that is too long.

    Examples
    --------
    >>> from gradatim.network import Layer, Network, parse
    >>> line_of(parse("relu(x1); x1 - x2"))
    'relu(x1); x1 - x2'
    >>> line_of(Network([Layer([[0.5] * 300] * 2, [0.0, 1.0], "softmax")]))
    '300-2 with 602 parameters (softmax)'
    """
    if network.n_parameters <= _MOST_PARAMETERS:
        line = " ".join(to_text(rounded(network)[0]).split())
        if len(line) <= _LONGEST_LINE:
            return line
    sizes = "-".join(str(n) for n in (network.n_inputs, *(one.n_out for one in network.layers)))
    kinds = ", ".join(dict.fromkeys(name for one in network.layers for name in one.activations))
    return f"{sizes} with {network.n_parameters:,} parameters ({kinds})"
