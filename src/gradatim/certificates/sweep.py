"""A network swept along a line: cut into the intervals on which it is affine.

Conventions: rationals are python-flint's, which are ten times as quick as Python's fractions and
loaded when first used. A unit whose pre-activation is affine on an interval changes at one point of
it at most, its root. So an interval is cut at the roots of the first layer, each part at the roots
of the second, and so on; from one part to the next only the units whose root lies between them
change, and only their share in the next layer is computed again. Ends are None where the line has
none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from gradatim.certificates.rationals import to_flint
from gradatim.network.exact import PIECEWISE
from gradatim.network.graph import Layer

# Slopes and constants of units; an interval with those of the outputs.
_Maps = tuple[list[Any], list[Any]]
_Cell = tuple[Any, Any, _Maps]

#: What `sweep` yields.
Swept = tuple[Any, Any, _Maps, tuple[bool, bool]]

#: Activations that are constant but for a jump.
JUMPING = ("heaviside", "sign")


class RationalLayer:
    """A layer in python-flint's rationals, its edges sorted by what they read."""

    def __init__(self, layer: Layer) -> None:
        units = layer.exact_units
        self.bias = [to_flint(unit.bias) for unit in units]
        self.activations = layer.activations
        self.edges: list[list[tuple[int, Any]]] = [[] for _ in range(layer.n_in)]
        for i, unit in enumerate(units):
            for j, weight in unit.weights.items():
                if weight:
                    self.edges[j].append((i, to_flint(weight)))
        self.zero, self.one = to_flint(Fraction(0)), to_flint(Fraction(1))
        self._leak = to_flint(-PIECEWISE["leaky_relu"](Fraction(-1)))

    @property
    def jumps(self) -> bool:
        """Whether a unit is not continuous."""
        return any(name in JUMPING for name in self.activations)

    def sums(self, slopes: Sequence[Any], constants: Sequence[Any]) -> _Maps:
        """Return the pre-activations of inputs that are affine."""
        z, z0 = [self.zero] * len(self.bias), list(self.bias)
        for edges, slope, constant in zip(self.edges, slopes, constants, strict=True):
            if slope or constant:
                _add(z, z0, edges, slope, constant)
        return z, z0

    def factor(self, i: int, sign: int) -> tuple[Any, Any]:
        """Return what a unit multiplies its pre-activation by, and adds, where that has a sign."""
        name = self.activations[i]
        if name == "heaviside":
            return self.zero, self.one if sign >= 0 else self.zero
        if name == "sign":
            return self.zero, self.one * sign
        if sign > 0 or name == "identity":
            return self.one, self.zero
        return (self._leak if name == "leaky_relu" else self.zero), self.zero


def sweep(layers: Sequence[RationalLayer], low: Any, high: Any) -> Iterator[Swept]:
    """Yield the longest intervals on which a network is affine, from left to right."""
    first = layers[0]
    cells = _cut(layers, 0, low, high, first.sums([first.one], [first.zero]))
    jumps = any(layer.jumps for layer in layers)

    def holds(x: Any, *maps: _Maps) -> list[bool]:
        """Say of each map whether it gives the value at a point; only jumps raise doubts."""
        if not jumps or x is None:
            return [True] * len(maps)
        value = _value(layers, x)
        return [_at(one, x) == value for one in maps]

    def alone(x: Any) -> Swept:
        value = _value(layers, x)
        return x, x, ([layers[0].zero] * len(value), value), (True, True)

    start, until, maps = next(cells)
    [closed] = holds(start, maps)
    if not closed:
        yield alone(start)
    for left, right, new in cells:
        before, after = holds(left, maps, new)
        if not before or new != maps:
            yield start, left, maps, (closed, before)
            if not before and not after:
                yield alone(left)
            start, maps, closed = left, new, after
        until = right
    [last] = holds(until, maps)
    yield start, until, maps, (closed, last)
    if not last:
        yield alone(until)


def _add(
    z: list[Any], z0: list[Any], edges: Sequence[tuple[int, Any]], slope: Any, constant: Any
) -> None:
    for i, weight in edges:
        z[i] += weight * slope
        z0[i] += weight * constant


def _cut(
    layers: Sequence[RationalLayer], depth: int, low: Any, high: Any, sums: _Maps
) -> Iterator[_Cell]:
    """Cut an interval at the roots of one layer, each part at those of the next, and so on."""
    layer, (z, z0) = layers[depth], sums
    roots = _roots(layer, z, z0, low, high)
    ends = [low, *sorted(roots), high]
    inside = _between(ends[0], ends[1], layer.one)
    a, a0 = [], []
    for i, (slope, constant) in enumerate(zip(z, z0, strict=True)):
        value = slope * inside + constant
        m, c = layer.factor(i, (value > 0) - (value < 0))
        a.append(m * slope)
        a0.append(m * constant + c)
    last = depth + 1 == len(layers)
    above = (a, a0) if last else layers[depth + 1].sums(a, a0)
    for left, right in pairwise(ends):
        if last:
            yield left, right, (list(a), list(a0))
        else:
            yield from _cut(layers, depth + 1, left, right, above)
        # Behind its root a rising unit is positive, a falling one negative.
        for i in roots.get(right, ()):
            m, c = layer.factor(i, 1 if z[i] > 0 else -1)
            new, new0 = m * z[i], m * z0[i] + c
            if not last:
                _add(*above, layers[depth + 1].edges[i], new - a[i], new0 - a0[i])
            a[i], a0[i] = new, new0


def _roots(
    layer: RationalLayer, z: Sequence[Any], z0: Sequence[Any], low: Any, high: Any
) -> dict[Any, list[int]]:
    """Return where units change inside an open interval."""
    found: dict[Any, list[int]] = {}
    for i, (slope, constant) in enumerate(zip(z, z0, strict=True)):
        if slope and layer.activations[i] != "identity":
            root = -constant / slope
            if (low is None or low < root) and (high is None or root < high):
                found.setdefault(root, []).append(i)
    return found


def _between(low: Any, high: Any, one: Any) -> Any:
    if low is None or high is None:
        return high - one if high is not None else one if low is None else low + one
    return (low + high) / 2


def _at(maps: _Maps, x: Any) -> list[Any]:
    return [slope * x + constant for slope, constant in zip(*maps, strict=True)]


def _value(layers: Sequence[RationalLayer], x: Any) -> list[Any]:
    """Evaluate a network at a point."""
    values = [x]
    for layer in layers:
        _, z = layer.sums([layer.zero] * len(values), values)
        factors = (layer.factor(i, (v > 0) - (v < 0)) for i, v in enumerate(z))
        values = [m * v + c for (m, c), v in zip(factors, z, strict=True)]
    return values
