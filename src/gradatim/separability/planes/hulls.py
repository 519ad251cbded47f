r"""The nearest points of two hulls in many dimensions, in floats.

Conventions: rows have a sign of -1 or +1 and entries of at most about 1. The nearest points are
combinations of the rows of either sign, and their weights are the multipliers of the quadratic
program [1]_

.. math:: \min_{w, b} \tfrac{1}{2} \lVert w \rVert^2 - \rho (b_+ - b_-), \quad
   w \cdot x_i \ge b_+ \ (s_i = 1), \quad w \cdot x_i \le b_- \ (s_i = -1),

whose solution w is :math:`\rho` times their difference, and 0 where the hulls meet. It is solved by
an interior-point method in dense arithmetic [2]_: for a thousand columns that takes 15 steps of one
factorization each, and the simplex method thousands.

References
----------
.. [1] K. P. Bennett and E. J. Bredensteiner, "Duality and geometry in SVM classifiers", Proceedings
   of the 17th International Conference on Machine Learning, pp. 57-64, 2000.
.. [2] R. Schwan, Y. Jiang, D. Kuhn and C. N. Jones, "PIQP: a proximal interior-point quadratic
   programming solver", 62nd IEEE Conference on Decision and Control, pp. 1088-1093, 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TOLERANCE = 1e-12
# What is shorter than this share of what was expected is solved for anew, in its own units.
_SHORT = 1e-2
_TRIES = 5
# Hulls this near, of entries of about 1, may meet as far as this solver can tell.
_NEAR = 1e-9
# Weights of rows that are on no face towards the other hull, as a share of the largest.
_NO_WEIGHT = 1e-9
# By how much of the squared distance a row may lie nearer: about what the solver is accurate to.
_CLOSE = 1e-7
_ROUNDS = 100


@dataclass(frozen=True)
class Hulls:
    """The nearest points of two hulls."""

    # (n_features,): The point of the positive rows minus that of the negative ones, as the solver
    # sees it
    normal: np.ndarray
    weights: np.ndarray  # (n_samples,): Weight of every row, not negative; of sum 1 in each class

    @property
    def distance(self) -> float:
        """Length of the normal."""
        return float(np.linalg.norm(self.normal))

    @property
    def support(self) -> np.ndarray:
        """Rows with a weight."""
        return np.flatnonzero(self.weights > _NO_WEIGHT * self.weights.max())


def nearest_in_hulls(rows: np.ndarray, signs: np.ndarray, expected: float = 0.0) -> Hulls | None:
    """Find the nearest points of two hulls, with all rows in one program.

    `rows` (n_samples, n_features); `signs` (n_samples,).
    """
    is_positive = signs > 0
    distance = expected or float(
        np.linalg.norm(rows[is_positive].mean(axis=0) - rows[~is_positive].mean(axis=0))
    )
    found = None
    for _ in range(_TRIES):
        weights = _multipliers(rows, signs, 1 / max(distance, _NEAR))
        sums = np.where(is_positive, weights[is_positive].sum(), weights[~is_positive].sum())
        if not np.isfinite(weights).all() or not sums.all():
            break
        weights /= sums
        found = Hulls((signs * weights) @ rows, weights)
        if found.distance > _SHORT * distance or found.distance <= _NEAR:
            break
        distance = found.distance
    return found


def _multipliers(rows: np.ndarray, signs: np.ndarray, factor: float) -> np.ndarray:
    import piqp

    n_rows, n_columns = rows.shape
    squares = np.zeros((n_columns + 2, n_columns + 2), order="F")
    squares[np.diag_indices(n_columns)] = 1.0
    cost = np.zeros(n_columns + 2)
    cost[-2:] = -factor, factor
    sides = np.empty((n_rows, n_columns + 2), order="F")
    np.multiply(rows, signs[:, None], out=sides[:, :-2])
    sides[:, -2], sides[:, -1] = -1.0 * (signs > 0), signs < 0
    solver = piqp.DenseSolver()
    settings = solver.settings
    settings.eps_abs = settings.eps_rel = _TOLERANCE
    settings.eps_duality_gap_abs = settings.eps_duality_gap_rel = _TOLERANCE
    solver.setup(squares, cost, None, None, sides, np.zeros(n_rows), None)
    solver.solve()
    return np.maximum(np.asarray(solver.result.z_l), 0.0)


def nearest_rows(
    rows: np.ndarray, signs: np.ndarray, ratios: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows whose combinations are the nearest points, from the rows that matter.

    Rows that lie nearest to the other hull, by the last normal, are solved for together, until no
    row lies nearer than the points found.

    `rows` (n_samples, n_features); `signs` (n_samples,); `ratios` (n_features,).
    """
    chosen, distance = first, 0.0
    best = np.empty(0, dtype=np.intp), np.empty(0)
    for _ in range(_ROUNDS):
        found = nearest_in_hulls(rows[chosen] * ratios, signs[chosen], distance)
        if found is None or (len(best[0]) and found.distance >= distance):
            break
        distance, held = found.distance, found.support
        best = chosen[held], found.weights[held]
        scores = signs * (rows @ (ratios * found.normal))
        level = {
            sign: (scores[chosen] * found.weights)[signs[chosen] == sign].sum() for sign in (-1, 1)
        }
        slack = scores - np.where(signs > 0, level[1], level[-1])
        near = np.argsort(slack, kind="stable")[: len(first)]
        if slack[near[0]] >= -_CLOSE * distance**2:
            break
        chosen = np.union1d(near, best[0])
    return best
