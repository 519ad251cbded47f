"""What a race shows: progress with the time left on a terminal, and in the end a table.

Conventions: a live picture is drawn only on a terminal and vanishes when the work is done; what
stays is plain text. Progress is on standard error, so that standard output is the result alone.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

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
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from gradatim.experiments import Race
    from gradatim.experiments.racing.result import Entry

__all__ = ["RaceScreen", "show_race"]


class RaceScreen:
    """Where a race is shown while it runs.

    Parameters
    ----------
    quiet : bool
        Whether to show no progress.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(file=sys.stderr, highlight=False)
        self._quiet = quiet
        self._stopped = False

    @contextlib.contextmanager
    def racing(self) -> Iterator[Callable[[float, str], None]]:
        """Show how far it is; yields what is to be told (share, what is trained)."""
        columns = (
            SpinnerColumn("dots", finished_text=" "),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        hidden = self._quiet or not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=hidden) as bar:
            task = bar.add_task("getting ready", total=1.0)

            def hear(share: float, doing: str) -> None:
                if self._stopped:
                    raise KeyboardInterrupt
                bar.update(task, completed=share, description=f"training {doing}")

            yield hear

    def stop(self) -> None:
        """End the race at its next report."""
        self._stopped = True


def show_race(race: Race) -> None:
    """Print what was found.

    Parameters
    ----------
    race : Race
        What was found.
    """
    console = Console(highlight=False)
    course, protocol = race.course, race.protocol
    console.print(Text(course.title, style="bold"))
    if course.takes:
        console.print(Text(f"What it takes: {course.takes} {course.because}"))
    console.print()
    for title, cells in (("Solved, of " + f"{protocol.n_seeds} seeds", _solved),
                         ("Mean accuracy, with a 95 % interval", _accuracy)):  # fmt: skip
        console.print(_table(race, title, cells))
        console.print()
    for number, sentence in enumerate(race.verdict.sentences):
        console.print(Text(sentence, style="bold" if number == 0 else ""))
    console.print()
    console.print(Text(_protocol(race), style="dim"))


def _table(race: Race, title: str, cell: Callable[..., str]) -> Table:
    table = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="")
    table.add_column("at most", no_wrap=True)
    for budget in race.protocol.budgets:
        table.add_column(f"{budget}", justify="right", no_wrap=True)
    for contender in race.contenders:
        if contender.budgeted:
            entries = [race.entry(contender.name, budget) for budget in race.protocol.budgets]
            cells = ["–" if entry is None else cell(entry) for entry in entries]
        else:
            entry = race.entry(contender.name)
            assert entry is not None
            cells = [cell(entry)] + [""] * (len(race.protocol.budgets) - 1)
        name = contender.title
        if not contender.budgeted:
            name += f" ({_count(race, contender.name)})"
        table.add_row(name, *cells)
    return table


def _count(race: Race, name: str) -> str:
    entry = race.entry(name)
    assert entry is not None
    return f"{entry.n_parameters:.0f} parameters"


def _solved(entry: Entry) -> str:
    return f"{entry.n_solved}"


def _accuracy(entry: Entry) -> str:
    return f"{entry.mean:.3f} ± {entry.half_width:.3f}"


def _protocol(race: Race) -> str:
    p = race.protocol
    rows = "fresh points" if race.course.is_problem else "a split of the rows"
    rates = ", ".join(f"{rate:g}" for rate in p.learning_rates)
    return (
        f"Every seed: {rows}, {p.n_train} to learn from, {p.n_choose} to choose on, {p.n_test} to "
        f"be scored on. Networks: learning rate (of {rates}) and epoch (of {p.max_epochs}) chosen "
        f"on the {p.n_choose}. Solved: accuracy of at least {p.bar:.4g}. Kernels count centers, "
        f"weights and biases as parameters, polynomials a weight a monomial. {race.seconds:.0f} s."
    )
