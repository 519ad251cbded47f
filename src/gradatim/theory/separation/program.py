"""The linear program that guesses: which plane separates, or which rows prove that none can.

Conventions: floats, solved by HiGHS [1]_ through scipy, and therefore a guess that others prove.
Rows are even vectors (`gradatim.theory.separation.rows`) with a sign of -1 or +1.

References
----------
.. [1] Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical
   Programming Computation, vol. 10, pp. 119-142, 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Guess", "guess"]

_NOTHING = 1e-9
_ROUNDS = 200


@dataclass(frozen=True)
class Guess:
    """What floats say.

    Parameters
    ----------
    plane : array of shape (n_features + 1,) or None
        Separates all rows, it seems.
    support : array of int
        Rows that lie closest to it, or that prove that there is none.
    weights : array of float
        Weight of each of these.
    """

    plane: np.ndarray | None
    support: np.ndarray
    weights: np.ndarray


def guess(about: np.ndarray, signs: np.ndarray) -> Guess:
    r"""Maximize the least signed score of a plane whose weights are in [-1, 1].

    The program :math:`\max t` with :math:`s_i (v \cdot z_i + v_0) \ge t` is solved for some rows;
    those that its plane gets wrong join, until none does or :math:`t = 0`. Its multipliers are a
    convex combination of the signed rows, which for :math:`t = 0` is the zero vector.

    Parameters
    ----------
    about : array of shape (n_samples, n_features)
        Rows in even coordinates.
    signs : array of shape (n_samples,)
        -1 or +1.

    Returns
    -------
    Guess
        A plane or a support; both empty if the solver gives up.
    """
    n_rows, size = len(about), about.shape[1] + 1
    rng = np.random.default_rng(0)
    at_first = min(n_rows, max(4 * size, 100))
    chosen = _both_classes(rng.permutation(n_rows), signs, at_first)
    for _ in range(_ROUNDS):
        plane, least, weights = _solve(about[chosen], signs[chosen])
        if plane is None:
            break
        kept = weights > 1e-12
        if least <= _NOTHING:
            return Guess(None, chosen[kept], weights[kept])
        scores = signs * (about @ plane[:-1] + plane[-1])
        scores[chosen] = np.inf
        wrong = np.flatnonzero(scores < 0.5 * least)
        if not len(wrong) or scores[wrong].min() > 0:
            return Guess(plane, chosen[kept], weights[kept])
        worst = wrong[np.argsort(scores[wrong], kind="stable")[: max(2 * size, 100)]]
        chosen = np.concatenate([chosen, worst])
    return Guess(None, np.empty(0, dtype=np.intp), np.empty(0))


def _both_classes(order: np.ndarray, signs: np.ndarray, n: int) -> np.ndarray:
    """Take the first n of an order, half of each class where there are enough."""
    positive, negative = order[signs[order] > 0], order[signs[order] < 0]
    n_positive = max(min(len(positive), n // 2), n - len(negative))
    return np.concatenate([positive[:n_positive], negative[: n - n_positive]])


def _solve(rows: np.ndarray, signs: np.ndarray) -> tuple[np.ndarray | None, float, np.ndarray]:
    from scipy.optimize import linprog

    n_rows, n_columns = rows.shape
    signed = np.column_stack([-signs[:, None] * rows, -signs, np.ones(n_rows)])
    cost = np.zeros(n_columns + 2)
    cost[-1] = -1.0
    free = n_columns + 1.0
    bounds = [(-1.0, 1.0)] * n_columns + [(-free, free), (0.0, None)]
    found = linprog(
        cost,
        signed,
        np.zeros(n_rows),
        bounds=bounds,
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if found.status != 0:
        return None, 0.0, np.zeros(n_rows)
    return found.x[:-1], float(found.x[-1]), np.maximum(-found.ineqlin.marginals, 0.0)
