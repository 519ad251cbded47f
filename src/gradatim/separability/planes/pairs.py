r"""Pairs of rows whose differences combine to the shortest one between two hulls, in floats.

Conventions: a pair is a row of the positive and one of the negative class; a combination of pairs
is a point of either hull. A quadratic program guesses rows (`gradatim.separability.planes.hulls`);
from there Wolfe's search [1]_ holds pairs of independent differences with the shortest combination
of them, and adds a pair that makes it shorter, until none does.

References
----------
.. [1] P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming, vol. 11,
   pp. 128-149, 1976.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.separability.planes.extremes import extremes
from gradatim.separability.planes.hulls import nearest_rows
from gradatim.separability.planes.rows import ExactRows

__all__ = ["Pair", "nearest_pairs"]

Pair = tuple[int, int]

# Multiplications of the search in floats, about; beyond, the bounds are as wide as they are.
_MOST_FLOAT_WORK = 3e11
# Rows that are solved for together: nearest to a plane, of both classes.
_ROWS_A_COLUMN = 4
_FEWEST_ROWS = 100
# Vectors from which on quick products replace orthogonal factors.
_MANY = 64
# What fewer rows may move the difference by, of entries of about 1.
_LOST = 1e-12


def nearest_pairs(
    rows: ExactRows, signs: np.ndarray, ratios: np.ndarray, plane: Sequence[int]
) -> tuple[list[Pair], np.ndarray]:
    """Find the pairs of the shortest difference, as well as floats can.

    `signs` (n_samples,); `ratios` (n_columns,).
    """
    pairs, weights = _guessed(rows, signs, ratios, plane)
    return _search(rows.about, ratios, signs, pairs, weights)


def _guessed(
    rows: ExactRows, signs: np.ndarray, ratios: np.ndarray, plane: Sequence[int]
) -> tuple[list[Pair], np.ndarray]:
    """Guess pairs and weights, from the rows that are nearest to a plane."""
    scores = signs * rows.scores(plane)[0]
    at_first = max(_ROWS_A_COLUMN * rows.size, _FEWEST_ROWS) // 2
    near = [
        own[np.argsort(scores[own], kind="stable")[:at_first]]
        for own in (np.flatnonzero(signs > 0), np.flatnonzero(signs < 0))
    ]
    index, weights = nearest_rows(rows.about, signs, ratios, np.concatenate(near))
    if not len(index):
        return [extremes(rows, signs, plane)], np.ones(1)
    return _paired(*_fewest(rows.about, ratios, signs, index, weights), signs)


def _fewest(
    rows: np.ndarray, ratios: np.ndarray, signs: np.ndarray, index: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Leave out rows that the same difference of two points needs not.

    An interior point has a weight on every row of the nearest faces; on a lattice, or with equal
    rows, these are many more than are independent.
    """
    from scipy.optimize import nnls

    own = signs[index]
    vectors = np.vstack([(own[:, None] * rows[index] * ratios).T, own > 0, own < 0])
    if len(index) <= len(vectors) and np.linalg.matrix_rank(vectors) == len(index):
        return index, weights
    try:
        few, left = nnls(vectors, vectors @ weights, maxiter=30 * len(index))
    except RuntimeError:
        return index, weights
    sums = np.where(own > 0, few[own > 0].sum(), few[own < 0].sum())
    if left > _LOST or not sums.all():
        return index, weights
    kept = few > 0
    return index[kept], (few / sums)[kept]


def _paired(
    index: np.ndarray, weights: np.ndarray, signs: np.ndarray
) -> tuple[list[Pair], np.ndarray]:
    """Share the weights of rows of either class out over pairs, as few as can be."""
    sides = [np.flatnonzero(signs[index] == sign) for sign in (1, -1)]
    ends = [np.cumsum(weights[side]) for side in sides]
    cuts = np.unique(np.concatenate([np.zeros(1), *ends, np.ones(1)]).clip(0.0, 1.0))
    middles = (cuts[:-1] + cuts[1:]) / 2
    first, second = (
        index[side[np.minimum(np.searchsorted(end, middles), len(side) - 1)]]
        for side, end in zip(sides, ends, strict=True)
    )
    total: dict[Pair, float] = {}
    for pair, weight in zip(
        zip(first.tolist(), second.tolist(), strict=True), np.diff(cuts), strict=True
    ):
        total[pair] = total.get(pair, 0.0) + float(weight)
    return list(total), np.array(list(total.values()))


def _search(
    rows: np.ndarray, ratios: np.ndarray, signs: np.ndarray, pairs: list[Pair], weights: np.ndarray
) -> tuple[list[Pair], np.ndarray]:
    positive, negative = np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)
    shortest, work = np.inf, 0.0
    while work < _MOST_FLOAT_WORK:
        work += len(pairs) ** 2 * (len(pairs) + rows.shape[1]) + rows.size
        pairs, weights, normal = _shorten(rows, ratios, pairs, weights)
        scores = rows @ (ratios * normal)
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


def _shorten(
    rows: np.ndarray, ratios: np.ndarray, pairs: list[Pair], weights: np.ndarray
) -> tuple[list[Pair], np.ndarray, np.ndarray]:
    while True:
        first, second = np.array(pairs).T
        differences = (rows[first] - rows[second]) * ratios
        best = _affine_minimum(differences)
        if (best > 1e-14).all():
            return pairs, best, best @ differences
        falling = ~(best > 1e-14)
        steps = weights[falling] / np.maximum(weights[falling] - best[falling], 1e-300)
        step = min(float(steps.min()), 1.0)
        weights = np.maximum(weights + step * (best - weights), 0.0)
        weights[np.flatnonzero(falling)[steps.argmin()]] = 0.0
        kept = weights > 0
        pairs = [pair for pair, stays in zip(pairs, kept, strict=True) if stays]
        weights = weights[kept] / weights[kept].sum()


def _affine_minimum(vectors: np.ndarray) -> np.ndarray:
    """Return weights of sum 1 of the shortest vector in the affine hull."""
    base, moved = vectors[0], vectors[1:] - vectors[0]
    found = _by_products(moved, base) if len(moved) > _MANY else None
    if found is None:
        # Orthogonal factors see the vectors themselves; products lose half of the digits.
        found = np.linalg.lstsq(moved.T, -base, rcond=1e-14)[0]
    return np.concatenate([[1.0 - found.sum()], found])


def _by_products(moved: np.ndarray, base: np.ndarray) -> np.ndarray | None:
    """Solve by products of the vectors; None where these are dependent, as on a lattice."""
    gram = moved @ moved.T
    gram[np.diag_indices_from(gram)] *= 1 + 1e-13
    try:
        return np.linalg.solve(gram, -moved @ base)
    except np.linalg.LinAlgError:
        return None
