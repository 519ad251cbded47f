"""How far the training of a verb is, on a terminal.

Conventions: drawn on standard error, only if that is a terminal; nothing is left there afterwards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

__all__ = ["training"]


@contextlib.contextmanager
def training(what: str) -> Iterator[Callable[[float], None]]:
    """Show a bar with the time left while networks are trained.

    Parameters
    ----------
    what : str
        What is trained, in a few words.

    Yields
    ------
    callable
        To be told the finished share of the work, in [0, 1].
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        SpinnerColumn("dots", finished_text=" "),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("gone, about"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(f"training {what}", total=1.0)
        yield lambda share: progress.update(task, completed=share)
