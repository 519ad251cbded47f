"""What a race shows: progress with the time left on a terminal, and in the end a table.

Conventions: a live picture is drawn only on a terminal and vanishes when the work is done; what
stays is plain text. Progress is on standard error, so that standard output is the result alone.
"""

from __future__ import annotations

from rich.progress import TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gradatim.cli._print import SafeConsole, fitted, print_lines
from gradatim.cli._progress_bar import ProgressBar
from gradatim.comparisons import Race
from gradatim.presentation.races import ending, opening, scores


def racing_bar(hidden: bool) -> ProgressBar:
    """Return what shows how far a race is."""
    left = (TaskProgressColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    console = SafeConsole(stderr=True)
    return ProgressBar(console, "getting ready", *left, hidden=hidden)


def show_race(race: Race) -> None:
    """Print what was found, parts of a cell below each other where the screen is narrow."""
    console = SafeConsole()
    print_lines(console, opening(race))
    for (title, grid, alone), (_, narrow, _) in zip(
        scores(race, " "), scores(race, "\n"), strict=True
    ):
        console.print(title)
        if grid is not None and narrow is not None:
            look = {"before": 1, "after": 1, "head": "table.header"}
            console.print(fitted(console, grid, narrow, **look))
        print_lines(console, [*alone, [""]])
    print_lines(console, ending(race))
