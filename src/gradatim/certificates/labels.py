"""Labels of the rows of a table, the order of their classes, and names of its columns.

Conventions: numbers by size, before texts by letter; a text that reads as a number is one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import isnan, nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import name_inputs
from gradatim.errors import LabelError, ShapeError

__all__ = ["RowLabels", "name_columns", "read_labels", "read_table_labels", "sorted_labels"]


class RowLabels(NamedTuple):
    """Labels of two or more classes."""

    labels: list[Any]  # Of each row
    classes: tuple[Any, ...]  # In ascending order
    codes: np.ndarray  # (n_rows,): Number of the class of each row


def read_labels(y: Sequence[Hashable] | np.ndarray, n_rows: int) -> RowLabels:
    """Read a label for each row; fewer than two classes are refused.

    Examples
    --------
    >>> read_labels(["b", "a", "b"], 3).codes
    array([1, 0, 1])
    """
    labels = y.tolist() if isinstance(y, np.ndarray) else list(y)
    classes = sorted_labels(labels, n_rows)
    if len(classes) < 2:
        raise LabelError(f"all rows are labeled {classes[0]}; two different labels are needed")
    return RowLabels(labels, tuple(classes), np.array([classes.index(one) for one in labels]))


def read_table_labels(
    X: ArrayLike, y: Sequence[Hashable] | np.ndarray
) -> tuple[np.ndarray, tuple[Hashable, ...], np.ndarray]:
    """Return a table, its classes in ascending order, and the number of each row's (n_samples,)."""
    table = np.asarray(X, dtype=np.float64)
    if table.ndim != 2 or len(table) != len(y):
        raise ShapeError(f"X is {table.shape}, with {len(y)} labels; give each row one")
    _, classes, codes = read_labels(y, len(table))
    return table, classes, codes


def name_columns(given: Sequence[str], n_columns: int) -> tuple[str, ...]:
    """Return the given names of columns, x1, x2, ... where there are none; refuse another number.

    Examples
    --------
    >>> name_columns((), 2)
    ('x1', 'x2')
    """
    names = name_inputs(given, n_columns)
    if len(names) != n_columns:
        raise ShapeError(f"{len(names)} names for {n_columns} columns; give one for each")
    return names


def sorted_labels(labels: Sequence[Any], n_rows: int) -> list[Any]:
    """Return the different labels in ascending order, numbers before texts.

    Examples
    --------
    >>> sorted_labels(["b", "10", 9, "1.0", "nan", "1"], 6)
    ['1', '1.0', 9, '10', 'b', 'nan']
    """
    if len(labels) != n_rows:
        raise ShapeError(f"{len(labels)} labels for {n_rows} rows; give each row one")
    return sorted(set(labels), key=_order)


def _order(label: Any) -> tuple[bool, float, str]:
    text = str(label)
    try:
        value = float(text)
    except ValueError:
        value = nan
    # "1" and "1.0" are two labels of one size, and "nan" has none.
    return isnan(value), 0.0 if isnan(value) else value, text
