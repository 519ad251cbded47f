"""What a terminal is given to print: lines of pieces, and cells in columns.

Conventions: a piece is text, or text with how it looks (``bold``, ``dim``, ``green`` and the like);
nothing is markup, so brackets in names stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Column", "Grid", "Line", "Piece"]

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
