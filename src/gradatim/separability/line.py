"""Step networks of one input, exactly: the line cut into pieces on which nothing changes.

Conventions: numbers are `fractions.Fraction`, so there is no rounding; weights are those that were
typed, see `gradatim.network.graph.Layer.exact_units`. ``heaviside(0) = 1`` and ``sign(0) = 0``. A
unit of the first layer changes its activation at one point only, so a network whose first layer
has n units is constant on at most 2 n + 1 pieces: the points of change and the open intervals
between them. One evaluation proves a whole piece.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from gradatim.certificates.sweep import JUMPING
from gradatim.errors import SpecError
from gradatim.network.exact import PIECEWISE
from gradatim.network.graph import ExactUnit, Network
from gradatim.network.numbers import format_fraction

__all__ = ["Piece", "cut_line", "evaluate_exactly", "locate"]


@dataclass(frozen=True)
class Piece:
    """A point, or an open interval, on which every unit of a network is constant."""

    low: Fraction | None  # Ends; equal for a point, None where the piece has no end
    high: Fraction | None
    # Activations of every unit, layer by layer; the last are the outputs
    layers: tuple[tuple[Fraction, ...], ...]

    @property
    def is_point(self) -> bool:
        """Whether the piece is a single point."""
        return self.low is not None and self.low == self.high

    @property
    def outputs(self) -> tuple[Fraction, ...]:
        """Activations of the last layer."""
        return self.layers[-1]

    def to_dict(self) -> dict[str, Any]:
        """Return the ends and what the first and the last layer give there, as JSON holds them."""
        return {
            "low": None if self.low is None else format_fraction(self.low),
            "high": None if self.high is None else format_fraction(self.high),
            "hidden": list(map(format_fraction, self.layers[0])),
            "outputs": list(map(format_fraction, self.outputs)),
        }


def evaluate_exactly(network: Network, x: Fraction) -> tuple[tuple[Fraction, ...], ...]:
    """Compute every unit of a step network of one input without rounding.

    Examples
    --------
    >>> from gradatim.network.graph import Layer
    >>> evaluate_exactly(Network([Layer([[1.0]], [-0.1], "step")]), Fraction(1, 10))
    ((Fraction(1, 1),),)
    """
    if network.n_inputs != 1:
        raise SpecError(f"a line is one input; this network reads {network.n_inputs}")
    values: tuple[Fraction, ...] = (x,)
    layers = []
    for layer in network.layers:
        values = tuple(_activate(unit, values) for unit in layer.exact_units)
        layers.append(values)
    return tuple(layers)


def _activate(unit: ExactUnit, values: Sequence[Fraction]) -> Fraction:
    if unit.activation not in JUMPING and unit.activation != "identity":
        raise SpecError(
            f"a unit with {unit.activation} is not constant between two points; use step or sign "
            "units"
        )
    return PIECEWISE[unit.activation](unit.pre_activation(values))


def cut_line(network: Network) -> tuple[Piece, ...]:
    """Cut the line into the pieces on which a step network of one input is constant.

    Examples
    --------
    >>> from gradatim.network.graph import Layer
    >>> pieces = cut_line(Network([Layer([[-1.0]], [50.0], "sign")]))
    >>> [int(piece.outputs[0]) for piece in pieces]
    [1, 0, -1]
    """
    first = network.layers[0].exact_units
    if any(unit.activation not in JUMPING for unit in first):
        raise SpecError("the first layer must consist of step or sign units to cut the line")
    changes = sorted({-unit.bias / w for unit in first for w in unit.weights.values() if w})
    if not changes:
        return (Piece(None, None, evaluate_exactly(network, Fraction(0))),)
    pieces = [_piece(network, None, changes[0])]
    for low, high in pairwise(changes):
        pieces += [_piece(network, low, low), _piece(network, low, high)]
    pieces += [_piece(network, changes[-1], changes[-1]), _piece(network, changes[-1], None)]
    return tuple(pieces)


def locate(pieces: Sequence[Piece], x: Fraction) -> int:
    """Find the piece in which a point lies.

    Examples
    --------
    >>> from gradatim.network.graph import Layer
    >>> pieces = cut_line(Network([Layer([[-1.0]], [50.0], "sign")]))
    >>> [locate(pieces, Fraction(x)) for x in (49, 50, 51)]
    [0, 1, 2]
    """
    # Every second piece is a point of change.
    index = bisect_left(pieces[1::2], x, key=_low)
    return 2 * index + (index < len(pieces) // 2 and _low(pieces[2 * index + 1]) == x)


def _low(piece: Piece) -> Fraction:
    assert piece.low is not None
    return piece.low


def _piece(network: Network, low: Fraction | None, high: Fraction | None) -> Piece:
    if low is None or high is None:
        inside = high - 1 if high is not None else (low or Fraction(0)) + 1
    else:
        inside = (low + high) / 2
    return Piece(low, high, evaluate_exactly(network, inside))
