r"""The separating plane of the widest margin: half way between the nearest points of two hulls.

Conventions: distances are in the units of the table. The nearest points are combinations of rows,
:math:`p = \sum \lambda_i x_i` of the positive class and q of the negative; the plane has the normal
p - q, and its margin is :math:`\lVert p - q \rVert / 2`. Floats find the rows, by Wolfe's search
[1]_ over differences of two rows; fractions then solve for the weights and go on with the search if
a row is wrong, so that the plane is the widest one exactly. Where that is too much work, the margin
of the plane is a lower bound and :math:`\lVert p - q \rVert / 2` an upper one, both rigorous.

References
----------
.. [1] P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming, vol. 11,
   pp. 128-149, 1976.
.. [2] K. P. Bennett and E. J. Bredensteiner, "Duality and geometry in SVM classifiers", Proceedings
   of the 17th International Conference on Machine Learning, pp. 57-64, 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt, lcm, nextafter

import numpy as np
from flint import fmpz_mat

from gradatim.theory.separation.extremes import extremes
from gradatim.theory.separation.gordan import affine_minimum, step_towards
from gradatim.theory.separation.rows import Rows

__all__ = ["Widest", "widest"]

Pair = tuple[int, int]

# Multiplications of the search in floats, about; beyond, the bounds are as wide as they are.
_MOST_FLOAT_WORK = 3e11
# Vectors from which on quick products replace orthogonal factors.
_MANY = 64
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
        Normal, a weight a column; scaled so that the nearest rows have the score -1 or +1.
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
        """Distance from the plane to the nearest row, rounded."""
        return _root(self.squares[0], up=None)


def widest(rows: Rows, signs: np.ndarray, plane: Sequence[int]) -> Widest:
    """Find the separating plane of the widest margin.

    Parameters
    ----------
    rows : Rows
        The table.
    signs : array of shape (n_samples,)
        -1 or +1.
    plane : sequence of int
        Some separating plane in even coordinates.

    Returns
    -------
    Widest
        The plane, exact or with bounds.
    """
    metric = rows.metric()
    start = extremes(rows, signs, plane)
    pairs, weights = _search_in_floats(rows.about * metric.ratios, signs, start)
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


def _search_in_floats(
    rows: np.ndarray, signs: np.ndarray, start: Pair
) -> tuple[list[Pair], np.ndarray]:
    pairs, weights = [start], np.ones(1)
    positive, negative = np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)
    shortest, work = np.inf, 0.0
    while work < _MOST_FLOAT_WORK:
        work += len(pairs) ** 2 * (len(pairs) + rows.shape[1]) + rows.size
        pairs, weights, normal = _shorten_in_floats(rows, pairs, weights)
        scores = rows @ normal
        enters = (
            int(positive[scores[positive].argmin()]),
            int(negative[scores[negative].argmax()]),
        )
        gap, square = scores[enters[0]] - scores[enters[1]], normal @ normal
        # In exact arithmetic every step is shorter than the last; in floats that ends somewhere.
        if enters in pairs or gap >= square * (1 - 1e-13) or square >= shortest * (1 - 1e-14):
            break
        shortest = square
        pairs, weights = [*pairs, enters], np.append(weights, 0.0)
    return pairs, weights


def _shorten_in_floats(
    rows: np.ndarray, pairs: list[Pair], weights: np.ndarray
) -> tuple[list[Pair], np.ndarray, np.ndarray]:
    while True:
        first, second = np.array(pairs).T
        differences = rows[first] - rows[second]
        best = _affine_in_floats(differences)
        if (best > 1e-14).all():
            return pairs, best, best @ differences
        falling = best <= 1e-14
        ratios = weights[falling] / np.maximum(weights[falling] - best[falling], 1e-300)
        step = min(float(ratios.min()), 1.0)
        weights = np.maximum(weights + step * (best - weights), 0.0)
        weights[np.flatnonzero(falling)[ratios.argmin()]] = 0.0
        kept = weights > 0
        pairs = [pair for pair, stays in zip(pairs, kept, strict=True) if stays]
        weights = weights[kept] / weights[kept].sum()


def _affine_in_floats(vectors: np.ndarray) -> np.ndarray:
    """Return weights of sum 1 of the shortest vector in the affine hull."""
    base, moved = vectors[0], vectors[1:] - vectors[0]
    if len(moved) > _MANY:
        gram = moved @ moved.T
        gram[np.diag_indices_from(gram)] *= 1 + 1e-13
        found = np.linalg.solve(gram, -moved @ base)
    else:
        # Orthogonal factors see the vectors themselves; products lose half of the digits.
        found = np.linalg.lstsq(moved.T, -base, rcond=1e-14)[0]
    return np.concatenate([[1.0 - found.sum()], found])


def _shorten(
    rows: Rows, pairs: list[Pair], point: list[Fraction]
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
    rows: Rows, pairs: list[Pair], point: list[Fraction]
) -> tuple[list[Pair], list[Fraction]]:
    """Drop the last pair: floats have let one too many in."""
    kept = sum(point[:-1])
    return pairs[:-1], [weight / kept for weight in point[:-1]]


def _differences(rows: Rows, pairs: Sequence[Pair]) -> fmpz_mat:
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


def _all_columns(rows: Rows, normal: Sequence[Fraction]) -> list[Fraction]:
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


def _measure(rows: Rows, signs: np.ndarray, weights: Sequence[Fraction]) -> _Measured:
    """Measure a direction, which need not separate: its margin is then 0."""
    nearest = extremes(rows, signs, rows.even_plane(weights, Fraction(0)))
    near, far = (
        sum((w * x for w, x in zip(weights, rows.exact(i), strict=True) if w), start=Fraction(0))
        for i in nearest
    )
    if near <= far:
        return _Measured(tuple(weights), -(near + far) / 2, Fraction(0), nearest)
    factor = 2 / (near - far)
    scaled = tuple(weight * factor for weight in weights)
    # The rows have the scores -1 and +1, so that the margin is one over the normal's length.
    square = 1 / sum((weight * weight for weight in scaled), start=Fraction(0))
    return _Measured(scaled, -(near + far) / 2 * factor, square, nearest)


def _root(square: Fraction, up: bool | None) -> float:
    """Return a square root, rounded to the nearest, down or up."""
    if not square:
        return 0.0
    # Twice 64 bits beyond the point, counted from the first digit that is not 0.
    digits = square.denominator.bit_length() - square.numerator.bit_length() + 160
    digits += digits % 2
    scaled = isqrt(int(square * Fraction(2) ** digits))
    value = float(Fraction(scaled) / Fraction(2) ** (digits // 2))
    if up is None:
        return value
    return nextafter(value, float("inf") if up else 0.0)
