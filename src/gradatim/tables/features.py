"""Features of a table: which columns can be some, what they hold, and what is to be said of them.

Conventions: a column of lists of numbers is as many features, called tempo[0], tempo[1], ...; a
missing or infinite number is NaN where it may be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim._text import list_text, option, plural, show_name
from gradatim.collection import Notice
from gradatim.errors import TableError
from gradatim.tables.columns import WHOLE, Columns, Dialect, NotANumberError, read_columns

#: Size of a number whose square is still far from the end of float64.
_LARGEST = 1e100


class Features:
    """The features of a table, and what is to be said of them."""

    def __init__(
        self, table: Columns, names: Sequence[str], impute: bool, without: frozenset[str]
    ) -> None:
        self._table = table
        self.names: tuple[str, ...] = ()
        self._n_missing: dict[str, int] = {}
        self._lost: list[str] = []
        parts = []
        kind = np.float32 if all(map(table.is_single, names)) else np.float64
        for name in names:
            values, own = _read_columns_of(table, name)
            if not without.isdisjoint(own):
                kept = [k for k, one in enumerate(own) if one not in without]
                values, own = values[:, kept], tuple(own[k] for k in kept)
            bad = ~np.isfinite(values)
            self._check_gaps(name, values, bad, impute)
            if values.shape[1] == 1 and (text := table.lost_digits(name, values[:, 0])):
                self._lost.append(text)
            if bad.any():
                values = np.where(bad, np.nan, values)
            parts.append(values.astype(kind, copy=False))
            self.names += own
        if not self.names:
            raise TableError(nothing_left(table))
        # One column of lists stays where it is, which may be a file that is mapped into memory.
        self.X = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _check_gaps(self, name: str, values: np.ndarray, bad: np.ndarray, impute: bool) -> None:
        if bad.any() and not impute:
            row = bad.any(axis=1).argmax()
            _refuse_gap(self._table, name, values[row], row)
        if bad.all(axis=0).any():
            raise TableError(
                f"column {name!r} of {self._table.source} has no value in any row; leave it out "
                f"with {option('--drop', name)}"
            )
        self._n_missing[name] = int(bad.sum())

    def notices(self, task: str) -> list[Notice]:
        """Say what was filled, lost, or may be a label itself."""
        notices = [*_imputation_notices(self._n_missing)]
        if self._lost:
            more = plural(len(self._lost) - 1, "other column")
            tail = f"; so have {more}" if self._lost[1:] else ""
            notices.append(Notice("precision", f"{self._lost[0]}{tail}"))
        if task != "multilabel":
            return notices
        binary = np.atleast_1d(np.isin(self.X, (0.0, 1.0)).all(axis=0))
        if binary.any():
            alike = [name for name, only in zip(self.names, binary.tolist(), strict=True) if only]
            shown = ", ".join(map(show_name, alike[:3])) + (", ..." if alike[3:] else "")
            text = (
                f"{plural(len(alike), 'column')} beside the targets "
                f"{'holds' if len(alike) == 1 else 'hold'} only 0 and 1 as these do "
                f"({shown}) and {'is a feature' if len(alike) == 1 else 'are features'}; if "
                "they are labels, leave them out with --drop or learn them with --target"
            )
            notices.append(Notice("labels-as-features", text))
        return notices


def read_features(
    path: str | os.PathLike[str] | Any,
    names: Sequence[str],
    id: str | None = None,
    dialect: Dialect | None = None,
) -> tuple[np.ndarray, np.ndarray, tuple[Notice, ...]]:
    """Read the columns of these names in this order, whatever else a table holds.

    Returns the numbers (n_rows, n_names), NaN where one is missing, the ids (n_rows,), and notices.
    """
    table = read_columns(path, dialect)
    if id is not None:
        table.require(id, "id")
    columns = feature_columns(table, names)
    found: dict[str, np.ndarray] = {}
    for column in dict.fromkeys(columns.values()):
        values, own = _read_columns_of(table, column, needed=True)
        found |= zip(own, values.T, strict=True)
    if odd := [name for name in names if name not in found]:
        raise TableError(
            f"the lists in column {columns[odd[0]]!r} of {table.source} give no {odd[0]!r}, which "
            "the model reads; give lists as long as those of the training table"
        )
    X = np.empty((len(table.rows), len(names)))
    for k, name in enumerate(names):
        X[:, k] = found[name]
    X[~np.isfinite(X)] = np.nan
    n_missing = dict(zip(names, np.isnan(X).sum(axis=0).tolist(), strict=True))
    notices = tuple(Notice("table-format", text) for text in table.notes)
    return X, read_ids(table, id), notices + _imputation_notices(n_missing)


def feature_columns(table: Columns, names: Sequence[str]) -> dict[str, str]:
    """Return the column of each feature that a model reads, or name those that are missing."""
    # A column of lists of numbers was as many features: tempo[0], tempo[1], ...
    columns = {name: name if name in table.columns else _list_of(name) for name in names}
    missing = [name for name, column in columns.items() if column not in table.columns]
    if missing:
        number = f" ({len(missing)} of {len(names)})" if missing[1:] else ""
        raise TableError(
            f"{table.source} lacks the {'columns' if missing[1:] else 'column'} "
            f"{list_text(missing)}{number}, which the model reads; add what is missing under the "
            "names of the training table"
        )
    return columns


def unusable_columns(
    path: str | os.PathLike[str] | Any, dialect: Dialect | None = None
) -> dict[str, str]:
    """Return the columns of a table that cannot be features, each with what it holds."""
    table = read_columns(path, dialect)
    kinds = {name: _unusable(table, name) for name in table.names}
    return {name: kind for name, kind in kinds.items() if kind}


def select_dropped(table: Columns, names: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """Return the columns to leave out, and the single numbers of columns of lists."""
    single = [
        name
        for name in names
        if name not in table.columns
        and (column := _list_of(name)) in table.columns
        and table.is_of_lists(column)
        and name in _read_columns_of(table, column)[1]
    ]
    return table.select([n for n in names if n not in single], "drop"), frozenset(single)


def read_ids(table: Columns, name: str | None) -> np.ndarray:
    """Return what rows are called (n_rows,): by a column, else by their numbers."""
    if name is None:
        return np.array(table.row_names)
    ids = table.texts(name)
    first: dict[str, int] = {}
    for index, text in enumerate(ids):
        if first.setdefault(text, index) != index:
            raise TableError(
                f"column {name!r} of {table.source} has {show_name(text)!r} in "
                f"{table.place(first[text])}, and again in {table.place(index)}; name a column "
                "whose values all differ"
            )
    return np.array(ids)


def nothing_left(table: Columns) -> str:
    """Say that no column can be learnt from."""
    return f"{table.source} has no column left to learn from; drop fewer columns"


def _list_of(name: str) -> str:
    return re.sub(r"\[\d+\]$", "", name)


def _unusable(table: Columns, name: str) -> str:
    """Say what a column holds instead of numbers; nothing where it can be a feature."""
    if table.is_of_lists(name) and table.lists(name) is not None:
        return ""
    try:
        numbers = table.numbers(name, rounded=True)
    except NotANumberError as error:
        return error.kind
    sizes = np.abs(numbers[np.isfinite(numbers)])
    if not len(sizes):
        return "no value"
    try:
        if sizes.max() >= WHOLE:
            _read_feature(table, name)
    except TableError:
        return "numbers that 64 bits do not hold"
    return ""


def _read_columns_of(
    table: Columns, name: str, *, needed: bool = False
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return a column, or one of lists of numbers as several (n_rows, n), with their names."""
    if table.is_of_lists(name) and (values := table.lists(name)) is not None:
        _refuse_large(table, name, values, needed=needed)
        return values, tuple(f"{name}[{k}]" for k in range(values.shape[1]))
    return _read_feature(table, name, needed=needed)[:, None], (name,)


def _read_feature(table: Columns, name: str, *, needed: bool = False) -> np.ndarray:
    """Read a column of numbers; one that a model needs cannot be left out."""
    try:
        values = table.numbers(name)
    except NotANumberError as error:
        point = " (with a decimal point)" if error.kind == "text" else ""
        drop = (
            "the model reads it, so"
            if needed
            else f"leave it out with {option('--drop', name)}, or"
        )
        raise TableError(
            f"column {name!r} of {table.source} holds {error.kind} ({error.cell!r}) in "
            f"{table.place(error.index)}; {drop} write numbers{point}"
        ) from None
    _refuse_large(table, name, values[:, None], needed=needed)
    return values


def _refuse_large(table: Columns, name: str, values: np.ndarray, *, needed: bool = False) -> None:
    """Refuse numbers, (n_rows, n), whose squares overflow; those of single precision have none."""
    if values.dtype != np.float64:
        return
    large = np.isfinite(values) & (np.abs(values) > _LARGEST)
    if large.any():
        row, k = np.argwhere(large)[0]
        drop = "" if needed else f", or leave it out with {option('--drop', name)}"
        raise TableError(
            f"column {name!r} of {table.source} has {values[row, k]:g} in {table.place(row)}, too "
            f"large to compute with (above {_LARGEST:g}); take another unit{drop}"
        )


def _refuse_gap(table: Columns, name: str, values: np.ndarray, index: np.intp) -> None:
    what = "a missing" if np.isnan(values).any() else "an infinite"
    raise TableError(
        f"column {name!r} of {table.source} has {what} value in {table.place(index)}; fill gaps "
        f"with --impute median, or leave the column out with {option('--drop', name)}"
    )


def _imputation_notices(n_missing: dict[str, int]) -> tuple[Notice, ...]:
    gaps = {name: count for name, count in n_missing.items() if count}
    if not gaps:
        return ()
    columns = ", ".join(f"{show_name(name)} {count:,}" for name, count in list(gaps.items())[:8])
    columns += f" and {plural(len(gaps) - 8, 'other column')}" if len(gaps) > 8 else ""
    message = (
        f"{plural(sum(gaps.values()), 'missing or infinite value')} replaced by the median of the "
        f"training rows: {columns}"
    )
    return (Notice("imputed", message),)
