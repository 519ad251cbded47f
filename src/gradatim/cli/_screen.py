"""What a climb shows: progress on a terminal, and in the end the ladder and the verdict.

Conventions: live pictures are drawn only on a terminal and vanish when their work is done; what
stays is plain text. Where standard output is kept for JSON, the screen is standard error.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import TextColumn

from gradatim._progress import Progress
from gradatim._text import show_name
from gradatim.cli._live import LiveLadder, draw_ladder
from gradatim.cli._print import SafeConsole, print_lines
from gradatim.cli._progress_bar import ProgressBar, TimeLeft
from gradatim.climb.result import Climb
from gradatim.collection import Collection
from gradatim.evaluation.metrics import choose_metric
from gradatim.presentation.climbs import heading, reference_lines, verdict_line
from gradatim.presentation.ladder import Row
from gradatim.presentation.lines import Grid, Line, notes

__all__ = ["Screen", "show_climb"]


class Screen:
    """Where a climb is shown."""

    def __init__(self, *, to_stderr: bool, quiet: bool) -> None:
        self._console = SafeConsole(stderr=to_stderr)
        self._quiet = quiet

    def reading(self, name: str) -> contextlib.AbstractContextManager[Progress]:
        """Show how many files are read; yields what is to be told."""
        return self.counting(f"reading {show_name(name)}")

    @contextlib.contextmanager
    def counting(self, doing: str) -> Iterator[Progress]:
        """Show what is done to files, and to how many; yields what is to be told."""
        files = TextColumn("{task.fields[files]}", style="progress.download")
        with ProgressBar(self._console, doing, files, hidden=self._quiet, files="0/?") as bar:
            try:
                rest = TimeLeft()

                def tell(share: float | None, n: str) -> None:
                    left = rest.after(share)
                    bar.tell(share, doing, files=f"{n}, {left}" if left else n)

                yield tell
            except KeyboardInterrupt:
                # The work, in another thread, ends at its next report.
                bar.ended = True
                raise

    @contextlib.contextmanager
    def climbing(self, collection: Collection, metric: str | None) -> Iterator[LiveLadder]:
        """Show the ladder while it is climbed; yields what is to be told."""
        # Whether one that was named fits is for the climb to say, which may leave classes out.
        chosen = metric or choose_metric(collection, None)[0]
        ladder = LiveLadder(self._console, collection.in_words, chosen, quiet=self._quiet)
        hidden = self._quiet or not self._console.is_terminal
        with contextlib.nullcontext() if hidden else ladder.live:
            yield ladder

    def show(self, climb: Climb) -> None:
        """Show what was found."""
        if self._quiet:
            print_lines(self._console, [verdict_line(climb)])
        else:
            show_climb(self._console, climb)

    def show_lines(self, lines: Iterable[Line | Grid]) -> None:
        """Show lines as they are."""
        print_lines(self._console, lines, soft_wrap=True)

    def say(self, sentence: str) -> None:
        """Show one more line, unless only the verdict is wanted."""
        if not self._quiet:
            print_lines(self._console, [[sentence]], soft_wrap=True)


def show_climb(console: Console, climb: Climb) -> None:
    """Print the final ladder, the verdict, and what else a person should know."""
    results = (*climb.rungs, *climb.references)
    rows = [Row(result.rung, result.input, result=result) for result in results]
    print_lines(console, [*heading(climb), [""]])
    console.print(draw_ladder(console, rows, climb.protocol.metric, climb.winner))
    references = [[line] for line in reference_lines(climb)]
    print_lines(console, [[""], verdict_line(climb), *references, *notes(climb.notices)])
