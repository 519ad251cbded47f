r"""Linear pieces of a network along a line, counted exactly.

Conventions: a network of ReLU, leaky ReLU, identity, step and sign units is affine on each of
finitely many intervals of a line, the *pieces*; they are as long as they can be, so neighbors
differ in slope, or jump. Numbers are `fractions.Fraction` and weights those that were typed (see
`gradatim.network.graph.Layer.exact_units`), so there is no rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gradatim.certificates.rationals import from_flint, to_flint
from gradatim.certificates.sweep import RationalLayer, Swept, sweep
from gradatim.errors import ShapeError, SpecError
from gradatim.network.exact import PIECEWISE
from gradatim.network.expression import UnitSum, WeightedSum
from gradatim.network.graph import Network
from gradatim.network.layering import make_layer
from gradatim.network.numbers import to_fraction

__all__ = ["LinearPiece", "along", "count_pieces", "linear_pieces"]

Number = int | float | str | Fraction
Point = Number | Sequence[Number]


@dataclass(frozen=True)
class LinearPiece:
    """An interval on which every output of a network is :math:`m x + c`."""

    # Ends; equal for a point at which a step differs from both sides, None where the piece has no
    # end
    low: Fraction | None
    high: Fraction | None  # Likewise
    slopes: tuple[Fraction, ...]  # m and c of each output
    intercepts: tuple[Fraction, ...]  # Likewise
    # Whether the ends belong to it, as they always do where nothing jumps
    closed: tuple[bool, bool] = (True, True)

    @property
    def is_point(self) -> bool:
        """Whether the piece is a single point."""
        return self.low is not None and self.low == self.high

    def holds(self, x: Fraction) -> bool:
        """Say whether a point lies inside, or is an end that belongs to the piece."""
        above = self.low is None or x > self.low or (x == self.low and self.closed[0])
        return above and (self.high is None or x < self.high or (x == self.high and self.closed[1]))

    def at(self, x: Fraction) -> tuple[Fraction, ...]:
        """Return the outputs that the piece's affine maps have at a point."""
        return tuple(m * x + c for m, c in zip(self.slopes, self.intercepts, strict=True))


def linear_pieces(
    network: Network, on: tuple[Point | None, Point | None] = (None, None)
) -> tuple[LinearPiece, ...]:
    r"""Cut a line into the pieces on which a network is affine.

    Units are ReLU, leaky ReLU, identity, step or sign. `on` is a closed interval; an end that is
    None is left open. For a network of several inputs it is two points of shape (n_inputs,), and
    the pieces are those of :math:`t \mapsto f(a + t (b - a))` on [0, 1]. A point between two pieces
    belongs to the one whose outputs it has; if it has those of neither, it is a piece of its own.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> tent = parse("2 relu(x) - 4 relu(x - 1/2)")
    >>> [(str(piece.low), str(piece.slopes[0])) for piece in linear_pieces(tent, on=(0, 1))]
    [('0', '2'), ('1/2', '-2')]
    >>> len(linear_pieces(tent))
    3
    """
    return tuple(
        LinearPiece(
            None if low is None else from_flint(low),
            None if high is None else from_flint(high),
            tuple(map(from_flint, slopes)),
            tuple(map(from_flint, intercepts)),
            closed,
        )
        for low, high, (slopes, intercepts), closed in _pieces(network, on)
    )


def count_pieces(network: Network, on: tuple[Point | None, Point | None] = (None, None)) -> int:
    """Count the pieces on which a network is affine along a line.

    Units and `on` are as in `linear_pieces`.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> count_pieces(parse("relu(x) - relu(x - 1) + relu(2x - 2) / 2"))
    2
    """
    return sum(1 for _ in _pieces(network, on))


def along(network: Network, start: Sequence[Number], end: Sequence[Number]) -> Network:
    r"""Restrict a network to the line through two points.

    Its input is t: the first layer's weights become :math:`w \cdot (end - start)`, its biases
    :math:`w \cdot start + w_0`, exactly.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> print(along(parse("relu(x1 - 2x2 + 3)"), (0, 0), (1, 1)))
    t -> relu(-t + 3)
    """
    a, b = (tuple(map(to_fraction, point)) for point in (start, end))
    if not len(a) == len(b) == network.n_inputs:
        raise ShapeError(
            f"the network reads {network.n_inputs} inputs, but the points have {len(a)} and "
            f"{len(b)} numbers"
        )
    way = [q - p for p, q in zip(a, b, strict=True)]
    units = [
        UnitSum(
            unit.activation,
            WeightedSum(
                {"t": sum((w * way[j] for j, w in unit.weights.items()), start=Fraction(0))},
                unit.pre_activation(a),
            ),
        )
        for unit in network.layers[0].exact_units
    ]
    return Network([make_layer(units, ["t"]), *network.layers[1:]], ["t"], network.output_names)


def _pieces(network: Network, on: tuple[Point | None, Point | None]) -> Iterator[Swept]:
    network, *ends = _line(network, on)
    low, high = (None if end is None else to_flint(end) for end in ends)
    return sweep([RationalLayer(layer) for layer in network.layers], low, high)


def _line(
    network: Network, on: tuple[Point | None, Point | None]
) -> tuple[Network, Fraction | None, Fraction | None]:
    """Return a network of one input and the ends of the interval."""
    names = {name for layer in network.layers for name in layer.activations}
    for name in sorted(names - set(PIECEWISE)):
        raise SpecError(
            f"a unit with {name} is not piecewise linear; use relu, leaky_relu, step, sign or "
            "identity units"
        )
    a, b = on
    if np.ndim(a) and np.ndim(b):  # pyright: ignore
        return along(network, a, b), Fraction(0), Fraction(1)  # pyright: ignore
    if network.n_inputs != 1:
        raise SpecError(
            f"a line is one input; this network reads {network.n_inputs}, so give two points of "
            "as many numbers"
        )
    low, high = (None if end is None else to_fraction(end) for end in (a, b))
    if low is not None and high is not None and not low < high:
        raise SpecError(f"an interval cannot go from {a} to {b}; give the smaller number first")
    return network, low, high
