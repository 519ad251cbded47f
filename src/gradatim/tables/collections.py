"""Tables of features: a file (CSV, Parquet, Arrow, ARFF) or data frame becomes a `Collection`.

Conventions: a row is a sample; every column that is not a target, the groups, the ids or dropped
is a feature and must be numeric; a column of lists of numbers is as many features. Missing features
may stay as NaN (``impute``): whoever trains fills them with medians of the training rows, because
medians of the whole table would tell the training of the scored rows. Rows are numbered from 1
below the header; messages name the line of the file too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from gradatim._digest import row_hashes
from gradatim._stems import find_stems
from gradatim._text import find_twins, plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError, TableError
from gradatim.tables.columns import Columns, Dialect, read_columns
from gradatim.tables.features import Features, nothing_left, read_ids, select_dropped
from gradatim.tables.parts import read_parts
from gradatim.tables.targets import TableTargets, read_targets
from gradatim.tables.weights import read_weights, without_weightless

# Before a column whose names' stems are the groups
_STEM = "stem:"


def read_table(
    path: str | os.PathLike[str] | Any,
    target: str | Sequence[str],
    groups: str | None = None,
    drop: Sequence[str] = (),
    *,
    impute: str | None = None,
    task: str | None = None,
    fold_column: str | None = None,
    split_column: str | None = None,
    weights: str | None = None,
    id: str | None = None,
    drop_rows_without: Sequence[str] = (),
    min_class_size: int = 0,
    single_class: bool = False,
    decimal: Literal[".", ","] | None = None,
    delimiter: str | None = None,
    header: str | None = None,
    encoding: str | None = None,
) -> Collection:
    r"""Read a table of features with one or several columns to learn.

    Unless `task` forces it, one target is learnt as classes if it holds text, true/false, or
    whole numbers with at most 20 different values, and as a regression otherwise. Several targets
    are multi-label if all of them hold only 0 and 1 (or true/false), else a regression with
    several outputs. One target whose cells list tags (``rock|pop``, ``['rock', 'pop']``, lists in
    Parquet) is multi-label with one column per tag. Where another reading is likely, a notice
    offers it.

    Parameters
    ----------
    path : path-like or data frame
        A file of CSV (also in gzip), ARFF, Parquet or Arrow, told apart by content, or a data
        frame of pandas, polars or Arrow. Delimiter, decimal comma, encoding and header lines of
        CSV are found, and a notice says what is not the usual.
    target : str or sequence of str
        Column or columns to learn; ``tag_*`` is all whose names begin so.
    groups : str, optional
        Column that says which rows must stay together (artist, recording), or ``stem:COLUMN``:
        rows whose names in that column share a stem, as song.0001.3.wav and song.0001.4.wav do.
    drop : sequence of str
        Columns that are neither features nor targets, such as file names; patterns as in `target`.
        ``v[1]`` is the second number of the lists in column ``v``.
    impute : {"median"}, optional
        Keep rows with missing or infinite features: these become NaN, to be filled with the
        median of the training rows. Without it they are an error.
    task : {"classification", "multilabel", "regression", "geo"}, optional
        Forces how the target is read; ``"geo"`` is a regression of two targets, latitude and
        longitude in degrees, whatever their columns are called.
    fold_column : str, optional
        Column that names the fold of each row, by which the table is split then.
    split_column : str, optional
        Column that says ``train`` or ``test`` of each row, a published split; ``valid`` rows are
        learnt from.
    weights : str, optional
        Column that says how much each row counts, in training and in scores: numbers of 0 or more,
        of which only the ratios matter. Rows of weight 0 are left out.
    id : str, optional
        Column by whose values the rows are called; they must differ.
    drop_rows_without : sequence of str
        Columns whose missing values cost the row; ``"target"`` and ``"groups"`` mean theirs.
    min_class_size : int, default 0
        Rows that a class, or a tag, must have; smaller ones are left out.
    single_class : bool
        Whether one class is enough, for whoever only scores.
    decimal : {".", ","}, optional
        Mark before decimals in CSV.
    delimiter : str, optional
        One character between the cells of CSV, or its name: comma, semicolon, tab, bar, space.
    header : str, optional
        Lines of CSV that hold names: ``"none"`` (columns are then called ``column 1``), ``"1"``.
    encoding : str, optional
        Encoding of CSV as Python names it, such as ``"cp1252"``.

    Returns
    -------
    Collection
        Input ``"features"``; ids such as ``"row 1"``; a hash of each row's features; a notice
        tells of missing values.

    Raises
    ------
    TableError
        If there is no such file or column, the file is empty, malformed or has two columns of
        one name; the first row may be data; a feature holds text, or missing or infinite values;
        a target or group is missing; ids are repeated; no feature or row is left.
    LabelError
        If all rows are of one class, unless `single_class`.
    SpecError
        If there is no such task, encoding, delimiter or way to impute.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "songs.csv")
    ...     _ = file.write_text("tempo,key,genre\n120,5,rock\n96,0,jazz\n")
    ...     songs = read_table(file, "genre")
    >>> songs.X["features"].tolist(), songs.y.tolist(), songs.ids.tolist()
    ([[120.0, 5.0], [96.0, 0.0]], ['rock', 'jazz'], ['row 1', 'row 2'])
    """
    if impute not in (None, "median"):
        raise SpecError(f"there is no imputation {impute!r}; choose median")
    table = read_columns(path, Dialect(decimal, delimiter, header, encoding))
    targets = table.select([target] if isinstance(target, str) else target, "target")
    dropped, without = select_dropped(table, [drop] if isinstance(drop, str) else drop)
    _question_names(table, targets)
    roles = {"folds": fold_column, "split": split_column, "weights": weights}
    names = _feature_names(table, targets, groups, roles, id, dropped)
    table, row_notices = _without_gaps(
        table, targets, None if groups is None else _group_column(table, groups), drop_rows_without
    )
    table, weight_notices = without_weightless(table, weights)
    read = read_targets(table, targets, task, min_class_size, single_class=single_class)
    table, read = _without_small_classes(table, read, min_class_size)
    features = Features(table, names, impute is not None, without)
    parts, part_notices = None, ()
    if split_column is not None:
        places = [table.place(index) for index in range(len(table.rows))]
        parts, part_notices = read_parts(table.texts(split_column), split_column, places)
    counts = None
    if weights is not None:
        counts, told = read_weights(table, weights)
        weight_notices.append(told)
    columns = [Notice("table-format", text) for text in table.notes]
    return Collection(
        name=table.source,
        X={"features": features.X},
        y=read.y,
        task=read.task,
        ids=read_ids(table, id),
        groups=None if groups is None else _read_groups(table, groups, read.y),
        folds=None if fold_column is None else np.array(table.texts(fold_column)),
        parts=parts,
        weights=counts,
        feature_names={"features": features.names},
        target_names=read.names,
        target_units=tuple(map(_unit, targets)) if read.task == "regression" else (),
        notices=(
            *columns,
            *row_notices,
            *weight_notices,
            *read.notices,
            *part_notices,
            *features.notices(read.task),
        ),
        content_hashes=row_hashes(features.X),
        texts=_other_texts(table, dropped),
    )


def _question_names(table: Columns, targets: Sequence[str]) -> None:
    """Refuse a target that is named as one of its values: line 1 may be data."""
    if table.is_sure_of_names or len(targets) != 1 or table.is_of_lists(targets[0]):
        return
    values = {str(value).strip() for value in table.columns[targets[0]].to_pylist()}
    if targets[0] in values:
        raise TableError(
            f"the target {targets[0]!r} of {table.source} is also one of its values, so line 1 may "
            "be data; add --header none if it is, --header 1 if it holds the names"
        )


def _without_gaps(
    table: Columns, targets: Sequence[str], groups: str | None, asked: Sequence[str]
) -> tuple[Columns, list[Notice]]:
    """Leave out the rows in which some columns have no value."""
    names: list[str] = []
    for name in [asked] if isinstance(asked, str) else asked:
        roles = {"target": targets, "groups": [groups] if groups else []}
        is_role = name in roles and name not in table.columns
        names += roles[name] if is_role else table.select([name], "to drop rows without")
    missing = {name: table.is_missing(name) for name in names}
    gone = np.any(list(missing.values()), axis=0) if missing else np.zeros(len(table.rows), bool)
    if not gone.any():
        return table, []
    where = ", ".join(f"{show_name(name)} {bad.sum():,}" for name, bad in missing.items())
    if gone.all():
        raise TableError(f"every row of {table.source} lacks a value ({where}), so none is left")
    text = f"{plural(int(gone.sum()), 'row')} without a value left out: {where}"
    return table.keep(~gone), [Notice("dropped-rows", text)]


def _without_small_classes(
    table: Columns, read: TableTargets, size: int
) -> tuple[Columns, TableTargets]:
    """Leave out the rows of classes that have too few."""
    if read.task != "classification" or size < 2:
        return table, read
    classes, place, counts = np.unique(read.y, return_inverse=True, return_counts=True)
    small = counts < size
    if not small.any():
        return table, read
    if (~small).sum() < 2:
        raise LabelError(
            f"fewer than two classes of {table.source} have {size} rows; give a smaller "
            "--min-class-size"
        )
    rows = ~small[place]
    twins = find_twins(classes[small], classes[~small])
    named = ", ".join(
        f"{show_name(c)} ({n}{f', like {show_name(twins[c])!r}' if c in twins else ''})"
        for c, n in zip(classes[small][:5], counts[small], strict=False)
    )
    more = f" and {small.sum() - 5} more" if small.sum() > 5 else ""
    text = f"{plural(int((~rows).sum()), 'row')} of classes with fewer than {size} left out"
    notice = Notice("small-classes", f"{text}: {named}{more}")
    return table.keep(rows), read._replace(y=read.y[rows], notices=(*read.notices, notice))


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
    others: Mapping[str, str | None],
    id: str | None,
    dropped: Sequence[str],
) -> list[str]:
    """Return the columns that are features, after a look at those that are not."""
    if not targets:
        raise TableError(f"{table.source} needs a target: name the column that is to be learnt")
    roles = [("target", name) for name in targets]
    roles += [("groups", _group_column(table, groups))] if groups is not None else []
    roles += [(role, name) for role, name in others.items() if name is not None]
    # Rows may be called by the column that groups them, if each is a group of its own.
    roles += [("id", id)] if id is not None and ("groups", id) not in roles else []
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
        raise TableError(nothing_left(table))
    return names


def _unit(name: str) -> str:
    """Return the unit at the end of a column's name: BPM of ``tempo [BPM]``."""
    found = re.search(r"\S\s*(?:\[([^][]+)\]|\(([^()]+)\))\s*$", name)
    return (found[1] or found[2]).strip() if found else ""
