"""Ranges: where the rows that a model learnt from lie, column by column.

Conventions: NaN stands for a column that had no value in any row; nothing is outside of it, and a
missing value is never outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.persistence.container import Tensors

__all__ = ["InputRanges", "ranges_from_tensors"]


@dataclass(frozen=True, eq=False, repr=False)
class InputRanges:
    """Smallest and largest value of each column, in raw units."""

    low: np.ndarray  # (n_features,)
    high: np.ndarray  # (n_features,)

    @classmethod
    def of(cls, X: np.ndarray) -> InputRanges:
        """Take the ranges of some rows, (n_rows, n_features)."""
        missing = np.isnan(X)
        low = np.where(missing, np.inf, X).min(axis=0, initial=np.inf).astype(np.float64)
        high = np.where(missing, -np.inf, X).max(axis=0, initial=-np.inf).astype(np.float64)
        known = low <= high
        return cls(np.where(known, low, np.nan), np.where(known, high, np.nan))

    def outside(self, X: np.ndarray) -> np.ndarray:
        """Tell which values lie outside, (n_rows, n_features)."""
        return np.less(X, self.low) | np.greater(X, self.high)

    def to_tensors(self) -> dict[str, np.ndarray]:
        """Write them out as named arrays."""
        return {"ranges.low": self.low, "ranges.high": self.high}


def ranges_from_tensors(tensors: Tensors, n_features: int) -> InputRanges | None:
    """Read what `InputRanges.to_tensors` wrote; None where there is nothing."""
    if "ranges.low" not in tensors:
        return None
    low, high = (tensors.get(f"ranges.{end}", (n_features,)) for end in ("low", "high"))
    if (low > high).any() or np.isinf([low, high]).any():
        raise InputError("the ranges of the training rows are none")
    return InputRanges(low, high)
