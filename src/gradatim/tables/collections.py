"""Tables of features: a CSV or Parquet file becomes a `Collection`.

Conventions: a row is a sample; every column that is not a target, the groups or dropped is a
feature and must be numeric. Missing features may stay as NaN (``impute``): whoever trains fills
them with medians of the training rows, because medians of the whole table would tell the training
of the scored rows. Rows are numbered as an editor shows them (the header is line 1).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gradatim._digest import row_hashes
from gradatim._stems import find_stems
from gradatim._text import option, plural
from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError, TableError
from gradatim.tables.columns import Columns, NotANumberError, read_columns
from gradatim.tables.targets import read_targets

__all__ = ["read_table", "text_columns"]

#: Size of a number whose square is still far from the end of float64.
_LARGEST = 1e100

# Before a column whose names' stems are the groups
_STEM = "stem:"


def read_table(
    path: str | os.PathLike[str],
    target: str | Sequence[str],
    groups: str | None = None,
    drop: Sequence[str] = (),
    *,
    impute: str | None = None,
    task: str | None = None,
    fold_column: str | None = None,
) -> Collection:
    r"""Read a table of features with one or several columns to learn.

    Unless `task` forces it, one target is learnt as classes if it holds text, true/false, or
    whole numbers with at most 20 different values, and as a regression otherwise. Several targets
    are multi-label if all of them hold only 0 and 1 (or true/false), else a regression with
    several outputs.

    Parameters
    ----------
    path : path-like
        A CSV file (comma, semicolon or tab; UTF-8; one header line) or a Parquet file.
    target : str or sequence of str
        Column or columns to learn.
    groups : str, optional
        Column that says which rows must stay together (artist, recording), or ``stem:COLUMN``:
        rows whose names in that column share a stem, as song.0001.3.wav and song.0001.4.wav do.
    drop : sequence of str
        Columns that are neither features nor targets, such as file names.
    impute : {"median"}, optional
        Keep rows with missing or infinite features: these become NaN, to be filled with the
        median of the training rows. Without it they are an error.
    task : {"classification", "multilabel", "regression"}, optional
        Forces how the target is read.
    fold_column : str, optional
        Column that names the fold of each row, by which the table is split then.

    Returns
    -------
    Collection
        Input ``"features"``; ids such as ``"row 2"``; a hash of each row's features; a notice
        tells of missing values.

    Raises
    ------
    TableError
        If there is no such file or column, the file is empty, malformed or has two columns of
        one name; a feature holds text, or missing or infinite values; a target or group is
        missing; no feature is left.
    LabelError
        If all rows are of one class.
    SpecError
        If there is no such task or way to impute.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "songs.csv")
    ...     _ = file.write_text("tempo,key,genre\n120,5,rock\n96,0,jazz\n")
    ...     songs = read_table(file, "genre")
    >>> songs.X["features"].tolist(), songs.y.tolist(), songs.ids.tolist()
    ([[120.0, 5.0], [96.0, 0.0]], ['rock', 'jazz'], ['row 2', 'row 3'])
    """
    if impute not in (None, "median"):
        raise SpecError(f"there is no imputation {impute!r}; choose median")
    table = read_columns(path)
    targets = [target] if isinstance(target, str) else list(target)
    dropped = [drop] if isinstance(drop, str) else list(drop)
    names = _feature_names(table, targets, groups, fold_column, dropped)
    y, known_task = read_targets(table, targets, task)
    group_column = None if groups is None else _read_groups(table, groups, y)
    X, n_missing = _read_features(table, names, impute is not None)
    return Collection(
        name=Path(path).name,
        X={"features": X},
        y=y,
        task=known_task,
        ids=np.array([f"row {row}" for row in table.rows.tolist()]),
        groups=group_column,
        folds=None if fold_column is None else np.array(table.texts(fold_column)),
        feature_names={"features": tuple(names)},
        target_names=() if known_task == "classification" else tuple(targets),
        target_units=tuple(map(_unit, targets)) if known_task == "regression" else (),
        notices=(*_imputation_notices(n_missing), *_precision_notices(table, names, X)),
        content_hashes=row_hashes(X),
        texts=_other_texts(table, dropped),
    )


def text_columns(path: str | os.PathLike[str]) -> list[str]:
    """Return the columns of a table that no number can be read from."""
    table = read_columns(path)
    return [name for name in table.names if not _holds_numbers(table, name)]


def _holds_numbers(table: Columns, name: str) -> bool:
    try:
        table.numbers(name, rounded=True)
    except NotANumberError:
        return False
    return True


def _group_column(table: Columns, groups: str) -> str:
    """Return the column from which groups are read."""
    named = groups in table.columns or not groups.startswith(_STEM)
    return groups if named else groups.removeprefix(_STEM)


def _read_groups(table: Columns, groups: str, y: np.ndarray) -> np.ndarray:
    column = _group_column(table, groups)
    texts = table.texts(column)
    if column == groups:
        return np.array(texts)
    stems = find_stems(texts, y)
    if stems is None:
        raise TableError(
            f"the names in column {column!r} of {table.source} share no stems, such as the "
            f"song.0001 of song.0001.3.wav; the first is {texts[0]!r}"
        )
    return stems


def _other_texts(table: Columns, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return columns that are not learnt from, as texts, empty where a value is missing."""
    found = {}
    for name in dict.fromkeys(names):
        values = table.columns[name].to_pylist()
        if not any(isinstance(value, list | dict | bytes) for value in values):
            found[name] = np.array(["" if v is None or v != v else str(v).strip() for v in values])
    return found


def _feature_names(
    table: Columns,
    targets: Sequence[str],
    groups: str | None,
    folds: str | None,
    dropped: Sequence[str],
) -> list[str]:
    """Return the columns that are features, after a look at those that are not."""
    if not targets:
        raise TableError(f"{table.source} needs a target: name the column that is to be learnt")
    roles = [("target", name) for name in targets]
    roles += [("groups", _group_column(table, groups))] if groups is not None else []
    roles += [("folds", folds)] if folds is not None else []
    # The groups are no feature, whether or not they are dropped too.
    roles += [("drop", name) for name in dropped if ("groups", name) not in roles]
    taken: dict[str, str] = {}
    for role, name in roles:
        other = taken.setdefault(table.require(name, role), role)
        if other != role or (role == "target" and targets.count(name) > 1):
            raise TableError(
                f"column {name!r} of {table.source} is named twice ({other} and {role}); "
                "name it once"
            )
    names = [name for name in table.names if name not in taken]
    if not names:
        raise TableError(f"{table.source} has no column left to learn from; drop fewer columns")
    return names


def _read_features(
    table: Columns, names: Sequence[str], impute: bool
) -> tuple[np.ndarray, dict[str, int]]:
    """Stack the features; also count the missing values of each column."""
    X = np.empty((len(table.rows), len(names)))
    n_missing = {}
    for k, name in enumerate(names):
        X[:, k] = values = _read_feature(table, name)
        bad = ~np.isfinite(values)
        if bad.any() and not impute:
            _refuse_gap(table, name, values)
        if bad.all():
            raise TableError(
                f"column {name!r} of {table.source} has no value in any row; leave it out with "
                f"{option('--drop', name)}"
            )
        X[bad, k] = np.nan
        n_missing[name] = int(bad.sum())
    return X, n_missing


def _read_feature(table: Columns, name: str) -> np.ndarray:
    try:
        values = table.numbers(name)
    except NotANumberError as error:
        raise TableError(
            f"column {name!r} of {table.source} holds text ({error.cell!r}) in row "
            f"{table.rows[error.index]}; leave it out with {option('--drop', name)}, or write "
            "numbers (with a decimal point)"
        ) from None
    large = np.isfinite(values) & (np.abs(values) > _LARGEST)
    if large.any():
        row = int(np.argmax(large))
        raise TableError(
            f"column {name!r} of {table.source} has {values[row]:g} in row {table.rows[row]}, too "
            f"large to compute with (above {_LARGEST:g}); take another unit, or leave it out with "
            f"{option('--drop', name)}"
        )
    return values


def _refuse_gap(table: Columns, name: str, values: np.ndarray) -> None:
    index = int(np.argmax(~np.isfinite(values)))
    what = "a missing" if np.isnan(values[index]) else "an infinite"
    raise TableError(
        f"column {name!r} of {table.source} has {what} value in row {table.rows[index]}; fill gaps "
        f"with --impute median, or leave the column out with {option('--drop', name)}"
    )


def _unit(name: str) -> str:
    """Return the unit at the end of a column's name: BPM of ``tempo [BPM]``."""
    found = re.search(r"\S\s*(?:\[([^][]+)\]|\(([^()]+)\))\s*$", name)
    return (found[1] or found[2]).strip() if found else ""


def _imputation_notices(n_missing: dict[str, int]) -> tuple[Notice, ...]:
    gaps = {name: count for name, count in n_missing.items() if count}
    if not gaps:
        return ()
    columns = ", ".join(f"{name} {count:,}" for name, count in gaps.items())
    message = (
        f"{plural(sum(gaps.values()), 'missing or infinite value')} replaced by the median of the "
        f"training rows: {columns}"
    )
    return (Notice("imputed", message),)


def _precision_notices(table: Columns, names: Sequence[str], X: np.ndarray) -> tuple[Notice, ...]:
    lost = [text for k, name in enumerate(names) if (text := table.lost_digits(name, X[:, k]))]
    if not lost:
        return ()
    more = f"; so have {plural(len(lost) - 1, 'other column')}" if lost[1:] else ""
    return (Notice("precision", f"{lost[0]}{more}"),)
