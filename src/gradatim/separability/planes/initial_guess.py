r"""Two programs that guess: which plane separates, or which rows prove that none can.

Conventions: floats, and therefore a guess that others prove. Rows are normalized vectors
(`gradatim.separability.planes.rows`) with a sign of -1 or +1. The nearest points of the two hulls
(`gradatim.separability.planes.hulls`) show a plane; where they seem to be one point, non-negative
least squares [1]_ project the zero vector on the hull of the signed rows, and find it as a
combination of few.

References
----------
.. [1] C. L. Lawson and R. J. Hanson, Solving Least Squares Problems, Prentice-Hall, 1974, ch. 23.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.separability.planes.hulls import nearest_in_hulls

_NOTHING = 1e-9
_ROUNDS = 200
# A weight, as a share of the largest, whose sign floats can be trusted with.
_TOLD_FROM_ZERO = 1e-9


@dataclass(frozen=True)
class Guess:
    """What floats say."""

    plane: np.ndarray | None  # (n_features + 1,): Separates all rows, it seems
    support: np.ndarray  # Rows that lie closest to it, or that prove that there is none
    weights: np.ndarray  # Weight of each of these


@dataclass(frozen=True)
class _Answer:
    """A plane with its least signed score on some rows, and weights of these rows."""

    plane: np.ndarray
    least: float
    weights: np.ndarray

    @property
    def is_plane(self) -> bool:
        """Whether it separates, and not just by what is lost in rounding."""
        return self.least > _NOTHING

    def among(self, index: np.ndarray, n_rows: int) -> _Answer:
        """Return the same with weights of all rows, of which these are some."""
        weights = np.zeros(n_rows)
        weights[index] = self.weights
        return _Answer(self.plane, self.least, weights)


def guess(about: np.ndarray, signs: np.ndarray) -> Guess:
    r"""Look for a plane half way between the nearest points of the two hulls.

    Some rows are solved for; those that the plane found gets wrong join, until none does or the
    hulls of the rows solved for meet. Then the weights of few of them are a convex combination of
    the signed rows that is the zero vector.

    `about` (n_samples, n_features); `signs` (n_samples,).
    """
    n_rows, size = len(about), about.shape[1] + 1
    rng = np.random.default_rng(0)
    at_first = min(n_rows, max(4 * size, 100))
    chosen = _both_classes(rng.permutation(n_rows), signs, at_first)
    for _ in range(_ROUNDS):
        found = _solve(about[chosen], signs[chosen])
        if found is None:
            break
        kept = found.weights > (_TOLD_FROM_ZERO * found.weights.max() if found.is_plane else 0.0)
        if not found.is_plane:
            return Guess(None, chosen[kept], found.weights[kept])
        scores = signs * (about @ found.plane[:-1] + found.plane[-1])
        scores[chosen] = np.inf
        wrong = np.flatnonzero(scores < 0.5 * found.least)
        if not len(wrong) or scores[wrong].min() > 0:
            return Guess(found.plane, chosen[kept], found.weights[kept])
        worst = wrong[np.argsort(scores[wrong], kind="stable")[: max(2 * size, 100)]]
        chosen = np.concatenate([chosen, worst])
    return Guess(None, np.empty(0, dtype=np.intp), np.empty(0))


def _both_classes(order: np.ndarray, signs: np.ndarray, n: int) -> np.ndarray:
    """Take the first n of an order, half of each class where there are enough."""
    positive, negative = order[signs[order] > 0], order[signs[order] < 0]
    n_positive = max(min(len(positive), n // 2), n - len(negative))
    return np.concatenate([positive[:n_positive], negative[: n - n_positive]])


def _solve(rows: np.ndarray, signs: np.ndarray) -> _Answer | None:
    """Ask for the hulls' nearest points, and where they seem to be one for the rows that meet."""
    found = nearest_in_hulls(rows, signs)
    if found is None:
        return _project(rows, signs)
    scores, largest = rows @ found.normal, np.abs(found.normal).max(initial=0.0)
    low, high = scores[signs > 0].min(), scores[signs < 0].max()
    if low - high > 2 * _NOTHING * largest:
        plane = np.append(found.normal, -(low + high) / 2) / largest
        return _Answer(plane, float(low - high) / (2 * largest), found.weights)
    few = found.support
    meeting = _meet(rows[few], signs[few])
    if meeting is not None and not meeting.is_plane:
        return meeting.among(few, len(rows))
    return _project(rows, signs)


def _meet(rows: np.ndarray, signs: np.ndarray) -> _Answer | None:
    """Look for few rows whose hulls meet, without a weight that floats cannot tell from 0.

    Where hulls overlap deeply, the zero vector is come at in ever smaller steps, and the rows that
    join last get ever smaller weights. So rows are left out, by halves, until few enough are left.
    """
    order = np.random.default_rng(0).permutation(len(rows))
    apart, meet, n = 0, len(rows), min(2 * rows.shape[1] + 2, len(rows))
    best, smallest = None, -1.0
    while smallest < _TOLD_FROM_ZERO and (best is None or meet - apart > 1 + len(order) // 64):
        few = _both_classes(order, signs, n)
        found = _project(rows[few], signs[few])
        if found is None or (found.is_plane and n == len(rows)):
            return best
        if found.is_plane:
            apart = n
        else:
            meet, kept = n, found.weights[found.weights > 0]
            share = float(kept.min() / kept.max())
            if share > smallest:
                best, smallest = found.among(few, len(rows)), share
        n = (apart + meet) // 2 if best is not None else min(apart * 3 // 2, len(rows))
    return best


def _project(rows: np.ndarray, signs: np.ndarray) -> _Answer | None:
    r"""Project the zero vector on the hull of the signed rows, up to a factor.

    What non-negative least squares leave of :math:`\sum \lambda_i = 1` and
    :math:`\sum \lambda_i a_i = 0` is a plane, or nothing: then few rows have a weight.
    """
    from scipy.optimize import nnls

    vectors = np.vstack([(signs[:, None] * rows).T, signs, np.ones(len(rows))])
    target = np.zeros(len(vectors))
    target[-1] = 1.0
    try:
        weights, _ = nnls(vectors, target, maxiter=30 * vectors.shape[1])
    except RuntimeError:
        return None
    plane, total = (vectors @ weights)[:-1], weights.sum()
    largest = np.abs(plane[:-1]).max(initial=0.0)
    if not total:
        return None
    if not largest:
        return _Answer(plane, 0.0, weights / total)
    # No signed row's product with what is left is less than what is left of the target.
    return _Answer(plane / largest, float(plane @ plane) / (largest * total), weights / total)
