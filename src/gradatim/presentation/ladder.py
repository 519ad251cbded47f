"""The ladder: one row per rung and input, its state or its score on a common axis.

Conventions: a score has three decimals in the protocol's metric; the axis runs over all intervals
of the ladder, rounded outwards to tenths. The same rows serve the live table and the final one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradatim._text import show_name
from gradatim.climb.result import RungResult
from gradatim.evaluation.metrics import METRICS
from gradatim.presentation.climbs import score, score_range
from gradatim.presentation.lines import Column, Grid, Line

# An R² far below zero would leave the other bars no room.
_LOWEST = -0.5

# Characters that the columns of fixed width take, each with the space after it: the mark, the
# rung and the score; then what a narrow screen has less room for, in the order in which it goes.
_NAME_AND_SCORE = 2 + 11 + 9
_COUNTS = (("parameters", 10), ("seconds", 7))

# From this width on there is room to say which model was chosen.
_WIDE = 120

# Before this share of the work is done, the time left is a guess not worth showing.
_ENOUGH_TO_GUESS = 0.03


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
    def over(cls, intervals: Iterable[tuple[float, float]], bounded: bool = True) -> Axis:
        """Return the shortest axis in whole tenths that shows every interval, up to 1.

        Of errors, which have no bound, the steps are powers of ten.
        """
        ends = [end for interval in intervals for end in interval if math.isfinite(end)]
        if not ends:
            return cls()
        if not bounded:
            step = 10.0 ** math.floor(math.log10(max(*ends, 1e-9)))
            return cls(math.floor(min(ends) / step) * step, math.ceil(max(ends) / step) * step)
        low = math.floor(max(min(ends), _LOWEST) * 10) / 10
        return cls(low, max(math.ceil(min(max(ends), 1.0) * 10) / 10, low + 0.1))

    def cell(self, value: float, width: int) -> int:
        """Return which of `width` cells, counted from 0, shows a value."""
        share = (value - self.low) / (self.high - self.low)
        return min(max(int(share * width), 0), width - 1)

    def label(self, width: int) -> str:
        """Return the two ends of the axis, as they stand above bars of `width` characters."""
        low, high = (
            f"{end:.1f}" if self.high <= 1 else f"{end:g}" for end in (self.low, self.high)
        )
        return low + high.rjust(width - len(low))


@dataclass(frozen=True)
class _Pen:
    """How bars are drawn: their scale, their width, and whether only ASCII can be shown."""

    axis: Axis
    width: int
    ascii_only: bool

    def mark(self, plain: str, pretty: str) -> str:
        return plain if self.ascii_only else pretty

    def score(self, result: RungResult, style: str) -> Line:
        """Draw the mean as a point on the stretch of the axis that the interval covers."""
        track, dot = self.mark("-o", "┈●")
        # What is drawn where the interval covers a cell's (left, right) half.
        strokes = {(True, True): self.mark("=", "━"), (False, False): track}
        strokes |= {(True, False): self.mark("=", "╸"), (False, True): self.mark("=", "╺")}
        if not all(map(math.isfinite, (*result.interval, result.mean))):
            return [(track * self.width, "dim")]
        low, high = (self.axis.cell(value, 2 * self.width) for value in result.interval)
        covers = [(low <= 2 * i <= high, low <= 2 * i + 1 <= high) for i in range(self.width)]
        bar = [(strokes[halves], style if any(halves) else "dim") for halves in covers]
        bar[self.axis.cell(result.mean, self.width)] = (dot, style)
        return bar


def progress_bar(fraction: float, width: int, ascii_only: bool) -> Line:
    """Draw the finished share of some work."""
    line, rest = "#-" if ascii_only else "━╌"
    done = round(min(max(fraction, 0.0), 1.0) * width)
    return [(line * done, "blue"), (rest * (width - done), "dim")]


def ladder_grid(
    rows: Sequence[Row],
    metric: str,
    room: int,
    ascii_only: bool = False,
    chosen: RungResult | None = None,
    n_left_out: int = 0,
) -> Grid:
    """Lay the rows out for `room` characters, without some of the counts; `chosen` is marked."""
    inputs = max([len("input"), *(len(show_name(row.input)) for row in rows)])
    # An R² below zero takes a sign.
    interval = max([14, *(len(_interval(row.result)) for row in rows if row.result)])
    left = room - _NAME_AND_SCORE - inputs - 1 - interval - 1
    kind = METRICS.get(metric, METRICS["accuracy"])
    done = (row.result.interval for row in rows if row.result)
    axis = Axis.over(done, bounded=kind.range != "positive")
    counts = _COUNTS[n_left_out:]
    width = min(max(left - sum(own + 1 for _, own in counts), 8), 24)
    columns = [
        Column("", width=1, names=True),
        Column("rung", width=10, names=True),
        Column("input", width=inputs, names=True),
        Column(kind.head, right=True, width=max(8, len(kind.head))),
        Column("95 % interval", width=interval),
        Column(axis.label(width), width=width, spare=True),
    ]
    columns += [Column(head, right=True, width=own) for head, own in counts]
    if room >= _WIDE:
        columns.append(Column("model", wraps=True, spare=True))
    pen = _Pen(axis, width, ascii_only)
    cells, looks = [], []
    for row in rows:
        winner = row.result is not None and row.result is chosen
        mark, *others = _done(row.result, pen, winner) if row.result else _not_done(row, pen)
        del others[3 : 3 + n_left_out]
        line = [mark, [row.rung], [show_name(row.input)], *others][: len(columns)]
        cells.append([*line, *([[]] * (len(columns) - len(line)))])
        waiting = not row.result and not row.doing
        looks.append("bold" if winner else "dim" if waiting else "")
    return Grid(columns, cells, looks)


def _interval(result: RungResult) -> str:
    return score_range(result.interval)


def _done(result: RungResult, pen: _Pen, winner: bool) -> list[Line]:
    style = "green" if winner else "dim" if result.reference else "cyan"
    mark = pen.mark(">", "▸") if winner else "+" if result.reference else ""
    return [
        [(mark, style)],
        [(score(result.mean), style)],
        [_interval(result)],
        pen.score(result, style),
        [f"{result.n_parameters:,}"],
        [f"{result.seconds:.1f}"],
        [(result.model, "dim")],
    ]


def _not_done(row: Row, pen: _Pen) -> list[Line]:
    if not row.doing:
        return [[], [], ["waiting"]]
    return [
        [(pen.mark("*", "•"), "blue")],
        [f"{100 * row.fraction:.0f} %"],
        [row.doing],
        progress_bar(row.fraction, pen.width, pen.ascii_only),
    ]


def visible_rows(rows: Sequence[Row], room: int) -> Sequence[Row]:
    """Leave waiting rows out, then the oldest, where the screen is too low for all."""
    seen = [row for row in rows if row.result or row.doing] if len(rows) > room else rows
    return seen[-max(room, 1) :] or rows[:1]


def time_line(share: float, seconds: float, width: int, ascii_only: bool) -> Line:
    """Say how much is done, how long it took, and how long the rest may take."""
    text = f"  {100 * share:.0f} %, {_clock(seconds)} gone"
    if share >= _ENOUGH_TO_GUESS:
        text += f", about {_clock(seconds * (1 - share) / share)} left"
    return [*progress_bar(share, width, ascii_only), (text, "dim")]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
