"""Step networks of one input, exactly: the line cut into pieces on which nothing changes.

Conventions: numbers are `fractions.Fraction`, so there is no rounding; weights are those that were
typed, see `gradatim.network.graph.Layer.exact_units`. ``heaviside(0) = 1`` and ``sign(0) = 0``. A
unit of the first layer changes its activation at one point only, so a network whose first layer
has n units is constant on at most 2 n + 1 pieces: the points of change and the open intervals
between them. One evaluation proves a whole piece. Of two layers the outputs follow from those of
the piece before by what changed, so that thousands of units take no longer than they must.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from gradatim.certificates.sweep import JUMPING
from gradatim.errors import SpecError
from gradatim.network.exact import PIECEWISE
from gradatim.network.graph import ExactUnit, Network
from gradatim.network.numbers import by_size, format_fraction

__all__ = ["MOST_HIDDEN", "Piece", "cut_line", "evaluate_exactly", "locate", "locate_all"]


#: Units of the first layer up to which each of them is told on each piece.
MOST_HIDDEN = 100


@dataclass(frozen=True)
class Piece:
    """A point, or an open interval, on which every unit of a network is constant."""

    low: Fraction | None  # Ends; equal for a point, None where the piece has no end
    high: Fraction | None
    outputs: tuple[Fraction, ...]  # Activations of the last layer
    network: Network = field(repr=False)

    @cached_property
    def layers(self) -> tuple[tuple[Fraction, ...], ...]:
        """Activations of every unit, layer by layer; the last are the outputs."""
        return evaluate_exactly(self.network, _inside(self.low, self.high))

    @property
    def is_point(self) -> bool:
        """Whether the piece is a single point."""
        return self.low is not None and self.low == self.high

    def to_dict(self) -> dict[str, Any]:
        """Return the ends and what the first and the last layer give there, as JSON holds them.

        The first layer is left out where it is long, since it is so on every piece.
        """
        few = self.network.layers[0].n_out <= MOST_HIDDEN
        return {
            "low": None if self.low is None else format_fraction(self.low),
            "high": None if self.high is None else format_fraction(self.high),
            "hidden": list(map(format_fraction, self.layers[0])) if few else None,
            "outputs": list(map(format_fraction, self.outputs)),
        }


def evaluate_exactly(network: Network, x: Fraction) -> tuple[tuple[Fraction, ...], ...]:
    """Compute every unit of a step network of one input without rounding."""
    if network.n_inputs != 1:
        raise SpecError(f"a line is one input; this network reads {network.n_inputs}")
    values: tuple[Fraction, ...] = (x,)
    layers = []
    for layer in network.layers:
        values = tuple(_activate(unit, values) for unit in layer.exact_units)
        layers.append(values)
    return tuple(layers)


def _activate(unit: ExactUnit, values: Sequence[Fraction]) -> Fraction:
    return _run(unit.activation)(unit.pre_activation(values))


def _run(activation: str) -> Callable[[Fraction], Fraction]:
    if activation not in JUMPING and activation != "identity":
        raise SpecError(
            f"a unit with {activation} is not constant between two points; use step or sign units"
        )
    return PIECEWISE[activation]


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
    changing = _changing(first)
    changes = sorted(changing, key=by_size)
    ends: list[tuple[Fraction | None, Fraction | None]] = [(None, changes[0] if changes else None)]
    for low, high in pairwise([*changes, None]):
        ends += [(low, low), (low, high)]
    if network.depth == 2:
        outputs = _outputs_in_turn(network, changes, changing)
    else:
        outputs = (evaluate_exactly(network, _inside(*pair))[-1] for pair in ends)
    return tuple(Piece(*pair, out, network) for pair, out in zip(ends, outputs, strict=True))


def _changing(units: Sequence[ExactUnit]) -> dict[Fraction, list[tuple[int, Fraction]]]:
    """Return which units change at each point of change, and with which weight."""
    changing = defaultdict(list)
    for j, unit in enumerate(units):
        for w in filter(None, unit.weights.values()):
            # Nearly all weights are 1 or -1, and dividing fractions takes its time.
            change = unit.bias if w == -1 else -unit.bias if w == 1 else -unit.bias / w
            changing[change].append((j, w))
    return changing


def _outputs_in_turn(
    network: Network,
    changes: Sequence[Fraction],
    changing: Mapping[Fraction, Sequence[tuple[int, Fraction]]],
) -> Iterator[tuple[Fraction, ...]]:
    """Yield the outputs of two layers on every piece, from left to right."""
    first, last = (layer.exact_units for layer in network.layers)
    read_by = defaultdict(list)
    for k, unit in enumerate(last):
        for j, weight in unit.weights.items():
            read_by[j].append((k, _lean(weight)))
    left = [_leftmost(unit) for unit in first]
    values = list(map(_lean, left))
    sums = [_lean(unit.pre_activation(left)) for unit in last]
    runs = [_run(unit.activation) for unit in last]
    known: dict[tuple[Fraction | int, ...], tuple[Fraction, ...]] = {}

    def outputs() -> tuple[Fraction, ...]:
        # Few different sums are met again and again.
        key = tuple(sums)
        if key not in known:
            known[key] = tuple(run(Fraction(z)) for run, z in zip(runs, sums, strict=True))
        return known[key]

    yield outputs()
    for change in changes:
        # On the point of change a unit reads 0, beyond it a number of its weight's sign.
        units = changing[change]
        for side in (0, 1):
            for j, w in units:
                value = _jump(first[j].activation, w > 0 if side else None)
                for k, weight in read_by[j]:
                    sums[k] += weight * (value - values[j])
                values[j] = value
            yield outputs()


def _leftmost(unit: ExactUnit) -> Fraction:
    """Return what a unit of the first layer gives left of all points of change."""
    [w] = unit.weights.values() or [Fraction(0)]
    return _run(unit.activation)(-w or unit.bias)


@cache
def _jump(activation: str, positive: bool | None) -> Fraction | int:
    """Return what a unit gives for a number of some sign, or for 0."""
    return _lean(_run(activation)(Fraction(0 if positive is None else 1 if positive else -1)))


def _lean(value: Fraction) -> Fraction | int:
    """Return a whole number as one, with which Python computes ten times as fast."""
    return value.numerator if value.denominator == 1 else value


def locate(pieces: Sequence[Piece], x: Fraction) -> int:
    """Find the piece in which a point lies."""
    # Every second piece is a point of change.
    index = bisect_left(range(len(pieces) // 2), x, key=lambda i: _low(pieces[2 * i + 1]))
    return 2 * index + (index < len(pieces) // 2 and _low(pieces[2 * index + 1]) == x)


def locate_all(pieces: Sequence[Piece], points: Sequence[Fraction]) -> list[int]:
    """Find the piece of each of many ascending points."""
    # Every second piece is a point of change, and begins where the interval after it does.
    changes = [by_size(_low(piece)) for piece in pieces[1::2]]
    places, index = [], 0
    for x in map(by_size, points):
        while index < len(changes) and changes[index] < x:
            index += 1
        places.append(2 * index + (index < len(changes) and changes[index] == x))
    return places


def _low(piece: Piece) -> Fraction:
    assert piece.low is not None
    return piece.low


def _inside(low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return a number of a piece."""
    if low is None or high is None:
        return high - 1 if high is not None else (low or Fraction(0)) + 1
    return (low + high) / 2
