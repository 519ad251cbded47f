r"""Coefficients with the largest error small: reweighted least squares, and a linear program.

Conventions: a design has one row per sample and one column per function; the error of coefficients
c is :math:`\max_i |A c - y|_i`. Lawson's rounds are cheap and come near; the program is exact on
the rows that it is given, and gets those rows whose errors are large.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["MinimaxFit", "least_maximum", "reweighted"]

# Singular values below this share are left out, so that weights stay moderate.
_CONDITION = 1e-9
_LAWSON_ROUNDS = 40
# Added to the diagonal of normal equations, as a share of its mean.
_RIDGE = 1e-11
# A program begins with this many rows per column, those with the largest errors.
_ROWS_A_COLUMN = 4
_PROGRAMS = 8


class MinimaxFit(NamedTuple):
    """Coefficients, and what they leave."""

    solution: np.ndarray  # (n_columns,): Coefficients
    error: float  # Largest error on the rows
    # (n_rows,): Weights that led to them, large where errors are; they add up to 1
    weight: np.ndarray


def reweighted(
    design: np.ndarray, y: np.ndarray, *, rounds: int = _LAWSON_ROUNDS, fast: bool = False
) -> MinimaxFit:
    """Fit with the largest error small: weights grow where the error is large (Lawson).

    `design` (n_rows, n_columns); `y` (n_rows,).

    References
    ----------
    .. [1] C. L. Lawson, "Contributions to the theory of linear least maximum approximation",
       dissertation, UCLA, 1961.

    Examples
    --------
    The best constant for 0, 0 and 1 is 1/2:

    >>> round(reweighted(np.ones((3, 1)), np.array([0.0, 0.0, 1.0])).error, 2)
    0.5
    """
    weight = np.full(len(y), 1.0 / len(y))
    best = MinimaxFit(np.zeros(design.shape[1]), np.inf, weight)
    for _ in range(rounds):
        solution = (_by_normal_equations if fast else _by_singular_values)(design, y, weight)
        error = np.abs(design @ solution - y)
        largest = float(error.max())
        if largest < best.error:
            best = MinimaxFit(solution, largest, weight)
        if largest == 0:
            break
        weight = weight * (error + 1e-3 * largest)
        weight /= weight.sum()
    return best


def _by_singular_values(design: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    root = np.sqrt(weight)
    return np.linalg.lstsq(design * root[:, None], y * root, rcond=_CONDITION)[0]


def _by_normal_equations(design: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    weighted = design * weight[:, None]
    gram = weighted.T @ design
    gram[np.diag_indices(len(gram))] += _RIDGE * np.trace(gram) / len(gram)
    return np.linalg.solve(gram, weighted.T @ y)


def least_maximum(
    design: np.ndarray, y: np.ndarray, start: np.ndarray, aim: float = 0.0
) -> np.ndarray | None:
    """Fit with the largest error as small as can be, by linear programs on the rows that matter.

    `design` (n_rows, n_columns); `y` (n_rows,); `start` (n_columns,); returns (n_columns,).

    Examples
    --------
    The best line to |x| at these points is the constant 1/2:

    >>> x = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    >>> least_maximum(np.column_stack([np.ones(5), x]), np.abs(x), np.zeros(2)).round(9) + 0.0
    array([0.5, 0. ])
    """
    best, error = start, np.abs(design @ start - y)
    n = design.shape[1]
    rows = _largest(error, _ROWS_A_COLUMN * n)
    for _ in range(_PROGRAMS):
        solved = _program(design[rows], y[rows])
        if solved is None:
            break
        solution, reached = solved
        if 0 < aim < reached:
            return None
        found = np.abs(design @ solution - y)
        if found.max() < error.max():
            best, error = solution, found
        wrong = found > 1.002 * reached + 1e-12
        if error.max() <= aim or not np.any(wrong & ~rows):
            break
        rows |= wrong & _largest(np.where(rows, 0.0, found), n)
    return best


def _largest(error: np.ndarray, most: int) -> np.ndarray:
    """Mark the rows with the largest errors."""
    marked = np.zeros(len(error), dtype=bool)
    marked[np.argsort(-error, kind="stable")[:most]] = True
    return marked


def _program(design: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float] | None:
    from scipy.optimize import linprog

    n_rows, n = design.shape
    slack = np.ones((n_rows, 1))
    found = linprog(
        np.append(np.zeros(n), 1.0),
        np.block([[design, -slack], [-design, -slack]]),
        np.concatenate([y, -y]),
        bounds=[*[(None, None)] * n, (0, None)],
        method="highs-ds",
    )
    return (found.x[:-1], float(found.x[-1])) if found.status == 0 else None
