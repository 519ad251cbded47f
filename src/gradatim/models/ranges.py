"""Ranges: where the rows that a model learnt from lie, column by column.

Conventions: NaN stands for a column that had no value in any row; nothing is outside of it, and a
missing value is never outside, nor one that lies beyond an end by the rounding of single precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.persistence.container import Tensors

_BLOCK = 4096
_SLACK = np.finfo(np.float32).eps  # Of the end of a range


@dataclass(frozen=True, eq=False, repr=False)
class InputRanges:
    """Smallest and largest value of each column, in raw units."""

    low: np.ndarray  # (n_features,)
    high: np.ndarray  # (n_features,)

    @classmethod
    def of(cls, X: np.ndarray, rows: np.ndarray) -> InputRanges:
        """Take the ranges of some rows of X, (n_samples, n_features)."""
        low, high = np.full((2, X.shape[1]), np.nan)
        for start in range(0, len(rows), _BLOCK):
            # A copy of all rows could take the memory that is left.
            block = X[rows[start : start + _BLOCK]]
            low = np.fmin(low, np.fmin.reduce(block, axis=0))
            high = np.fmax(high, np.fmax.reduce(block, axis=0))
        return cls(low.astype(np.float64), high.astype(np.float64))

    def outside(self, X: np.ndarray) -> np.ndarray:
        """Tell which values lie outside, (n_rows, n_features)."""
        # A table of text may hold the same numbers, of single precision, to another last digit.
        low, high = self.low - _SLACK * np.abs(self.low), self.high + _SLACK * np.abs(self.high)
        return np.less(X, low) | np.greater(X, high)

    def to_tensors(self) -> dict[str, np.ndarray]:
        """Write them out as named arrays."""
        return {"ranges.low": self.low, "ranges.high": self.high}


def ranges_from_tensors(tensors: Tensors, n_features: int) -> InputRanges | None:
    """Read what `InputRanges.to_tensors` wrote; None where there is nothing."""
    if "ranges.low" not in tensors:
        return None
    low, high = (tensors.get(f"ranges.{end}", (n_features,)) for end in ("low", "high"))
    if (low > high).any():
        raise InputError("the ranges of the training rows are none")
    return InputRanges(low, high)
