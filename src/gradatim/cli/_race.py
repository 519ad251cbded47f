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
from rich.measure import Measurement
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
    from gradatim.comparisons import Race
    from gradatim.comparisons.racing.score import Entry

__all__ = ["RaceScreen", "show_race"]

#: Wider than any screen: what a table takes where nothing is cut.
_NO_LIMIT = 10_000


class RaceScreen:
    """Where a race is shown while it runs."""

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
    """Print what was found."""
    console = Console(highlight=False)
    course, protocol = race.course, race.protocol
    console.print(Text(course.title, style="bold"))
    if course.takes:
        console.print(Text(f"What it takes: {course.takes} {course.because}"))
    console.print()
    if race.bar.accuracy is not None:
        title = (
            f"Solved (accuracy of at least {race.bar.accuracy:.3f}), of {protocol.n_seeds} seeds"
        )
        _show_table(console, race, title, _solved)
    _show_table(console, race, "Mean accuracy, with a 95 % interval", _accuracy)
    for number, sentence in enumerate(race.verdict.sentences):
        console.print(Text(sentence, style="bold" if number == 0 else ""))
    for notice in course.notices:
        console.print(Text.assemble(("note: ", "yellow"), notice.message))
    console.print()
    console.print(Text(_protocol(race), style="dim"))


def _show_table(
    console: Console, race: Race, title: str, cell: Callable[[Entry], tuple[str, ...]]
) -> None:
    """Print a table by budget, parts of a cell below each other where the screen is narrow."""
    console.print(title)
    if any(contender.budgeted for contender in race.contenders):
        table = _table(race, lambda entry: " ".join(cell(entry)))
        wide = console.options.update(max_width=_NO_LIMIT)
        if Measurement.get(console, wide, table).maximum > console.width:
            table = _table(race, lambda entry: "\n".join(cell(entry)))
        console.print(table)
    for contender in race.contenders:
        entry = None if contender.budgeted else race.entry(contender.name)
        if entry is not None:
            said = f"{contender.title}, {entry.n_parameters:.0f} parameters: "
            console.print(Text(said + " ".join(cell(entry))))
    console.print()


def _table(race: Race, cell: Callable[[Entry], str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("parameters at most", no_wrap=True)
    for budget in race.protocol.budgets:
        table.add_column(f"{budget}", justify="right", no_wrap=True)
    for contender in race.contenders:
        if contender.budgeted:
            entries = [race.entry(contender.name, budget) for budget in race.protocol.budgets]
            cells = ["–" if entry is None else cell(entry) for entry in entries]
            table.add_row(contender.title, *cells)
    return table


def _solved(entry: Entry) -> tuple[str, ...]:
    return (f"{entry.n_solved}",)


def _accuracy(entry: Entry) -> tuple[str, ...]:
    return f"{entry.mean:.3f}", f"± {entry.half_width:.3f}"


def _protocol(race: Race) -> str:
    p = race.protocol
    rows = "fresh points" if race.course.is_problem else "a split of the rows"
    rates = ", ".join(f"{rate:g}" for rate in p.learning_rates)
    return (
        f"Every seed: {rows}, {p.n_train} to learn from, {p.n_choose} to choose on, {p.n_test} to "
        f"be scored on. Networks: learning rate (of {rates}) and epoch (of {p.max_epochs}) chosen "
        f"on the {p.n_choose}. Perceptron: Rosenblatt's rule. Kernels count centers, weights and "
        f"biases as parameters, polynomials one weight per monomial. {race.bar.words} "
        f"{race.seconds:.0f} s."
    )
