"""What benches show: the list of them, how far one is, and what it found.

Conventions: results go to standard output, progress to standard error: a bar on a terminal, one
line per step elsewhere, so that a log of a long run tells where it is.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from json import dumps
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid
from rich.text import Text

from benchmarks.machine import one_line
from benchmarks.registry import MODULES, Bench
from benchmarks.result import Options, Report, Result, Table

__all__ = ["announce", "progress", "show_list", "show_machine", "show_result"]


def show_list(benches: Sequence[Bench], options: Options, json: bool) -> None:
    """List the benches and about how long each takes."""
    if json:
        entries = [
            {"name": b.name, "measures": b.measures, "expected_seconds": b.seconds(options)}
            for b in benches
        ]
        print(dumps(entries, indent=2, ensure_ascii=False))
        return
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("name", style="bold", no_wrap=True)
    grid.add_column("measures")
    grid.add_column("takes about", justify="right", no_wrap=True)
    for bench in benches:
        grid.add_row(bench.name, bench.measures, _duration(bench.seconds(options)))
    grid.add_row("all", "all of these", _duration(sum(b.seconds(options) for b in benches)))
    console = Console(highlight=False)
    console.print(grid)
    console.print()
    console.print(
        "`python -m benchmarks NAME` measures; let nothing else run meanwhile.", style="dim"
    )
    others = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    others.add_column(style="bold", no_wrap=True)
    others.add_column()
    for name, measures in MODULES.items():
        others.add_row(name, measures)
    console.print()
    console.print("Without rounds, by `python -m benchmarks.NAME`:", style="dim")
    console.print(others)


def announce(benches: Sequence[Bench], options: Options) -> None:
    """Say what is going to be measured and about how long it takes."""
    expected = _duration(sum(bench.seconds(options) for bench in benches))
    names = ", ".join(bench.name for bench in benches)
    print(f"measuring {names}: about {expected} on two cores", file=sys.stderr)


@contextlib.contextmanager
def progress(name: str) -> Iterator[Report]:
    """Show how far a bench is; yields what is to be told."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda share, doing: print(f"{name} {share:4.0%} {doing}", file=sys.stderr)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24, complete_style="blue", finished_style="blue"),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=1.0, doing="")
        yield lambda share, doing: bar.update(task, completed=share, doing=doing)


def show_result(result: Result) -> None:
    """Show the headline, whether its target is met, the figures and the notes."""
    console = Console(highlight=False)
    judged = {True: f" ({result.target}: met)", False: f" ({result.target}: not met)", None: ""}
    console.print(Text.assemble((f"{result.name}: {result.headline}", "bold"), judged[result.met]))
    for table in result.tables:
        console.print()
        console.print(_grid(table))
    console.print()
    for note in result.notes:
        console.print(Text(f"- {note}", style="dim"))
    console.print()


def show_machine(document: dict[str, Any]) -> None:
    """Show which machine and versions the figures belong to."""
    console = Console(highlight=False)
    if document["quick"]:
        console.print("--quick shows that a bench works; its times mean nothing.")
    told = f"gradatim {document['gradatim']}, {document['rounds']} rounds, seed {document['seed']}"
    console.print(Text(f"{told}; {one_line(document['machine'])}", style="dim"))


def _grid(table: Table) -> Grid:
    grid = Grid(
        title=table.title,
        title_justify="left",
        title_style="dim",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style="dim",
    )
    for i, column in enumerate(table.columns):
        grid.add_column(column, justify="right" if i else "left", no_wrap=not i)
    for row in table.rows:
        grid.add_row(*row)
    return grid


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
