r"""Scalers: what is learnt about the inputs' location and spread before any network sees them.

Conventions: fit on training rows only, then applied to all; a missing value (NaN) becomes the
training median of its column. float64 while fitting, float32 out unless asked otherwise.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gradatim.errors import ShapeError, SpecError

__all__ = ["Scaler", "blocks", "fit_scaler"]

#: Where the smooth clipping of ``robust`` begins to bite, in scaled units; values tend to +-3.
CLIP = 3.0

# Numbers that are scaled, or learnt from, at once
_AT_ONCE = 1 << 22


def blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Yield the rows that are worked on at once, so that what is computed on the way is bounded.

    Examples
    --------
    >>> list(blocks(3, 2**21))
    [slice(0, 2, None), slice(2, 4, None)]
    """
    at_once = max(1, _AT_ONCE // max(1, n_columns))
    for start in range(0, max(1, n_rows), at_once):
        yield slice(start, start + at_once)


@dataclass(frozen=True, eq=False)
class Scaler:
    r"""An affine map of each column, optionally followed by smooth clipping.

    Parameters
    ----------
    center, scale : array of shape (n_features,)
        :math:`z = (x - center) / scale`.
    fill : array of shape (n_features,)
        What a missing value becomes, in the units of the input.
    clip : float or None
        If given, :math:`z / \sqrt{1 + (z / clip)^2}` follows.
    """

    center: np.ndarray
    scale: np.ndarray
    fill: np.ndarray
    clip: float | None = None

    def transform(
        self, X: ArrayLike, dtype: DTypeLike = np.float32, *, rows: np.ndarray | None = None
    ) -> np.ndarray:
        """Scale rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        dtype : numpy.float32 or numpy.float64, default numpy.float32
            Precision of what is returned.
        rows : array of int, optional
            Which rows are scaled, in which order; all unless given. No copy of them is made.

        Returns
        -------
        array of shape (n_samples, n_features)
            Scaled rows, without missing values.

        Raises
        ------
        ShapeError
            If `X` does not have the columns that were fitted.
        """
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[1] != len(self.center):
            raise ShapeError(f"X must be (n_samples, {len(self.center)}), not {X.shape}")
        scaled = np.empty((len(X) if rows is None else len(rows), X.shape[1]), dtype=dtype)
        # What is computed on the way takes several times the memory of what is returned.
        for part in blocks(*scaled.shape):
            own = X[part if rows is None else rows[part]]
            scaled[part] = self._transform(own.astype(np.float64))
        return scaled

    def _transform(self, X: np.ndarray) -> np.ndarray:
        z = np.where(np.isnan(X), self.fill, X)
        z -= self.center
        z /= self.scale
        # hypot does not overflow where a square would
        return z if self.clip is None else z / np.hypot(1.0, z / self.clip)


def fit_scaler(X: ArrayLike, method: str = "standard", *, rows: np.ndarray | None = None) -> Scaler:
    """Learn a scaler from training rows (n_samples, n_features), NaN where a value is missing.

    ``standard`` centers on the mean and divides by the standard deviation (a constant column is
    only centered), as scikit-learn's StandardScaler. ``robust`` centers on the median and divides
    by the interquartile range, or by half the range where that is zero (a constant column becomes
    0), then clips smoothly at `CLIP`, so that no outlier dominates [1]_. ``signal`` divides all
    columns by one number, the root mean square of all values. `rows` has the indices of the
    training rows where `X` holds others too; no copy of all of them is made.

    References
    ----------
    .. [1] D. Holzmueller et al., "Better by default: strong pre-tuned MLPs and boosted trees on
       tabular data", NeurIPS 2024.

    Examples
    --------
    >>> fit_scaler([[1.0], [3.0]]).transform([[1.0], [3.0], [float("nan")]]).ravel()
    array([-1.,  1.,  0.], dtype=float32)
    """
    X = np.asarray(X)
    n_rows = len(X) if rows is None or X.ndim != 2 else len(rows)
    if X.ndim != 2 or n_rows == 0:
        raise ShapeError(f"X must be (n_samples, n_features) with at least one row, not {X.shape}")
    if method not in ("standard", "robust", "signal"):
        raise SpecError(f"method must be standard, robust or signal, not {method!r}")
    # A few columns at a time, since sorting them takes a copy, and a float64 one.
    n_parts = 1 if method == "signal" else max(1, -(-n_rows * X.shape[1] // _AT_ONCE))
    ends = np.linspace(0, X.shape[1], min(n_parts, max(1, X.shape[1] // 8)) + 1).astype(int)
    parts = []
    for start, stop in pairwise(ends.tolist()):
        columns = X[:, start:stop]
        parts.append(_fit_columns((columns if rows is None else columns[rows]), method))
    center, scale, fill = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Scaler(center, scale, fill, CLIP if method == "robust" else None)


def _fit_columns(X: np.ndarray, method: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Learn center, scale and fill of some columns."""
    X = X.astype(np.float64)
    if np.isnan(X).any():
        X = np.where(np.isnan(X), _median_of_present(X), X)
    # One sort per column gives the median and both quartiles, several times quicker than three
    # selections; filling in medians leaves the median where it was.
    columns = np.sort(X.T, axis=1)
    fill = _sorted_quantile(columns, 0.5)
    if method == "standard":
        return X.mean(axis=0), _nonzero(X.std(axis=0), X), fill
    if method == "signal":
        rms = float(np.sqrt(np.mean(X**2))) or 1.0
        return np.zeros(X.shape[1]), np.full(X.shape[1], rms), fill
    low, high = _sorted_quantile(columns, 0.25), _sorted_quantile(columns, 0.75)
    spread = np.where(high > low, high - low, (X.max(axis=0) - X.min(axis=0)) / 2.0)
    return fill, _nonzero(spread, X), fill


def _median_of_present(X: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        # A column may be missing in every training row; it then carries nothing and becomes 0.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nan_to_num(np.nanmedian(X, axis=0))


def _sorted_quantile(columns: np.ndarray, share: float) -> np.ndarray:
    """Interpolate linearly between order statistics, as `numpy.quantile` does."""
    place = share * (columns.shape[1] - 1)
    below = int(place)
    above = min(below + 1, columns.shape[1] - 1)
    return columns[:, below] + (place - below) * (columns[:, above] - columns[:, below])


def _nonzero(spread: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Replace a spread that is nothing but rounding of the column's own values."""
    rounding = 10 * np.finfo(np.float64).eps * np.abs(X).max(axis=0)
    return np.where(spread > rounding, spread, np.maximum(rounding, 1.0))
