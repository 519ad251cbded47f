r"""The separating plane of the widest margin: half way between the nearest points of two hulls.

Conventions: distances are in the units of the table. The nearest points are combinations of rows,
:math:`p = \sum \lambda_i x_i` of the positive class and q of the negative; the plane has the normal
p - q, and its margin is :math:`\lVert p - q \rVert / 2`. Floats find pairs of rows
(`gradatim.separability.planes.pairs`); fractions then solve for their weights and go on with the
search if a row is wrong, so that the plane is the widest one exactly. Where that is too much work,
the margin of the plane is a lower bound and :math:`\lVert p - q \rVert / 2` an upper one, both
rigorous.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf, isqrt, lcm, nextafter

import numpy as np
from flint import fmpz_mat

from gradatim.separability.planes.extremes import extremes
from gradatim.separability.planes.gordan import affine_minimum, step_towards
from gradatim.separability.planes.pairs import Pair, nearest_pairs
from gradatim.separability.planes.rows import ExactRows

_MOST_EXACT_STEPS = 400
# Pairs up to which the weights are solved for in fractions, and steps times their cube: about 20 s.
_MOST_PAIRS = 160
_MOST_WORK = 5e6


@dataclass(frozen=True)
class Widest:
    """The plane of the widest margin, or nearly.

    Parameters
    ----------
    weights : tuple of fractions.Fraction
        Normal, one weight per column; scaled so that the nearest rows have the score -1 or +1.
    bias : fractions.Fraction
        w0.
    support : tuple of int
        Rows whose combinations are the nearest points.
    squares : (fractions.Fraction, fractions.Fraction)
        Squared margin of the plane, and a square that no plane's margin exceeds.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    support: tuple[int, ...]
    squares: tuple[Fraction, Fraction]

    @property
    def is_exact(self) -> bool:
        """Whether the plane is proved to be the widest one, without any rounding."""
        return self.squares[0] == self.squares[1]

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Margin of the plane, rounded down, and the most that any plane has, rounded up."""
        return _root(self.squares[0], up=False), _root(self.squares[1], up=True)

    @property
    def margin(self) -> float:
        """Distance from the plane to the nearest row, rounded; infinite beyond floats."""
        return _root(self.squares[0], up=None)


def widest(rows: ExactRows, signs: np.ndarray, plane: Sequence[int]) -> Widest:
    """Find the separating plane of the widest margin. `signs` (n_samples,)."""
    metric = rows.metric()
    pairs, weights = nearest_pairs(rows, signs, metric.ratios, plane)
    point = [Fraction(weight) for weight in weights]
    total = sum(point)
    point = [weight / total for weight in point]
    best, upper, work = _measure(rows, signs, rows.plane(plane)[0]), None, 0.0
    for _ in range(_MOST_EXACT_STEPS):
        work += (len(pairs) + 4.0) ** 3
        exact = len(pairs) <= _MOST_PAIRS and work <= _MOST_WORK
        if exact:
            pairs, point = _shorten(rows, pairs, point)
        normal = _combine(_differences(rows, pairs), point)
        square = sum(value * value for value in normal) * metric.unit**2 / 4
        upper = square if upper is None else min(upper, square)
        here = _measure(rows, signs, _all_columns(rows, normal))
        best = max(best, here, key=lambda one: one.square)
        if not exact or best.square == upper or here.nearest in pairs:
            break
        pairs, point = [*pairs, here.nearest], [*point, Fraction(0)]
    support = tuple(sorted({i for pair in pairs for i in pair}))
    return Widest(best.weights, best.bias, support, (best.square, upper or best.square))


def _shorten(
    rows: ExactRows, pairs: list[Pair], point: list[Fraction]
) -> tuple[list[Pair], list[Fraction]]:
    """Go to the shortest combination, dropping pairs that would get a negative weight."""
    while True:
        best = affine_minimum(_differences(rows, pairs))
        if best is None:
            pairs, point = _without_dependent(rows, pairs, point)
            continue
        if all(weight > 0 for weight in best):
            return pairs, best
        point = step_towards(point, best)
        kept = [k for k, weight in enumerate(point) if weight > 0]
        pairs, point = [pairs[k] for k in kept], [point[k] for k in kept]


def _without_dependent(
    rows: ExactRows, pairs: list[Pair], point: list[Fraction]
) -> tuple[list[Pair], list[Fraction]]:
    """Drop the last pair: floats have let one too many in."""
    kept = sum(point[:-1])
    return pairs[:-1], [weight / kept for weight in point[:-1]]


def _differences(rows: ExactRows, pairs: Sequence[Pair]) -> fmpz_mat:
    """Return the pairs' differences in whole units of the metric."""
    metric = rows.metric()
    first = fmpz_mat(rows.integers([pair[0] for pair in pairs])).tolist()
    second = rows.integers([pair[1] for pair in pairs])
    return fmpz_mat(
        [
            [(a - b) * f for a, b, f in zip(x, y, metric.factors, strict=True)]
            for x, y in zip(first, second, strict=True)
        ]
    )


def _combine(vectors: fmpz_mat, point: Sequence[Fraction]) -> list[Fraction]:
    scale = lcm(*(weight.denominator for weight in point))
    whole = fmpz_mat([[int(weight * scale) for weight in point]]) * vectors
    return [Fraction(int(value), scale) for value in whole.entries()]


def _all_columns(rows: ExactRows, normal: Sequence[Fraction]) -> list[Fraction]:
    weights = [Fraction(0)] * rows.n_columns
    for j, value in zip(rows.columns, normal, strict=True):
        weights[j] = value
    return weights


@dataclass(frozen=True)
class _Measured:
    """A plane half way between the rows that are nearest to it, and its squared margin."""

    weights: tuple[Fraction, ...]
    bias: Fraction
    square: Fraction
    nearest: Pair


def _measure(rows: ExactRows, signs: np.ndarray, weights: Sequence[Fraction]) -> _Measured:
    """Measure a direction, which need not separate: its margin is then 0."""
    nearest, near, far = _nearest(rows, signs, weights)
    if near <= far:
        return _Measured(tuple(weights), -(near + far) / 2, Fraction(0), nearest)
    factor = 2 / (near - far)
    scaled = tuple(weight * factor for weight in weights)
    # The rows have the scores -1 and +1, so that the margin is one over the normal's length.
    square = 1 / sum((weight * weight for weight in scaled), start=Fraction(0))
    return _Measured(scaled, -(near + far) / 2 * factor, square, nearest)


def _nearest(
    rows: ExactRows, signs: np.ndarray, weights: Sequence[Fraction]
) -> tuple[Pair, Fraction, Fraction]:
    """Find the least product of the positive class and the greatest of the other."""
    pair = extremes(rows, signs, rows.normalized_plane(weights, Fraction(0)))
    near, far = (
        sum((w * x for w, x in zip(weights, rows.exact(i), strict=True) if w), start=Fraction(0))
        for i in pair
    )
    return pair, near, far


def plane_margin(
    rows: ExactRows, signs: np.ndarray, weights: Sequence[Fraction], bias: Fraction
) -> float:
    """Return the distance from a plane to the nearest row, rounded; 0 if it does not separate.

    `signs` (n_samples,).
    """
    _, near, far = _nearest(rows, signs, weights)
    distance = max(min(near + bias, -(far + bias)), Fraction(0))
    length = sum((weight * weight for weight in weights), start=Fraction(0))
    return _root(distance * distance / length, up=None) if length else 0.0


def _root(square: Fraction, up: bool | None) -> float:
    """Return a square root, rounded to the nearest, down or up."""
    if not square:
        return 0.0
    # Twice 64 bits beyond the point, counted from the first digit that is not 0.
    digits = square.denominator.bit_length() - square.numerator.bit_length() + 160
    digits += digits % 2
    scaled = isqrt(int(square * Fraction(2) ** digits))
    try:
        value = float(Fraction(scaled) / Fraction(2) ** (digits // 2))
    except OverflowError:  # of several columns, each as long as floats can be
        value = inf
    if up is None:
        return value
    return nextafter(value, inf if up else 0.0)
