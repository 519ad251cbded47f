"""The live table: hears how a climb goes on and draws it until it is done.

Conventions: drawn only on a terminal, on which nothing is left afterwards. Times are seconds of
wall clock. The climb's thread writes rows and rich's thread reads them: a row is replaced as a
whole, and once planned the rows never change in number.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from gradatim._text import show_name
from gradatim.cli._print import fitted, print_lines
from gradatim.climb.observer import Observer
from gradatim.climb.result import RungResult, ShortLook
from gradatim.presentation.climbs import interrupted, short_look_lines
from gradatim.presentation.ladder import Row, ladder_grid, time_line, visible_rows

if TYPE_CHECKING:
    from gradatim.training.store import Store

# A narrow screen has the cells of a row below each other.
_LINES_OF_A_RECORD = 4

# Below this width a table without times is better than a list.
_NARROW = 60


def draw_ladder(
    console: Console, rows: Sequence[Row], metric: str, chosen: RungResult | None = None
) -> RenderableType:
    """Return the ladder as it fits the console."""
    ascii_only = console.options.ascii_only
    laid_out = partial(ladder_grid, rows, metric, console.width, ascii_only, chosen)
    # Where a screen is narrow only for the names of inputs, the seconds stay.
    at_most = 2 if console.width < _NARROW else 1
    return fitted(console, *(laid_out(n_left_out=n) for n in range(at_most + 1)), after=1)


class LiveLadder(Observer):
    """An observer that draws the ladder within `live`, and ends the climb once `ended` is set."""

    def __init__(self, console: Console, title: str, metric: str, *, quiet: bool = False) -> None:
        self._console, self._title, self._metric, self._quiet = console, title, metric, quiet
        self._rows: dict[tuple[str, str], Row] = {}
        self._doing, self._total = "", 0.0
        self.ended = False
        self._start = time.monotonic()
        self.live = Live(
            console=console,
            get_renderable=self.render,
            refresh_per_second=8,
            transient=True,
            vertical_overflow="visible",
        )

    def planned(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show every rung as waiting."""
        self._rows = {row: Row(*row) for row in rows}

    def looked(self, look: ShortLook) -> None:
        """Print what a short look showed, above the table."""
        if not self._quiet:
            print_lines(self._console, short_look_lines(look))

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        """Show what a rung is doing, or end the climb."""
        if self.ended:
            raise KeyboardInterrupt
        self._rows[rung, input] = Row(rung, input, fraction, doing or "working")
        self._doing = f"{rung} on {show_name(input)}: {doing}" if input else f"{rung}: {doing}"
        self._total = max(self._total, total)

    def finished(self, result: RungResult, total: float) -> None:
        """Show a rung's score."""
        self._rows[result.rung, result.input] = Row(result.rung, result.input, result=result)
        self._total = max(self._total, total)

    def sentence(self, store: Store | None) -> str:
        """Say what is finished, and whether it is kept; `store` has been written."""
        n_finished = sum(row.result is not None for row in self._rows.values())
        return interrupted(n_finished, len(self._rows), store)

    def render(self) -> RenderableType:
        """Return the table as it stands, with the total progress and the time left below."""
        title = Text(self._title, style="bold", no_wrap=True, overflow="ellipsis")
        if not self._rows:
            return Group(title, Spinner("dots", Text("getting ready", style="dim")))
        rows, room = list(self._rows.values()), self._console.height - 7
        table = draw_ladder(self._console, visible_rows(rows, room), self._metric)
        if not isinstance(table, Table):
            rows = visible_rows(rows, room // _LINES_OF_A_RECORD)
            table = draw_ladder(self._console, rows, self._metric)
        width = min(max(self._console.width - 40, 8), 40)
        seconds, ascii_only = time.monotonic() - self._start, self._console.options.ascii_only
        done = time_line(self._total, seconds, width, ascii_only)
        doing = Text(self._doing, style="dim", no_wrap=True, overflow="ellipsis")
        return Group(title, "", table, "", Text.assemble(*done), doing)
