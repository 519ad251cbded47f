"""Principal axes: the coordinates in which convex rungs are solved.

Conventions: a squared penalty does not change under rotation, so a linear model solved in the
principal axes of its training rows and turned back is the same model, found sooner: there are
no more axes than rows, and the inputs are uncorrelated there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["principal_axes", "solve_ridge"]

#: Share of the largest variance below which an axis is nothing but rounding of float32 inputs.
RELATIVE_VARIANCE = 1e-10


def principal_axes(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the directions in which rows differ from zero.

    `X` (n_samples, n_features); returns (n_features, n_axes); returns (n_axes,).

    Examples
    --------
    >>> axes, squares = principal_axes(np.array([[3.0, 4.0], [-3.0, -4.0]]))
    >>> axes.shape, squares.round(6)
    ((2, 1), array([50.]))
    """
    X = X.astype(np.float64)
    wide = X.shape[1] > X.shape[0]
    # numpy's lets other threads run meanwhile; scipy's does not.
    squares, vectors = np.linalg.eigh(X @ X.T if wide else X.T @ X)
    kept = np.flatnonzero(squares > RELATIVE_VARIANCE * max(squares[-1], 0.0))[::-1]
    squares, vectors = squares[kept], vectors[:, kept]
    axes = X.T @ vectors / np.sqrt(squares) if wide else vectors
    return axes, squares


def solve_ridge(
    X: np.ndarray, y: np.ndarray, penalties: Sequence[float], axes: np.ndarray, squares: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Minimize ||Xw + b - y||^2 + n * penalty * ||w||^2 of centered rows for several penalties.

    In principal axes every penalty is a division; penalty 0 is the minimum-norm solution. Returns
    the weight (n_outputs, n_features) and bias (n_outputs,) of each.
    """
    mean = y.mean(axis=0)
    along = (X @ axes).T @ (y - mean)
    return [
        ((axes @ (along / (squares + len(X) * penalty)[:, None])).T, mean) for penalty in penalties
    ]
