"""The order of classes, the same wherever points are labeled.

Conventions: numbers by size, before texts by letter; a text that reads as a number is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from typing import Any

from gradatim.errors import ShapeError

__all__ = ["sorted_labels"]


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
