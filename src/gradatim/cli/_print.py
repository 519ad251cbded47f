"""Lines and grids of `gradatim.presentation` on a console, and documents on standard output.

Conventions: text is never read as markup; a line that is too long is folded by the terminal or by
words, as the caller says. A console writes the escapes that color its own text; those inside the
text are shown.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from gradatim._text import escape_controls, readable
from gradatim.cli._streams import output_encoding, unguarded
from gradatim.presentation.lines import Column, Grid, Line


class SafeConsole(Console):
    """A console on standard output or error that shows controls instead of obeying them."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(file=unguarded(sys.stderr if stderr else sys.stdout), highlight=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Yield the segments of something, in whose text nothing is an escape."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(escape_controls(text), style)


def as_table(
    grid: Grid, before: int = 0, after: int = 2, *, edge: bool = False, head: str = "dim"
) -> Table:
    """Return a grid as a table without lines, with blanks before and after its cells."""
    table = Table(box=None, padding=(0, after, 0, before), pad_edge=edge, header_style=head)
    for one in grid.columns:
        justify = "right" if one.right else "left"
        table.add_column(
            _visible(one.head), width=one.width, justify=justify, no_wrap=not one.wraps
        )
    for cells, look in zip(grid.rows, grid.looks or [""] * len(grid.rows), strict=True):
        table.add_row(*(_text(cell) for cell in cells), style=look)
    return table


def _text(line: Line) -> Text:
    pieces = [(piece, "") if isinstance(piece, str) else piece for piece in line]
    return Text.assemble(*((_visible(text), style) for text, style in pieces))


def _visible(text: str) -> str:
    """Write a piece as it will look, so that its width is known."""
    return escape_controls(readable(text, output_encoding()))


def print_lines(console: Console, lines: Iterable[Line | Grid], soft_wrap: bool = False) -> None:
    """Print lines, and grids; where nobody knows how wide the reader's screen is, as they are."""
    for line in lines:
        if not isinstance(line, Grid):
            console.print(_text(line), soft_wrap=soft_wrap)
        elif console.is_terminal or "COLUMNS" in os.environ:
            console.print(fitted(console, line), soft_wrap=soft_wrap)
        else:
            before, console.width = console.width, max(_least_width(line), console.width)
            console.print(as_table(line))
            console.width = before


def fitted(
    console: Console,
    *grids: Grid,
    before: int = 0,
    after: int = 2,
    edge: bool = False,
    head: str = "dim",
) -> RenderableType:
    """Return the first grid that fits the console as a table; if none does, a list of its rows.

    No name and no number is cut, however narrow the screen is.
    """
    for grid in (*grids, *map(_without_spare, grids)):
        if _least_width(grid, before, after, edge) <= console.width:
            return as_table(grid, before, after, edge=edge, head=head)
    return Group(*_records(_without_spare(grids[0])))


def _without_spare(grid: Grid) -> Grid:
    kept = [k for k, one in enumerate(grid.columns) if not one.spare]
    rows = [[cells[k] for k in kept] for cells in grid.rows]
    return Grid([grid.columns[k] for k in kept], rows, grid.looks)


def _least_width(grid: Grid, before: int = 0, after: int = 2, edge: bool = False) -> int:
    """Return how wide a table is at least where nothing is cut."""
    gaps = (before + after) * len(grid.columns) - (0 if edge else before + after)
    return gaps + sum(_column_width(one, k, grid) for k, one in enumerate(grid.columns))


def _column_width(column: Column, index: int, grid: Grid) -> int:
    if column.width is not None:
        return column.width
    texts = [_visible(column.head), *(_text(cells[index]).plain for cells in grid.rows)]
    parts = [
        part for text in texts for part in (text.split() if column.wraps else text.split("\n"))
    ]
    return max(map(cell_len, parts), default=0)


def _records(grid: Grid) -> Iterator[Text]:
    """Yield the rows below each other: what names a row, then a line for each of its cells."""
    looks = grid.looks or [""] * len(grid.rows)
    for number, (cells, look) in enumerate(zip(grid.rows, looks, strict=True)):
        named = [_text(cell) for cell, one in zip(cells, grid.columns, strict=True) if one.names]
        named = [text for text in named if text]
        if number and not named:
            yield Text("")
        if named:
            yield Text(" ", style=look).join(named)
        for cell, one in zip(cells, grid.columns, strict=True):
            text = Text(" ").join(_text(cell).split("\n"))
            if text and not one.names:
                yield Text.assemble("  " if named else "", (_visible(one.head), "dim"), " ", text)
