"""Labeled points from a table: numbers, labels, and what a row is called.

Conventions: a number is the float nearest to what is written, and then exactly that float; with
``decimals`` it is the decimal that is written. A row is called by its ID, or by its number from 1
below the header.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gradatim._digest import sha256
from gradatim._text import option
from gradatim.errors import TableError

if TYPE_CHECKING:
    from gradatim.tables.columns import Columns, Dialect


@dataclass(frozen=True, eq=False)
class Points:
    """What was read."""

    source: str  # Name of the file
    X: np.ndarray  # (n_samples, n_features): Floats, or objects that are fractions
    labels: list[str]  # Label of each row
    names: tuple[str, ...]  # Names of the columns
    ids: list[str]  # What each row is called
    notes: tuple[str, ...] = ()  # What was lost when numbers became floats
    counting: str = ""  # How rows without IDs are counted, where an editor counts otherwise

    @property
    def classes(self) -> list[str]:
        """The different labels, in no particular order."""
        return list(dict.fromkeys(self.labels))

    @property
    def floats(self) -> np.ndarray:
        """The numbers as floats, for pictures."""
        return self.X.astype(np.float64)

    @property
    def sha256(self) -> str:
        """Hash of names, numbers and labels."""
        head = json.dumps([self.names, self.labels], ensure_ascii=False)
        table = "\n".join(map(str, self.X.flat)) if self.X.dtype == object else self.X
        return sha256(head, table)


def read_points(
    path: Path,
    target: str,
    columns: Sequence[str] | None = None,
    id: str | None = None,
    *,
    drop: Sequence[str] = (),
    decimals: bool = False,
    dialect: Dialect | None = None,
) -> Points:
    """Read labeled points from a table."""
    from gradatim.tables.columns import read_columns

    table = read_columns(path, dialect)
    labels = table.texts(table.require(target, "target"))
    ids = table.row_names
    if id is not None:
        ids = table.texts(table.require(id, "IDs"))
    chosen = [table.require(name, "column") for name in columns or ()]
    if target in chosen:
        raise TableError(f"{target!r} is the target; leave it out of --columns")
    dropped = [table.require(name, "column to drop") for name in drop]
    chosen = list(dict.fromkeys(chosen)) or [
        name for name in table.names if name not in (target, id, *dropped)
    ]
    if not chosen:
        raise TableError(f"{table.source} has no column beside {target!r}; there is nothing to cut")
    read = _decimals if decimals else _floats
    parts = [read(table, name, columns is None) for name in chosen]
    notes = [f"note: {text}" for text in table.notes]
    if not decimals:
        lost = (table.lost_digits(*pair) for pair in zip(chosen, parts, strict=True))
        notes += [f"note: {text}; --decimals takes them as written" for text in lost if text]
    return Points(
        table.source,
        np.stack(parts, axis=1),
        labels,
        tuple(chosen),
        ids,
        tuple(notes),
        table.counting if id is None else "",
    )


def _floats(table: Columns, name: str, unnamed: bool, *, rounded: bool = False) -> np.ndarray:
    from gradatim.tables.columns import NotANumberError

    try:
        values = table.numbers(name, rounded=rounded)
    except NotANumberError as error:
        raise _no_number(table, name, error.index, error.cell, unnamed) from error
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        what = "no value" if np.isnan(values[bad[0]]) else "an infinite value"
        raise TableError(
            f"column {name!r} of {table.source} has {what} in {table.place(bad[0])}; "
            "fill it in or remove the row"
        )
    return values


def _decimals(table: Columns, name: str, unnamed: bool) -> np.ndarray:
    from gradatim.errors import SpecError
    from gradatim.network.numbers import to_fraction

    _floats(table, name, unnamed, rounded=True)
    texts = table.texts(name)
    values = np.empty(len(texts), dtype=object)
    for index, text in enumerate(texts):
        try:
            values[index] = to_fraction({"true": 1, "false": 0}.get(text.lower(), text))
        except SpecError as error:
            raise _no_number(table, name, index, text, unnamed) from error
    return values


def _no_number(table: Columns, name: str, index: int, cell: str, unnamed: bool) -> TableError:
    hint = "leave it out of --columns"
    if unnamed:
        drop, rows = option("--drop", name), option("--id", name)
        hint = f"leave it out with {drop}, or name the rows by it with {rows}"
    return TableError(
        f"column {name!r} of {table.source} holds {cell[:40]!r} in {table.place(index)}, "
        "which "
        f"is no number; {hint}"
    )
