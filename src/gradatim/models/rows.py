"""Rows as users have them: arrays, named inputs, data frames and collections, read for a model.

Conventions: what is returned is (n_rows, n_features), float32 where it was given so and else
float64, NaN where a value is missing. A data frame is anything with ``columns`` or
``column_names``; its columns are taken by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradatim.collection import Collection
from gradatim.errors import InputError, ShapeError

_MOST_NAMED = 5


def read_rows(
    X: Any, input: str, n_features: int | None, feature_names: Sequence[str]
) -> np.ndarray:
    """Read rows, (n_rows, n_features); with `n_features` None any number of columns will do."""
    if isinstance(X, Collection):
        X = X.X
    if isinstance(X, Mapping):
        X = _input_of(X, input)
    _require_dense(X)
    names = _column_names(X)
    if names is not None and feature_names:
        X = _columns_by_name(X, names, feature_names)
    elif names is not None:
        X = np.stack([np.asarray(X[name], dtype=object) for name in names], axis=1)
    rows = _numbers(X)
    if rows.ndim != 2 or (n_features is not None and rows.shape[1] != n_features):
        wanted = "n_features" if n_features is None else n_features
        what = f" of the input {input!r}" if input else ""
        raise ShapeError(f"X must be (n_rows, {wanted}){what}, not {rows.shape}")
    if np.isinf(rows).any():
        row, column = np.argwhere(np.isinf(rows))[0]
        name = feature_names[column] if feature_names else column + 1
        raise InputError(f"row {row} of X is infinite in column {name}; leave it out or correct it")
    return rows


def count_rows(X: Any) -> int:
    """Count the rows of anything that a model reads, without a look at their values."""
    if isinstance(X, Collection):
        return X.n_samples
    if isinstance(X, Mapping):
        X = _input_of(X, "")
    return len(X)


def require_recipe(collection: Collection, input: str, recipe: Mapping[str, Any] | None) -> None:
    """Refuse a collection whose features are computed otherwise than those of a model."""
    other = collection.recipes.get(input)
    if recipe is None or other is None:
        return
    for name in [*recipe, *(name for name in other if name not in recipe)]:
        if recipe.get(name) != other.get(name):
            raise InputError(
                f"{collection.name} was computed with {name} {other.get(name)}, the model with "
                f"{recipe.get(name)}; compute its features by the model's recipe"
            )


def require_present(rows: np.ndarray, fill: np.ndarray, feature_names: Sequence[str]) -> None:
    """Refuse a missing value where nothing is known to fill it with, which is NaN in `fill`."""
    unknown = np.isnan(fill)
    if unknown.any() and (gaps := np.isnan(rows) & unknown).any():
        row, column = np.argwhere(gaps)[0]
        name = feature_names[column] if feature_names else column + 1
        raise InputError(
            f"row {row} of X has no value in column {name}, and the model was fitted without "
            "missing values; fill it in"
        )


def _input_of(X: Mapping[str, Any], input: str) -> Any:
    if not X:
        raise InputError("X is an empty mapping; give it the model's input")
    if not input:
        return next(iter(X.values()))
    if input not in X:
        raise InputError(f"the model reads the input {input!r}; X has {', '.join(map(repr, X))}")
    return X[input]


def _require_dense(X: Any) -> None:
    """Refuse lazy frames and sparse matrices with the call that makes numbers of them."""
    for method, what in (("collect", "lazy"), ("toarray", "sparse")):
        if callable(getattr(X, method, None)):
            raise InputError(f"X is {what}; give X.{method}()")


def _column_names(X: Any) -> list[Any] | None:
    """Return the names of the columns of a data frame (pandas, polars, Arrow), or None."""
    if isinstance(X, np.ndarray):
        return None
    names = getattr(X, "column_names", None)
    if names is None and hasattr(X, "__getitem__"):
        names = getattr(X, "columns", None)
    return None if names is None or callable(names) else list(names)


def _columns_by_name(X: Any, names: Sequence[Any], wanted: Sequence[str]) -> np.ndarray:
    known = {str(name): name for name in names}
    if len(known) < len(names):
        twice = next(str(n) for n in names if [str(m) for m in names].count(str(n)) > 1)
        raise InputError(f"X has two columns called {twice!r}; give each its own name")
    missing = [name for name in wanted if name not in known]
    if missing:
        more = len(missing) - _MOST_NAMED
        listed = ", ".join(map(repr, missing[:_MOST_NAMED])) + (f" and {more} more" * (more > 0))
        raise InputError(f"X lacks the column{'s' * (len(missing) > 1)} {listed}")
    return np.stack([np.asarray(X[known[name]], dtype=object) for name in wanted], axis=1)


def _numbers(X: Any) -> np.ndarray:
    if isinstance(X, np.ma.MaskedArray):
        X = np.where(np.ma.getmaskarray(X), np.nan, np.ma.getdata(X))
    X = np.asarray(X)
    if X.dtype.kind in "cmM":
        raise InputError(f"X holds values of the type {X.dtype}, not numbers")
    try:
        return _floats(X)
    except (TypeError, ValueError):
        raise InputError(
            "X holds something that is no number; give one number per row and column, NaN where "
            "it is missing"
        ) from None


def _floats(X: np.ndarray) -> np.ndarray:
    if X.dtype == np.float32:
        return X
    try:
        return np.ascontiguousarray(X, dtype=np.float64)
    except TypeError:
        if X.dtype.kind != "O":
            raise
    # As pandas marks what is missing in columns of its own types.
    is_missing = np.frompyfunc(lambda value: type(value).__name__ == "NAType", 1, 1)(X)
    return np.ascontiguousarray(np.where(is_missing, np.nan, X), dtype=np.float64)
