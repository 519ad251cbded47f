"""Tables that machines and networks are trained on: floats, the classes of rows, one scale.

Conventions: tables are (n_samples, n_inputs), float64.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from gradatim.certificates.labels import read_labels
from gradatim.errors import ShapeError

__all__ = ["labeled_table", "standardization"]


def labeled_table(
    X: ArrayLike, y: Sequence[Hashable] | np.ndarray
) -> tuple[np.ndarray, tuple[Hashable, ...], np.ndarray]:
    """Return a table, its classes in ascending order, and the number of each row's (n_samples,)."""
    table = np.asarray(X, dtype=np.float64)
    if table.ndim != 2 or len(table) != len(y):
        raise ShapeError(f"X is {table.shape}, with {len(y)} labels; give each row one")
    _, classes, codes = read_labels(y, len(table))
    return table, classes, codes


def standardization(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and spread of each column (n_inputs,); what is constant has spread 1."""
    spread = table.std(axis=0)
    return table.mean(axis=0), np.where(spread > 0, spread, 1.0)
