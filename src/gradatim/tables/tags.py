r"""Tags: a target whose cells list several labels becomes one 0/1 column per tag.

Conventions: tags are in ascending order. A column of lists is one of tags, and so is text in which
every cell is a list (``['rock', 'pop']``), or in which ``|`` separates what stands in other cells
too. An empty list is a row without a tag.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.errors import TableError
from gradatim.tables.columns import Columns

_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s,'"][^,'"]*)""")

# Between tags where somebody says that there are several; the first that stands in a cell.
_SEPARATORS = "|;,"


def find_tags(table: Columns, name: str, asked: bool) -> list[list[str]] | None:
    """Return the tags of every row; None where the column holds no lists of tags."""
    values = table.columns[name].to_pylist()
    if any(isinstance(value, list) for value in values):
        return [_texts(value) for value in values]
    if not all(isinstance(value, str) for value in values):
        return None
    if all(re.fullmatch(r"[\[({].*[])}]", value, re.S) for value in values):
        return [_texts(["".join(m) for m in _QUOTED.findall(value[1:-1])]) for value in values]
    separators = _SEPARATORS if asked else "|"
    separator = next((s for s in separators if any(s in value for value in values)), None)
    if separator is None:
        return None
    rows = [_texts(value.split(separator)) for value in values]
    return rows if asked or _shared(rows) else None


def indicate(
    table: Columns, name: str, rows: Sequence[Sequence[str]], min_rows: int
) -> tuple[np.ndarray, list[str], int]:
    """Write tags as columns of 0 and 1, without those of fewer rows; also return these' number.

    Returns (n_rows, n_tags), the tags, and how many were left out.
    """
    counts = Counter(tag for row in rows for tag in row)
    tags = sorted(tag for tag, count in counts.items() if count >= min_rows)
    if not tags:
        raise TableError(f"column {name!r} of {table.source} holds no tag that is often enough")
    place = {tag: k for k, tag in enumerate(tags)}
    y = np.zeros((len(rows), len(tags)), dtype=np.int64)
    for i, row in enumerate(rows):
        y[i, [place[tag] for tag in row if tag in place]] = 1
    return y, tags, len(counts) - len(tags)


def _texts(values: Sequence[Any] | None) -> list[str]:
    """Return different tags of a row, without blanks around them."""
    texts = (str(value).strip() for value in values or () if value is not None)
    return list(dict.fromkeys(filter(None, texts)))


def _shared(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a tag stands with different others in different rows."""
    different = {tuple(row) for row in rows}
    counts = Counter(tag for row in different for tag in row)
    return any(counts[tag] > 1 for row in different if len(row) > 1 for tag in row)
