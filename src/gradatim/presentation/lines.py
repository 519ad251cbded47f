"""What a terminal is given to print: lines of pieces, and cells in columns.

Conventions: a piece is text, or text with how it looks (``bold``, ``dim``, ``green`` and the like);
nothing is markup, so brackets in names stay what they are. Columns of aligned text are two spaces
apart, and no line ends in a space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradatim._text import show_sentence
from gradatim.collection import Notice

__all__ = ["Column", "Grid", "Line", "Piece", "align", "notes"]

Piece = str | tuple[str, str]
Line = Sequence[Piece]


@dataclass(frozen=True)
class Column:
    """A column of a grid."""

    head: str
    right: bool = False  # Whether cells end at the right edge
    width: int | None = None  # Characters; None: as wide as its cells
    wraps: bool = False  # Whether a narrow screen may wrap its cells
    names: bool = False  # Whether its cells say which row it is
    spare: bool = False  # Whether a narrow screen leaves it out first


@dataclass(frozen=True)
class Grid:
    """Cells in columns; the look of a row applies to all of it."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Line]]
    looks: Sequence[str] = ()  # Look of each row; empty: none has one


def align(
    rows: Sequence[Sequence[str]], right_from: int | None = None, *, indent: int = 0
) -> list[str]:
    """Write rows of cells as lines, columns from `right_from` on aligned to the right.

    Examples
    --------
    >>> align([["", "units"], ["deep", "4"]], right_from=1)
    ['      units', 'deep      4']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    n_left = len(widths) if right_from is None else right_from
    form = " " * indent + "  ".join(
        f"{{:{'<' if j < n_left else '>'}{width}}}" for j, width in enumerate(widths)
    )
    return [form.format(*row).rstrip() for row in rows]


def notes(notices: Iterable[Notice]) -> Iterator[Line]:
    """Yield what else a person should know, a notice on each line."""
    yield from ([("note: ", "yellow"), show_sentence(notice.message)] for notice in notices)
