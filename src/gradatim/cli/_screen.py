"""What a climb shows: progress on a terminal, and in the end the ladder and the verdict.

Conventions: live pictures are drawn only on a terminal and vanish when their work is done; what
stays is plain text. Where standard output is kept for JSON, the screen is standard error.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from gradatim.cli._ladder import describe, show_climb, show_verdict
from gradatim.cli._live import LiveLadder
from gradatim.climb.result import Climb, Observer
from gradatim.collection import Collection

__all__ = ["Screen"]


class Screen:
    """Where a climb is shown."""

    def __init__(self, *, to_stderr: bool, quiet: bool) -> None:
        stream = sys.stderr if to_stderr else sys.stdout
        self._console = Console(file=stream, highlight=False)
        self._quiet = quiet

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Show how many files are read; yields what is to be told (done, total)."""
        columns = (
            SpinnerColumn("dots", finished_text=" "),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
            MofNCompleteColumn(),
        )
        hidden = self._quiet or not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=hidden) as progress:
            task = progress.add_task(f"reading {name}", total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)

    @contextlib.contextmanager
    def climbing(self, collection: Collection) -> Iterator[Observer]:
        """Show the ladder while it is climbed; yields what is to be told."""
        if self._quiet or not self._console.is_terminal:
            yield Observer()
            return
        metric = "r2" if collection.task == "regression" else "accuracy"
        with LiveLadder(self._console, describe(collection), metric) as ladder:
            yield ladder

    def show(self, climb: Climb) -> None:
        """Show what was found."""
        show = show_verdict if self._quiet else show_climb
        show(self._console, climb)

    def say(self, sentence: str) -> None:
        """Show one more line, unless only the verdict is wanted."""
        if not self._quiet:
            self._console.print(Text(sentence), soft_wrap=True)
