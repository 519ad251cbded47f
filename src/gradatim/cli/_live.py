"""The live table: hears how a climb goes on and draws it until it is done.

Conventions: made for a terminal, on which nothing is left afterwards. Times are seconds of wall
clock. The climb's thread writes rows and rich's thread reads them: a row is replaced as a whole,
and once planned the rows never change in number.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from gradatim.cli._ladder import Row, ladder, progress_bar
from gradatim.climb.result import Observer, RungResult

__all__ = ["LiveLadder"]

# Before this share of the work is done, the time left is a guess not worth showing.
_ENOUGH_TO_GUESS = 0.03


class LiveLadder(Observer):
    """An observer that draws the ladder while it is climbed; a context manager."""

    def __init__(self, console: Console, title: str, metric: str) -> None:
        self._console = console
        self._title = title
        self._metric = metric
        self._rows: dict[tuple[str, str], Row] = {}
        self._doing = ""
        self._total = 0.0
        self._start = time.monotonic()
        self._live = Live(
            console=console,
            get_renderable=self.render,
            refresh_per_second=8,
            transient=True,
            vertical_overflow="visible",
        )

    def __enter__(self) -> LiveLadder:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def planned(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show every rung as waiting."""
        self._rows = {row: Row(*row) for row in rows}

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        """Show what a rung is doing."""
        self._rows[rung, input] = Row(rung, input, fraction, doing or "working")
        self._doing = f"{rung} on {input}: {doing}" if input else f"{rung}: {doing}"
        self._total = max(self._total, total)

    def finished(self, result: RungResult, total: float) -> None:
        """Show a rung's score."""
        self._rows[result.rung, result.input] = Row(result.rung, result.input, result=result)
        self._total = max(self._total, total)

    def render(self) -> RenderableType:
        """Return the table as it stands, with the total progress and the time left below."""
        title = Text(self._title, style="bold", no_wrap=True, overflow="ellipsis")
        if not self._rows:
            return Group(title, Spinner("dots", Text("getting ready", style="dim")))
        rows = self._visible_rows(self._console.height - 7)
        table = ladder(self._console, rows, self._metric)
        doing = Text(self._doing, style="dim", no_wrap=True, overflow="ellipsis")
        return Group(title, "", table, "", self._progress(), doing)

    def _visible_rows(self, room: int) -> list[Row]:
        """Leave waiting rows out, then the oldest, where the screen is too low for all."""
        rows = list(self._rows.values())
        if len(rows) > room:
            rows = [row for row in rows if row.result or row.doing]
        return rows[-max(room, 1) :] or list(self._rows.values())[:1]

    def _progress(self) -> Text:
        elapsed = time.monotonic() - self._start
        width = min(max(self._console.width - 40, 8), 40)
        bar = progress_bar(self._total, width, self._console.options.ascii_only)
        text = f"  {100 * self._total:.0f} %, {_clock(elapsed)} gone"
        if self._total >= _ENOUGH_TO_GUESS:
            left = elapsed * (1 - self._total) / self._total
            text += f", about {_clock(left)} left"
        return Text.assemble(bar, (text, "dim"))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
