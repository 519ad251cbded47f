"""Targets of a table: which columns are learnt, and as what kind of task.

Conventions: the task follows from the columns unless it is forced. One target: text and
true/false are classes; whole numbers with at most `MAX_INTEGER_CLASSES` different values are
classes; all other numbers are a regression. Several targets: all 0 or 1 (or true/false) is
multi-label; all other numbers are a regression with several outputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

import numpy as np

from gradatim.collection import Task
from gradatim.errors import LabelError, SpecError, TableError
from gradatim.tables.columns import Columns, NotANumberError

__all__ = ["MAX_INTEGER_CLASSES", "read_targets"]

#: Whole numbers with more different values than this are quantities, not names of classes.
MAX_INTEGER_CLASSES = 20


def read_targets(
    table: Columns, names: Sequence[str], task: str | None = None
) -> tuple[np.ndarray, Task]:
    """Read what is to be learnt."""
    if task is not None and task not in get_args(Task):
        raise SpecError(f"there is no task {task!r}; choose one of {', '.join(get_args(Task))}")
    if task == "classification" and len(names) > 1:
        raise TableError(
            f"classes come from one column, but {table.source} was given {len(names)} targets; "
            "name one, or choose the task multilabel"
        )
    known: Task = task or _find_task(table, names)  # type: ignore[assignment]
    if known == "classification":
        return _read_classes(table, names[0]), known
    columns = [_read_numbers(table, name, known) for name in names]
    if known == "multilabel":
        return np.stack(columns, axis=1).astype(np.int64), known
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1), known


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
    # 1 and 1.0 are the same class.
    y = np.array([re.sub(r"^([+-]?\d+)\.0*$", r"\1", text) for text in table.texts(name)])
    if len(np.unique(y)) == 1:
        raise LabelError(
            f"column {name!r} of {table.source} has the single class {str(y[0])!r}; there must be "
            "two or more to learn"
        )
    return y


def _read_numbers(table: Columns, name: str, task: Task | None) -> np.ndarray:
    """Read one target as numbers, all of them there and finite."""
    where = f"target {name!r} of {table.source}"
    try:
        values = table.numbers(name)
    except NotANumberError as error:
        advice = "name one target for classes" if task is None else f"{task} needs numbers"
        row = table.rows[error.index]
        raise TableError(f"{where} holds text ({error.cell!r}) in row {row}; {advice}") from None
    for bad, what in ((np.isnan(values), "no value"), (np.isinf(values), "an infinite value")):
        if bad.any():
            row = table.rows[np.argmax(bad)]
            raise TableError(f"{where} has {what} in row {row}; fill it in or remove the row")
    odd = ~np.isin(values, (0.0, 1.0))
    if task == "multilabel" and odd.any():
        index = int(np.argmax(odd))
        raise TableError(
            f"{where} is {values[index]:g} in row {table.rows[index]}; multilabel needs 0 or 1"
        )
    return values
