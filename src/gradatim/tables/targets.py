"""TableTargets of a table: which columns are learnt, and as what kind of task.

Conventions: the task follows from the columns unless it is forced. One target: text and
true/false are classes; whole numbers with at most `MAX_INTEGER_CLASSES` different values are
classes; all other numbers are a regression. Several targets: all 0 or 1 (or true/false) is
multi-label; all other numbers are a regression with several outputs. A column whose cells list
tags is multi-label, one column per tag. What might be read another way is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Notice, Task
from gradatim.errors import LabelError, SpecError, TableError
from gradatim.tables.columns import WHOLE, Columns, NotANumberError
from gradatim.tables.tags import find_tags, indicate

#: A way to read two targets: as a regression of these names, points on a sphere.
GEO = "geo"
_PLACE = {"latitude": 90.0, "longitude": 360.0}

#: Whole numbers with more different values than this are quantities, not names of classes.
MAX_INTEGER_CLASSES = 20


# Rows per value from which whole numbers may be names of classes after all.
_MIN_ROWS_PER_VALUE = 3


class TableTargets(NamedTuple):
    """What is to be learnt."""

    y: np.ndarray
    task: Task
    names: tuple[str, ...] = ()  # Of the columns of y, unless it holds classes
    notices: tuple[Notice, ...] = ()


def read_targets(
    table: Columns,
    names: Sequence[str],
    task: str | None = None,
    min_rows: int = 0,
    *,
    single_class: bool = False,
) -> TableTargets:
    """Read what is to be learnt; tags of fewer than `min_rows` rows are left out."""
    if task == GEO:
        return _read_places(table, names)
    if task is not None and task not in get_args(Task):
        choices = ", ".join((*get_args(Task), GEO))
        raise SpecError(f"there is no task {task!r}; choose one of {choices}")
    if task == "classification" and len(names) > 1:
        raise TableError(
            f"classes come from one column, but {table.source} was given {len(names)} targets; "
            "name one, or choose the task multilabel"
        )
    if len(names) == 1 and task in (None, "multilabel"):
        rows = find_tags(table, names[0], asked=task is not None)
        if rows is not None:
            return _read_tags(table, names[0], rows, task, min_rows)
    known: Task = task or _find_task(table, names)  # type: ignore[assignment]
    notices = () if task else _notices(table, names, known)
    if known == "classification":
        y = _read_classes(table, names[0])
        if not single_class:
            _require_classes(table, names[0], y)
        return TableTargets(y, known, (), notices)
    columns = [_read_numbers(table, name, known) for name in names]
    if known == "multilabel":
        y = np.stack(columns, axis=1).astype(np.int64)
        return TableTargets(y, known, tuple(names), _constant_labels(table, y, names))
    y = columns[0] if len(columns) == 1 else np.stack(columns, axis=1)
    return TableTargets(y, known, tuple(names), notices)


def _read_places(table: Columns, names: Sequence[str]) -> TableTargets:
    """Read latitude and longitude in degrees, whatever the columns are called."""
    if len(names) != 2:
        raise TableError(
            f"a place is two targets, latitude and longitude in degrees, but {table.source} was "
            f"given {len(names)}; name both with --target"
        )
    columns = [_read_numbers(table, name, "regression") for name in names]
    for name, values, (what, most) in zip(names, columns, _PLACE.items(), strict=True):
        if (odd := np.abs(values) > most).any():
            index = int(odd.argmax())
            raise TableError(
                f"target {name!r} of {table.source} is {values[index]:g} in {table.place(index)}, "
                f"which is no {what} in degrees; name latitude first, then longitude"
            )
    return TableTargets(np.stack(columns, axis=1), "regression", tuple(_PLACE))


def _read_tags(
    table: Columns, name: str, rows: Sequence[Sequence[str]], task: str | None, min_rows: int
) -> TableTargets:
    y, tags, n_rare = indicate(table, name, rows, min_rows)
    notices = []
    if task is None:
        shown = ", ".join(map(show_name, tags[:3])) + (", ..." if tags[3:] else "")
        text = f"target {name!r} was read as lists of {plural(len(tags), 'tag')} ({shown})"
        other = "--task classification takes every different cell as a class"
        notices.append(Notice("target-reading", f"{text}; {other}"))
    if n_rare:
        are = "is" if n_rare == 1 else "are"
        text = f"{plural(n_rare, 'tag')} of fewer than {min_rows} rows {are} left out"
        notices.append(Notice("small-classes", text))
    notices += _constant_labels(table, y, tags)
    return TableTargets(y, "multilabel", tuple(tags), tuple(notices))


def _constant_labels(table: Columns, y: np.ndarray, names: Sequence[str]) -> tuple[Notice, ...]:
    """Tell of labels that are the same in every row; refuse them if there are no others."""
    same = [name for name, values in zip(names, y.T, strict=True) if (values == values[0]).all()]
    if not same:
        return ()
    shown = ", ".join(map(show_name, same[:5])) + (", ..." if same[5:] else "")
    if len(same) == len(names):
        raise LabelError(
            f"every label of {table.source} ({shown}) is the same in all rows, so there is nothing "
            "to learn; name another target"
        )
    text = f"{plural(len(same), 'label')} the same in all rows, which every rung gets right"
    return (Notice("constant-labels", f"{text}: {shown}"),)


def _notices(table: Columns, names: Sequence[str], task: Task) -> tuple[Notice, ...]:
    """Say how whole numbers were read, where they might be read another way."""
    try:
        values = table.numbers(names[0])
    except NotANumberError:
        return ()
    n_values = len(np.unique(values))
    whole = bool((values == np.rint(values)).all())
    repeated = n_values * _MIN_ROWS_PER_VALUE <= len(values)
    if len(names) > 1 or not whole or not repeated or n_values < 3:
        return ()
    read, other, offered = "quantities", "classes", "classification"
    if task == "classification":
        read, other, offered = other, read, "regression"
    text = (
        f"target {names[0]!r} holds {n_values} different whole numbers, most in several rows, and "
        f"was read as {read}; --task {offered} takes them as {other}"
    )
    return (Notice("target-reading", text),)


def _find_task(table: Columns, names: Sequence[str]) -> Task:
    if len(names) == 1:
        return _find_single_task(table, names[0])
    columns = [_read_numbers(table, name, None) for name in names]
    return "multilabel" if np.isin(columns, (0.0, 1.0)).all() else "regression"


def _find_single_task(table: Columns, name: str) -> Task:
    try:
        values = table.numbers(name)
    except NotANumberError:
        return "classification"
    present = values[~np.isnan(values)]
    whole = len(present) > 0 and np.isfinite(present).all() and (present == np.rint(present)).all()
    few = len(np.unique(present)) <= MAX_INTEGER_CLASSES
    return "classification" if whole and few else "regression"


def _read_classes(table: Columns, name: str) -> np.ndarray:
    if table.is_of_lists(name):
        raise TableError(
            f"column {name!r} of {table.source} holds lists, which are no classes; take them as "
            "tags with --task multilabel"
        )
    y = np.array([re.sub(r"^([+-]?\d+)\.0*$", r"\1", text) for text in table.texts(name)])
    return _one_name_per_number(table, name, y)


def _require_classes(table: Columns, name: str, y: np.ndarray) -> None:
    if len(np.unique(y)) == 1:
        raise LabelError(
            f"column {name!r} of {table.source} has the single class {show_name(y[0])!r}; there "
            "must be two or more to learn"
        )


def _one_name_per_number(table: Columns, name: str, y: np.ndarray) -> np.ndarray:
    """Call equal numbers alike, by the shortest of their texts: 1, 1.0 and 1e0 are one class."""
    try:
        values = table.numbers(name)
    except (NotANumberError, TableError):
        return y
    if np.abs(values).max() >= WHOLE:
        return y
    order = np.lexsort((y, np.char.str_len(y), values))
    kinds, first, of = np.unique(values[order], return_index=True, return_inverse=True)
    named = y.copy()
    named[order] = y[order][first][of]
    return named if len(kinds) < len(np.unique(y)) else y


def _read_numbers(table: Columns, name: str, task: Task | None) -> np.ndarray:
    """Read one target as numbers, all of them there and finite."""
    where = f"target {name!r} of {table.source}"
    try:
        values = table.numbers(name)
    except NotANumberError as error:
        advice = "name one target for classes" if task is None else f"{task} needs numbers"
        held = f"{error.kind} ({error.cell!r})"
        raise TableError(f"{where} holds {held} in {table.place(error.index)}; {advice}") from None
    for bad, what in ((np.isnan(values), "no value"), (np.isinf(values), "an infinite value")):
        if bad.any():
            place = table.place(np.argmax(bad))
            raise TableError(f"{where} has {what} in {place}; fill it in or remove the row")
    # Networks learn in single precision, and only here is it known which line it was.
    far = np.abs(values) > np.finfo(np.float32).max
    if far.any():
        index = int(np.argmax(far))
        raise TableError(
            f"{where} is {values[index]:g} in {table.place(index)}, beyond 3.4e38; correct it, "
            "remove the row, or take another unit"
        )
    odd = ~np.isin(values, (0.0, 1.0))
    if task == "multilabel" and odd.any():
        index = int(np.argmax(odd))
        raise TableError(
            f"{where} is {values[index]:g} in {table.place(index)}; multilabel needs 0 or 1"
        )
    return values
