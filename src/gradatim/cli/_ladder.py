"""The ladder as a table: one row per rung and input, its state or its score on a common axis.

Conventions: a score has three decimals in the protocol's metric; the axis runs over all intervals
of the ladder, rounded outwards to tenths. The same rows serve the live table and the final one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gradatim.climb.result import Climb, RungResult
from gradatim.collection import Collection

__all__ = ["Axis", "Row", "describe", "ladder", "progress_bar", "show_climb", "show_verdict"]

_METRIC_NAMES = {"r2": "R²"}

# An R² far below zero would leave the other bars no room.
_LOWEST = -0.5

# Characters that the columns of fixed width take, each with the space after it: the mark, the
# rung and the score; then the two counts, for which a narrow screen has no room.
_NAME_AND_SCORE = 2 + 11 + 9
_COUNTS = 11 + 8

# From this width on there is room to say which model was chosen.
_WIDE = 120


@dataclass(frozen=True)
class Row:
    """A rung on an input: waiting, at work (`doing` says at what), or done (`result`)."""

    rung: str
    input: str
    fraction: float = 0.0
    doing: str = ""
    result: RungResult | None = None


@dataclass(frozen=True)
class Axis:
    """A common scale for all bars of one ladder."""

    low: float = 0.0
    high: float = 1.0

    @classmethod
    def over(cls, intervals: Iterable[tuple[float, float]]) -> Axis:
        """Return the shortest axis in whole tenths that shows every interval, up to 1."""
        ends = [end for interval in intervals for end in interval if math.isfinite(end)]
        if not ends:
            return cls()
        low = math.floor(max(min(ends), _LOWEST) * 10) / 10
        return cls(low, max(math.ceil(min(max(ends), 1.0) * 10) / 10, low + 0.1))

    def cell(self, value: float, width: int) -> int:
        """Return which of `width` cells, counted from 0, shows a value."""
        share = (value - self.low) / (self.high - self.low)
        return min(max(int(share * width), 0), width - 1)

    def label(self, width: int) -> str:
        """Return the two ends of the axis, as they stand above bars of `width` characters."""
        low, high = f"{self.low:.1f}", f"{self.high:.1f}"
        return low + high.rjust(width - len(low))


@dataclass(frozen=True)
class _Pen:
    """How bars are drawn: their scale, their width, and whether only ASCII can be shown."""

    axis: Axis
    width: int
    ascii_only: bool

    def mark(self, plain: str, pretty: str) -> str:
        return plain if self.ascii_only else pretty


def _score_bar(result: RungResult, pen: _Pen, style: str) -> Text:
    """Draw the mean as a point on the stretch of the axis that the interval covers."""
    track, dot = pen.mark("-o", "┈●")
    # What is drawn where the interval covers a cell's (left, right) half.
    strokes = {(True, True): pen.mark("=", "━"), (False, False): track}
    strokes |= {(True, False): pen.mark("=", "╸"), (False, True): pen.mark("=", "╺")}
    if not all(map(math.isfinite, (*result.interval, result.mean))):
        return Text(track * pen.width, style="dim")
    bar = Text()
    low, high = (pen.axis.cell(value, 2 * pen.width) for value in result.interval)
    for cell in range(pen.width):
        halves = (low <= 2 * cell <= high, low <= 2 * cell + 1 <= high)
        bar.append(strokes[halves], style if any(halves) else "dim")
    mean = pen.axis.cell(result.mean, pen.width)
    return Text.assemble(bar[:mean], (dot, style), bar[mean + 1 :])


def progress_bar(fraction: float, width: int, ascii_only: bool) -> Text:
    """Draw the finished share of some work."""
    line, rest = "#-" if ascii_only else "━╌"
    done = round(min(max(fraction, 0.0), 1.0) * width)
    return Text.assemble((line * done, "blue"), (rest * (width - done), "dim"))


def ladder(
    console: Console, rows: Sequence[Row], metric: str, chosen: RungResult | None = None
) -> Table:
    """Lay the rows out as a table that fits the console; `chosen` is marked."""
    inputs = min(max([len("input"), *(len(row.input) for row in rows)]), 12)
    # An R² below zero takes a sign.
    interval = max([14, *(len(_interval(row.result)) for row in rows if row.result)])
    room = console.width - _NAME_AND_SCORE - inputs - 1 - interval - 1
    counts = room >= _COUNTS + 8
    axis = Axis.over(row.result.interval for row in rows if row.result)
    width = min(max(room - _COUNTS if counts else room, 8), 24)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", width=1)
    table.add_column("rung", width=10, no_wrap=True)
    table.add_column("input", width=inputs, no_wrap=True)
    table.add_column(_METRIC_NAMES.get(metric, metric), width=8, justify="right", no_wrap=True)
    table.add_column("95 % interval", width=interval, no_wrap=True)
    table.add_column(axis.label(width), width=width, no_wrap=True)
    if counts:
        table.add_column("parameters", width=10, justify="right", no_wrap=True)
        table.add_column("seconds", width=7, justify="right", no_wrap=True)
    if console.width >= _WIDE:
        table.add_column("model", ratio=1)
    pen = _Pen(axis, width, console.options.ascii_only)
    for row in rows:
        winner = row.result is not None and row.result is chosen
        cells = _done(row.result, pen, winner) if row.result else _not_done(row, pen)
        cells[1:1] = [Text(row.rung), Text(row.input)]
        waiting = not row.result and not row.doing
        style = "bold" if winner else "dim" if waiting else ""
        table.add_row(*cells[: len(table.columns)], style=style)
    return table


def _interval(result: RungResult) -> str:
    low, high = result.interval
    return f"{low:.3f} to {high:.3f}"


def _done(result: RungResult, pen: _Pen, winner: bool) -> list[Text]:
    style = "green" if winner else "cyan"
    return [
        Text(pen.mark(">", "▸") if winner else "", style=style),
        Text(f"{result.mean:.3f}", style=style),
        Text(_interval(result)),
        _score_bar(result, pen, style),
        Text(f"{result.n_parameters:,}"),
        Text(f"{result.seconds:.1f}"),
        Text(result.model, style="dim"),
    ]


def _not_done(row: Row, pen: _Pen) -> list[Text]:
    if not row.doing:
        return [Text(), Text(), Text("waiting"), Text(), Text(), Text()]
    return [
        Text(pen.mark("*", "•"), style="blue"),
        Text(f"{100 * row.fraction:.0f} %"),
        Text(row.doing),
        progress_bar(row.fraction, pen.width, pen.ascii_only),
        Text(),
        Text(),
    ]


def describe(collection: Collection) -> str:
    """Return what was read, in one line."""
    parts = [f"{collection.n_samples:,} samples"]
    if collection.task == "classification":
        parts.append(f"{len(collection.classes)} classes")
    else:
        n_targets = 1 if collection.y.ndim == 1 else collection.y.shape[1]
        noun = "label" if collection.task == "multilabel" else "target"
        parts.append(f"{n_targets} {noun}{'' if n_targets == 1 else 's'}")
    if collection.groups is not None:
        parts.append(f"{len(set(collection.groups)):,} groups")
    return f"{collection.name}: {', '.join(parts)}"


def show_climb(console: Console, climb: Climb) -> None:
    """Print the final ladder, the verdict, and what else a person should know."""
    protocol = climb.protocol
    grouped = ", groups kept together" if protocol.grouped else ""
    console.print(Text(describe(climb.collection), style="bold"))
    console.print(
        Text(
            f"{protocol.repeats} x {protocol.folds} folds{grouped}, seed {protocol.seed}, "
            f"{climb.seconds:.1f} seconds",
            style="dim",
        )
    )
    rows = [Row(result.rung, result.input, result=result) for result in climb.rungs]
    console.print()
    console.print(ladder(console, rows, protocol.metric, chosen=climb.winner))
    console.print()
    show_verdict(console, climb)
    for notice in climb.notices:
        console.print(Text.assemble(("note: ", "yellow"), notice.message))


def show_verdict(console: Console, climb: Climb) -> None:
    """Print the verdict's sentence."""
    console.print(Text.assemble(("Verdict: ", "bold green"), climb.verdict.sentence))
