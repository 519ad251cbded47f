"""What a bench is asked, and what it found: numbers for programs, and the same in tables.

Conventions: times are seconds of wall clock; a *ratio* is the peer's median time divided by
ours, so that larger is better for gradatim; every number in a table is in ``data`` too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradatim.errors import SpecError

__all__ = ["SCHEMA", "Options", "Report", "Result", "Table"]

#: Version of the JSON document: it grows when a key changes its meaning or goes.
SCHEMA = 1

#: Hears the finished share of a bench, in [0, 1], and what is being measured.
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """How to measure.

    Parameters
    ----------
    rounds : int, default 3
        Alternating rounds, at least 1, over which medians are taken.
    quick : bool, default False
        A small form of each bench that shows that it works; its times mean nothing.
    seed : int, default 0
        Seed of the generated data and of the folds.
    table : pathlib.Path, optional
        A table that ``verdict`` climbs too.
    target : sequence of str
        Columns of that table that are learnt.
    drop : sequence of str
        Columns of that table that are left out.

    Raises
    ------
    SpecError
        If there is no round, or a table without a target or the other way round.
    """

    rounds: int = 3
    quick: bool = False
    seed: int = 0
    table: Path | None = None
    target: Sequence[str] = ()
    drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise SpecError(f"rounds must be at least 1, not {self.rounds}")
        if self.table is None and (self.target or self.drop):
            raise SpecError("--target and --drop are columns of a table; name it with --table")
        if self.table is not None and len(self.target) != 1:
            raise SpecError(f"name the one column of {self.table} to be learnt with --target")


@dataclass(frozen=True)
class Table:
    """Numbers as a person reads them.

    Parameters
    ----------
    title : str
        What the rows are.
    columns : tuple of str
        Headings; the first column is text, the others are numbers.
    rows : tuple of tuple of str
        Cells.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Result:
    """What one bench found.

    Parameters
    ----------
    name : str
        Name of the bench.
    headline : str
        The one figure that it was made for, the ratio first.
    target : str
        What the figure is held against; empty if nothing.
    met : bool or None
        Whether the target is met; None if there is none.
    tables : sequence of Table
        The figures.
    notes : sequence of str
        What each side did, and what a reader must know to believe the figures.
    data : dict
        Everything measured, for JSON.
    """

    name: str
    headline: str
    target: str
    met: bool | None
    tables: Sequence[Table]
    notes: Sequence[str]
    data: dict[str, Any] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return {
            "bench": self.name,
            "headline": self.headline,
            "target": self.target,
            "met": self.met,
            "notes": list(self.notes),
            **self.data,
        }
