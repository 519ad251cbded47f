"""Axes: the coordinates in which rungs are solved that do not need all of an input's.

Conventions: axes are the columns of a matrix of shape (n_features, n_axes), by which rows are
multiplied. A squared penalty does not change under rotation, so a linear model solved in the
principal axes of its training rows and turned back is the same model, found sooner: there are
no more axes than rows, and the inputs are uncorrelated there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: Share of the largest variance below which an axis is nothing but rounding of float32 inputs.
RELATIVE_VARIANCE = 1e-10

#: Points of a cycle that networks read: 127 harmonics, on `timbre` as good as 1,024 and quicker.
CYCLE_POINTS = 256

#: Added to relative levels of harmonics before they are brought to one level.
_LEAST_LEVEL = 1e-3


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
) -> list[np.ndarray]:
    """Minimize ||Xw - y||^2 + n * penalty * ||w||^2 of centered rows for several penalties.

    In principal axes every penalty is a division; penalty 0 is the minimum-norm solution. Returns
    the weight (n_outputs, n_features) of each.
    """
    along = (X @ axes).T @ y
    return [(axes @ (along / (squares + len(X) * p)[:, None])).T for p in penalties]


def cycle_axes(n_features: int) -> np.ndarray:
    """Sample cycles of `n_features` points at `CYCLE_POINTS` at most, without their mean.

    Returns (n_features, n_points). A cycle shifted by some share of its length gives points
    shifted by the same share.

    Examples
    --------
    >>> cycle = np.sin(2 * np.pi * np.arange(1024) / 1024) + 3.0
    >>> (cycle @ cycle_axes(1024))[[0, 64, 128]].round(6) + 0.0
    array([0., 1., 0.])
    """
    n_points = min(CYCLE_POINTS, n_features)
    kept = np.fft.rfft(np.eye(n_features), axis=1)[:, : (n_points + 1) // 2]
    kept[:, 0] = 0.0
    return np.fft.irfft(kept, n_points, axis=1) * (n_points / n_features)


def whitened(X: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Change the axes of cycles so that all harmonics have one level in the rows of `X` there.

    `X` (n_samples, n_features), `axes` (n_features, n_points); returns the shape of `axes`. What is
    60 dB below the strongest harmonic is raised half as much, and what is not there stays away.
    """
    level = np.sqrt(np.mean(np.abs(np.fft.rfft(X @ axes, axis=1)) ** 2, axis=0))
    gain = 1.0 / (level / max(level.max(), np.finfo(float).tiny) + _LEAST_LEVEL)
    return np.fft.irfft(np.fft.rfft(axes, axis=1) * gain, axes.shape[1], axis=1)
