"""Long work of a verb: what is being done, on a terminal, and Ctrl-C in one sentence.

Conventions: drawn on standard error, only if that is a terminal, and gone when the work is done.
The work runs in another thread (see `gradatim.cli._interrupt`) and ends at its next report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gradatim.cli._interrupt import Interrupted, hear

__all__ = ["counted", "work"]

T = TypeVar("T")
Told = Callable[[str, float | None], None]


def work(doing: str, run: Callable[[Told], T]) -> T:
    """Do some work, shown while it lasts."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False)
    columns = (
        SpinnerColumn("dots", finished_text=" "),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    state = {"doing": doing, "stopped": False}
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(doing, total=None, left="")

        def told(what: str, share: float | None = None) -> None:
            if state["stopped"]:
                raise KeyboardInterrupt
            state["doing"] = what
            if share is None:
                bar.update(task, description=what)
                return
            left = (bar.tasks[0].elapsed or 0.0) * (1 - share) / share if share > 0 else 0.0
            said = f"about {left:.0f} s left" if share > 0 else ""
            bar.update(task, description=what, total=1.0, completed=share, left=said)

        try:
            return hear(lambda: run(told))
        except KeyboardInterrupt:
            state["stopped"] = True
            raise Interrupted(f"stopped by Ctrl-C while {state['doing']}", kept=False) from None


def counted(told: Told, doing: str) -> Callable[[int, int], None]:
    """Return what can be told of a count."""
    return lambda done, total: told(f"{doing}: {done} of {total}", done / max(total, 1))
