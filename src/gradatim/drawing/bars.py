"""Bars with intervals, and matrices of counts, as SVG.

Conventions: those of `gradatim.drawing.chart`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gradatim._text import show_name
from gradatim.drawing.axes import (
    BOTTOM,
    CHART_WIDTH,
    GRID_PAINT,
    LETTER,
    PAINT,
    RIGHT,
    SIDE_PAINT,
    AxisScale,
    ChartAxis,
    Tone,
    chart_line,
    chart_svg,
    chart_text,
    dot_paint,
    place,
    score_text,
    tick_text,
)
from gradatim.drawing.svg import escape_xml

_ROW = 24.0
_LONGEST = 26  # Letters of a name beside a bar


@dataclass(frozen=True)
class ValueBar:
    """A named value."""

    name: str
    value: float
    interval: tuple[float, float] = (math.nan, math.nan)
    tone: Tone = "accent"
    hollow: bool = False  # As a dot


@dataclass(frozen=True)
class Matrix:
    """Counts of pairs."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    counts: Sequence[Sequence[int]] = field(repr=False)
    row_title: str = ""
    column_title: str = ""


def draw_bars(
    title: str, axis: str, bars: Sequence[ValueBar], description: str = "", dots: bool = False
) -> str:
    """Draw named values as bars from 0, or as dots, under each other, with their intervals."""
    longest = max((len(_bar_name(bar)) for bar in bars), default=0)
    left = 1.3 * LETTER * longest + 14
    height = 12 + _ROW * len(bars) + BOTTOM
    known = [v for bar in bars for v in (bar.value, *bar.interval) if math.isfinite(v)]
    zero = [] if dots and known else [0.0]
    low, high = min([*zero, *known]), max([*zero, *known])
    pad = 0.04 * (high - low) or 0.5
    ends = (low - pad if low < 0 or dots else 0.0, high + pad)
    scale = AxisScale(ChartAxis(axis, ends=ends), [], left, CHART_WIDTH - RIGHT)
    bottom = height - BOTTOM
    marks = []
    for tick in scale.ticks:
        marks.append(chart_line(scale(tick), 6, scale(tick), bottom, GRID_PAINT))
        marks.append(chart_text(scale(tick), bottom + 16, tick_text(tick), "middle", muted=True))
    for i, bar in enumerate(bars):
        marks += _bar(bar, scale, left, 10 + _ROW * i, dots)
    if not dots:
        marks.append(chart_line(scale(0.0), 6, scale(0.0), bottom, SIDE_PAINT))
    marks.append(chart_text((left + CHART_WIDTH - RIGHT) / 2, height - 10, axis, "middle"))
    return chart_svg(title, description, CHART_WIDTH, height, marks)


def _bar_name(bar: ValueBar) -> str:
    """Return a name that fits beside its bar; what tells long ones apart may be at the end."""
    name = show_name(bar.name, 200)
    return name if len(name) <= _LONGEST else f"{name[:11]}…{name[-14:]}"


def _bar(bar: ValueBar, scale: AxisScale, left: float, top: float, as_dot: bool) -> list[str]:
    color, letter = PAINT[bar.tone]
    middle = top + _ROW / 2
    marks = [chart_text(left - 8, middle + 4, _bar_name(bar), "end")]
    if not math.isfinite(bar.value):
        return marks
    says = escape_xml(f"{bar.name}: {score_text(bar.value)}".replace("-", "\N{MINUS SIGN}"))
    whole = all(map(math.isfinite, bar.interval))
    line = chart_line(
        *(scale(bar.interval[0]), middle, scale(bar.interval[1]), middle),
        SIDE_PAINT.replace('"1"', '"1.6"'),
    )
    if as_dot:
        marks += [line] * whole
        marks.append(
            f'<circle cx="{place(scale(bar.value))}" cy="{place(middle)}" r="5" '
            f"{dot_paint(bar.hollow, color, letter)}><title>{says}</title></circle>"
        )
        return marks
    start, end = sorted((scale(0.0), scale(bar.value)))
    marks.append(
        f'<rect class="f{letter}" x="{place(start)}" y="{place(top + 4)}" '
        f'width="{place(max(end - start, 0.5))}" height="{place(_ROW - 8)}" fill="{color}" '
        f'fill-opacity="0.75"><title>{says}</title></rect>'
    )
    return [*marks, *([line] * whole)]


def draw_matrix(matrix: Matrix) -> str:
    """Draw counts as cells, darker for a larger share of their row."""
    names = [show_name(name, 22) for name in (*matrix.rows, *matrix.columns)]
    margin = LETTER * max((len(name) for name in names), default=0) + 14
    size = 26.0 if len(matrix.columns) <= 30 else 14.0
    left, top = margin + 16, margin + 16
    widest = max(size * len(matrix.columns), LETTER * len(matrix.column_title))
    width, height = left + widest + 8, top + size * len(matrix.rows) + 8
    marks = []
    for j, name in enumerate(matrix.columns):
        at = left + size * (j + 0.5) + 4
        turned = f' transform="rotate(-90 {place(at)} {place(top - 6)})"'
        marks.append(chart_text(at, top - 6, show_name(name, 22), more=turned))
    for i, (name, counts) in enumerate(zip(matrix.rows, matrix.counts, strict=True)):
        y, total = top + size * i, sum(counts)
        marks.append(chart_text(left - 6, y + size / 2 + 4, show_name(name, 22), "end"))
        for j, count in enumerate(counts):
            if count:
                right = name == matrix.columns[j]
                says = f"{name}, {matrix.columns[j]}: {count}"
                marks += _cell(left + size * j, y, size, count, count / total, right, says)
    marks.append(chart_text(left, 11, matrix.column_title, muted=True))
    marks.append(chart_text(2, top - 6, matrix.row_title, muted=True))
    return chart_svg(
        matrix.title, f"{matrix.row_title}; {matrix.column_title}", width, height, marks
    )


def _cell(
    x: float, y: float, size: float, count: int, share: float, right: bool, says: str
) -> list[str]:
    color, letter = PAINT["accent" if right else "other"]
    shade = 0.08 + 0.6 * share
    marks = [
        f'<rect class="f{letter}" x="{place(x + 1)}" y="{place(y + 1)}" width="{place(size - 2)}" '
        f'height="{place(size - 2)}" rx="3" fill="{color}" fill-opacity="{shade:.2f}">'
        f"<title>{escape_xml(says)}</title></rect>"
    ]
    if size > 20:
        marks.append(chart_text(x + size / 2, y + size / 2 + 4, f"{count}", "middle"))
    return marks
