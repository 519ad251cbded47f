"""Lines and grids of `gradatim.presentation` on a console, and documents on standard output.

Conventions: text is never read as markup; a line that is too long is folded by the terminal or by
words, as the caller says. A console writes the escapes that color its own text; those inside the
text are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from gradatim._text import escape_controls, readable
from gradatim.cli._streams import unguarded
from gradatim.presentation.lines import Grid, Line

__all__ = ["SafeConsole", "as_table", "print_lines", "print_whole", "width_of"]

# Characters; wider than any table.
_WIDEST = 10_000


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
    return escape_controls(readable(text, sys.stdout.encoding or "utf-8"))


def print_lines(console: Console, lines: Iterable[Line | Grid], soft_wrap: bool = False) -> None:
    """Print lines, and grids as wide as they are."""
    for line in lines:
        if isinstance(line, Grid):
            print_whole(console, as_table(line))
        else:
            console.print(_text(line), soft_wrap=soft_wrap)


def width_of(console: Console, table: Table) -> int:
    """Return how wide a table is where nothing is cut."""
    return Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum


def print_whole(console: Console, table: Table) -> None:
    """Print a table as wide as it is: a terminal may fold a line, but no digit is left out."""
    before, console.width = console.width, max(width_of(console, table), console.width)
    console.print(table)
    console.width = before
