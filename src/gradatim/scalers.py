r"""Scalers: what is learnt about the inputs' location and spread before any network sees them.

Conventions: fit on training rows only, then applied to all; a missing value (NaN) becomes the
training median of its column. float64 while fitting, float32 out unless asked otherwise.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gradatim.errors import ShapeError, SpecError

__all__ = ["Scaler", "fit_scaler"]

#: Where the smooth clipping of ``robust`` begins to bite, in scaled units; values tend to +-3.
CLIP = 3.0


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

    def transform(self, X: ArrayLike, dtype: DTypeLike = np.float32) -> np.ndarray:
        """Scale rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        dtype : numpy.float32 or numpy.float64, default numpy.float32
            Precision of what is returned.

        Returns
        -------
        array of shape (n_samples, n_features)
            Scaled rows, without missing values.

        Raises
        ------
        ShapeError
            If `X` does not have the columns that were fitted.
        """
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != len(self.center):
            raise ShapeError(f"X must be (n_samples, {len(self.center)}), not {X.shape}")
        z = (np.where(np.isnan(X), self.fill, X) - self.center) / self.scale
        if self.clip is not None:
            # hypot does not overflow where a square would
            z = z / np.hypot(1.0, z / self.clip)
        return z.astype(dtype, copy=False)


def fit_scaler(X: ArrayLike, method: str = "standard") -> Scaler:
    r"""Learn a scaler from training rows.

    ``standard`` centers on the mean and divides by the standard deviation (a constant column is
    only centered), as scikit-learn's StandardScaler. ``robust`` centers on the median and
    divides by the interquartile range, or by half the range where that is zero (a constant
    column becomes 0), then clips smoothly at `CLIP`, so that no outlier dominates [1]_. ``signal``
    divides all columns by one number, the root mean square of all values.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Training rows, NaN where a value is missing.
    method : {"standard", "robust", "signal"}, default "standard"
        What to learn.

    Returns
    -------
    Scaler
        The fitted map.

    Raises
    ------
    ShapeError
        If `X` is no matrix with at least one row.
    SpecError
        If the method is unknown.

    References
    ----------
    .. [1] D. Holzmueller et al., "Better by default: strong pre-tuned MLPs and boosted trees on
       tabular data", NeurIPS 2024.

    Examples
    --------
    >>> fit_scaler([[1.0], [3.0]]).transform([[1.0], [3.0], [float("nan")]]).ravel()
    array([-1.,  1.,  0.], dtype=float32)
    """
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2 or len(X) == 0:
        raise ShapeError(f"X must be (n_samples, n_features) with at least one row, not {X.shape}")
    if np.isnan(X).any():
        X = np.where(np.isnan(X), _median_of_present(X), X)
    # One sort per column gives the median and both quartiles, several times quicker than three
    # selections; filling in medians leaves the median where it was.
    columns = np.sort(X.T, axis=1)
    fill = _sorted_quantile(columns, 0.5)
    if method == "standard":
        return Scaler(X.mean(axis=0), _nonzero(X.std(axis=0), X), fill)
    if method == "robust":
        low, high = _sorted_quantile(columns, 0.25), _sorted_quantile(columns, 0.75)
        spread = np.where(high > low, high - low, (X.max(axis=0) - X.min(axis=0)) / 2.0)
        return Scaler(fill, _nonzero(spread, X), fill, CLIP)
    if method == "signal":
        rms = float(np.sqrt(np.mean(X**2))) or 1.0
        return Scaler(np.zeros(X.shape[1]), np.full(X.shape[1], rms), fill)
    raise SpecError(f"method must be standard, robust or signal, not {method!r}")


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
