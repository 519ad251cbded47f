"""A table of numbers, read without rounding any.

Conventions: floats are their exact binary values; what floats cannot hold becomes int or Fraction.
"""

from __future__ import annotations

from fractions import Fraction
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import InputError, ShapeError


def as_table(X: ArrayLike) -> np.ndarray:
    """Check a table of numbers. `X` (n_samples, n_features); returns (n_samples, n_features)."""
    table = _array_of(X)
    if table.ndim != 2 or 0 in table.shape:
        raise ShapeError(
            f"X must be a table (n_samples, n_features) with rows and columns, not {table.shape}"
        )
    exact = _exact(table) if table.dtype == object else None
    if exact is not None:
        return exact
    if table.dtype.kind in "iu" and np.abs(table.astype(float)).max() >= 2.0**53:
        return table.astype(object)
    try:
        if table.dtype.kind in "cmM":
            raise TypeError(table.dtype)
        table = table.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError("X holds something that is no number; separate needs numbers") from error
    if not np.isfinite(table).all():
        i, j = np.argwhere(~np.isfinite(table))[0]
        raise InputError(
            f"X holds {table[i, j]} in row {i}, column {j}; fill it in or remove the row"
        )
    return np.ascontiguousarray(table)


def _array_of(X: ArrayLike) -> np.ndarray:
    """Return an array that has rounded nothing; of a mixed list, NumPy would make floats."""
    try:
        table = np.asarray(X, dtype=object if isinstance(X, list | tuple) else None)
    except ValueError as error:
        raise ShapeError("X must be a table, all of whose rows are of one length") from error
    is_long_double = table.dtype.kind == "f" and table.dtype.itemsize > np.dtype(float).itemsize
    return table.astype(object) if is_long_double else table


def _exact(table: np.ndarray) -> np.ndarray | None:
    """Return objects as int and Fraction; None if floats hold them, or something is no number."""
    values = [_number(value) for value in table.flat]
    if any(value is None for value in values):
        return None
    exact = np.empty(len(values), dtype=object)
    exact[:] = values
    exact = exact.reshape(table.shape)
    try:
        return None if (exact == exact.astype(np.float64)).all() else exact
    except OverflowError:
        return exact


def _number(value: Any) -> int | Fraction | None:
    # NumPy's integers wrap around, and so become Python's.
    if isinstance(value, Integral):
        return int(value)
    try:
        return Fraction(*(int(part) for part in value.as_integer_ratio()))
    except (AttributeError, OverflowError, ValueError):
        return None
