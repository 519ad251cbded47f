"""Lines and grids of `gradatim.presentation` on a console.

Conventions: text is never read as markup; a line that is too long is folded by the terminal or by
words, as the caller says.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gradatim.presentation.lines import Grid, Line

__all__ = ["as_table", "print_lines", "print_whole", "width_of"]

# Characters; wider than any table.
_WIDEST = 10_000


def as_table(
    grid: Grid, before: int = 0, after: int = 2, *, edge: bool = False, head: str = "dim"
) -> Table:
    """Return a grid as a table without lines, with blanks before and after its cells."""
    table = Table(box=None, padding=(0, after, 0, before), pad_edge=edge, header_style=head)
    for one in grid.columns:
        justify = "right" if one.right else "left"
        table.add_column(one.head, width=one.width, justify=justify, no_wrap=not one.wraps)
    for cells, look in zip(grid.rows, grid.looks or [""] * len(grid.rows), strict=True):
        table.add_row(*(Text.assemble(*cell) for cell in cells), style=look)
    return table


def print_lines(console: Console, lines: Iterable[Line | Grid], soft_wrap: bool = False) -> None:
    """Print lines, and grids as wide as they are."""
    for line in lines:
        if isinstance(line, Grid):
            print_whole(console, as_table(line))
        else:
            console.print(Text.assemble(*line), soft_wrap=soft_wrap)


def width_of(console: Console, table: Table) -> int:
    """Return how wide a table is where nothing is cut."""
    return Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum


def print_whole(console: Console, table: Table) -> None:
    """Print a table as wide as it is: a terminal may fold a line, but no digit is left out."""
    before, console.width = console.width, max(width_of(console, table), console.width)
    console.print(table)
    console.width = before
