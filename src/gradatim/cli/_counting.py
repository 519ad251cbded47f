"""How far a count is, on a terminal, with the time that is left.

Conventions: drawn on standard error, only if that is a terminal, and gone when the work is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["counting", "stages"]


@contextmanager
def counting(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Show a count while something is done.

    Parameters
    ----------
    doing : str
        What is done, in a few words.

    Yields
    ------
    callable
        To be told how many are done, and of how many.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, highlight=False)
    columns = (
        SpinnerColumn("dots", finished_text=" "),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def stages(doing: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done where nobody can say how far it is, and how long it has taken.

    Parameters
    ----------
    doing : str
        What is done on the whole, in a few words.

    Yields
    ------
    callable
        To be told, in a few words, what comes next.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False)
    columns = (
        SpinnerColumn("dots", finished_text=" "),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda words: progress.update(task, description=f"{doing}: {words}")
