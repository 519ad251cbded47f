"""ARFF, Weka's tables: a head that names the attributes, then CSV.

Conventions: cells are text; ``?`` is missing. Rows may be sparse (``{1 2.5, 3 x}``), where what is
left out is 0, or the first value of a list of values. Messages name the line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradatim.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

_ATTRIBUTE = re.compile(
    r"""@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s{'"]+)\s*(\S.*)""", re.I
)


class _Attribute(NamedTuple):
    """A column: its name, and what a sparse row means by leaving it out."""

    name: str
    default: str


def is_arff(text: str) -> bool:
    """Tell whether a text is ARFF: its first line that is no comment names a relation."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("%")), "")
    return first.lower().startswith(("@relation", "@attribute"))


def read_arff(source: str, text: str) -> tuple[dict[str, pa.ChunkedArray], np.ndarray]:
    """Read the columns of a table, as text, and the line of each row."""
    import pyarrow as pa

    lines = text.splitlines()
    attributes, start = _head(source, lines)
    rows, numbers = [], []
    for number, line in enumerate(lines[start:], start=start + 1):
        line = line.strip()
        if line and not line.startswith("%"):
            rows.append(_row(source, line, number, attributes))
            numbers.append(number)
    cells = zip(*rows, strict=True) if rows else [()] * len(attributes)
    columns = {
        attribute.name: pa.chunked_array([pa.array(column, pa.string())])
        for attribute, column in zip(attributes, cells, strict=True)
    }
    return columns, np.array(numbers, dtype=int)


def _head(source: str, lines: list[str]) -> tuple[list[_Attribute], int]:
    attributes: list[_Attribute] = []
    for k, line in enumerate(lines):
        word = line.strip().lower()
        if word.startswith("@data"):
            if not attributes:
                break
            return attributes, k + 1
        if word.startswith("@attribute"):
            attributes.append(_attribute(source, line.strip(), k + 1, attributes))
    raise TableError(
        f"{source} has no {'@data' if attributes else '@attribute'}; it is no whole ARFF"
    )


def _attribute(source: str, line: str, number: int, known: list[_Attribute]) -> _Attribute:
    found = _ATTRIBUTE.fullmatch(line)
    if not found:
        raise TableError(f"{source} has an @attribute without name or type in line {number}")
    name, kind = _bare(found[1]), found[2].strip()
    if kind.lower().startswith("relational"):
        raise TableError(
            f"{source} has tables inside cells (relational, line {number}), which are not read"
        )
    if any(name == other.name for other in known):
        raise TableError(f"{source} has two columns named {name!r}; rename one")
    values = _cells(kind.strip("{} ")) if kind.startswith("{") else ["0"]
    return _Attribute(name, values[0] if values else "")


def _row(source: str, line: str, number: int, attributes: list[_Attribute]) -> list[str | None]:
    if line.startswith("{"):
        return _sparse_row(source, line, number, attributes)
    cells = _cells(line)
    # A weight may stand behind the cells, in braces.
    if len(cells) == len(attributes) + 1 and re.fullmatch(r"\{.*\}", cells[-1]):
        cells.pop()
    if len(cells) != len(attributes):
        raise TableError(
            f"{source} has {len(cells)} cells in line {number}, but {len(attributes)} attributes"
        )
    return [None if cell in ("?", "") else cell for cell in cells]


def _sparse_row(
    source: str, line: str, number: int, attributes: list[_Attribute]
) -> list[str | None]:
    row: list[str | None] = [attribute.default for attribute in attributes]
    inside = line[1:].partition("}")[0].strip()
    for pair in _cells(inside) if inside else []:
        place, _, value = pair.strip().partition(" ")
        if not place.isdecimal() or int(place[:9]) >= len(attributes) or not value.strip():
            raise TableError(
                f"{source} has {pair.strip()[:40]!r} in line {number}, which is no number of a "
                "column and value"
            )
        value = _bare(value.strip())
        row[int(place)] = None if value == "?" else value
    return row


def _cells(line: str) -> list[str]:
    """Cut a line at commas (or tabs) outside quotes, which may be single or double."""
    delimiter = "," if "," in line or "\t" not in line else "\t"
    if "'" not in line and '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    cells, quote, start, k = [], "", 0, 0
    while k < len(line):
        character = line[k]
        if character == "\\" and quote:
            k += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == delimiter:
            cells.append(line[start:k])
            start = k + 1
        k += 1
    return [_bare(cell.strip()) for cell in [*cells, line[start:]]]


def _bare(text: str) -> str:
    """Take the quotes away."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
