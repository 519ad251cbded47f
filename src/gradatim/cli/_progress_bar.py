"""Long work of a verb: what is being done, on a terminal, and Ctrl-C in one sentence.

Conventions: drawn only on a terminal, and gone when the work is done. The work runs in another
thread (see `gradatim.cli._interrupt`) and ends at its next report.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from gradatim._progress import Progress as Tell
from gradatim.cli._interrupt import Interrupted, interruptible
from gradatim.cli._print import SafeConsole

_SECONDS_TO_GUESS = 2.0

T = TypeVar("T")


class ProgressBar(Progress):
    """One line that says what is being done and how far it is; a context manager."""

    def __init__(
        self,
        console: Console,
        doing: str,
        *columns: ProgressColumn,
        hidden: bool = False,
        **fields: Any,
    ) -> None:
        super().__init__(
            SpinnerColumn("dots", finished_text=" "),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
            *columns,
            console=console,
            transient=True,
            disable=hidden or not console.is_terminal,
        )
        self.doing, self.ended, self._rest = doing, False, TimeLeft()
        self._task = self.add_task(doing, total=None, **fields)

    def tell(self, share: float | None, doing: str, **fields: Any) -> None:
        """Show how far the work is, or end it if somebody has set `ended`."""
        if self.ended:
            raise KeyboardInterrupt
        self.doing = doing
        total = None if share is None else 1.0
        self.update(self._task, description=doing, completed=share, total=total, **fields)

    def tell_with_time(self, share: float | None, doing: str) -> None:
        """Show how far the work is, and the time that is left."""
        self.tell(share, doing, left=self._rest.after(share))


class TimeLeft:
    """How long the rest may take, from what was done since the first report.

    Work that goes on from an earlier run has a share behind it that took no time in this one.
    """

    def __init__(self) -> None:
        self._began: tuple[float, float] | None = None

    def after(self, share: float | None) -> str:
        """Return how long that is in words; empty until enough is done to tell."""
        if share is None:
            return ""
        now = time.monotonic()
        if self._began is None:
            self._began = (now, share)
        seconds, done = now - self._began[0], share - self._began[1]
        if seconds < _SECONDS_TO_GUESS or done <= 0:
            return ""
        return f"about {_rough(seconds * (1 - share) / done)} left"


def _rough(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def work(doing: str, run: Callable[[Tell], T], kept: str = "") -> T:
    """Do some work, shown on standard error while it lasts; `kept` says what Ctrl-C leaves."""
    console = SafeConsole(stderr=True)
    bar = ProgressBar(
        console, doing, TimeElapsedColumn(), TextColumn("{task.fields[left]}"), left=""
    )

    def stop() -> None:
        bar.ended = True

    with bar:
        try:
            return interruptible(lambda: run(bar.tell_with_time), stop)
        except KeyboardInterrupt:
            raise Interrupted(f"stopped by Ctrl-C while {bar.doing}{kept}", kept=False) from None
