"""Charts as SVG: points with intervals, lines, bars and matrices, for a page and as files.

Conventions: those of `gradatim.drawing.svg` (colors are attributes, a style sheet inside changes
them for readers who prefer dark, the same chart gives the same text). Nothing is told by color
alone; every mark has a tooltip that says its numbers. A value that is not finite is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim._text import show_name
from gradatim.drawing.axes import (
    BOTTOM,
    CHART_WIDTH,
    DASHED_PAINT,
    GRID_PAINT,
    LETTER,
    PAINT,
    PAPER,
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

_HEIGHT, _LEFT, _TOP = 320.0, 52.0, 14.0
_LINE = 13.0  # Height of a line of the smallest text


@dataclass(frozen=True)
class ChartPoint:
    """A value with what is known of it."""

    x: float
    y: float
    interval: tuple[float, float] = (math.nan, math.nan)  # Of y
    name: str = ""  # Written beside it where there is room
    tip: str = ""  # Said in its tooltip instead of the name and the numbers


@dataclass(frozen=True)
class Series:
    """Points that belong together."""

    points: Sequence[ChartPoint]
    name: str = ""  # In the key
    tone: Tone = "accent"
    line: bool = False  # Whether the points are joined
    dots: bool = True
    hollow: bool = False
    dashed: bool = False
    small: bool = False  # Of many points, half seen through each other


@dataclass(frozen=True)
class Chart:
    """Series over two axes."""

    title: str
    x: ChartAxis
    y: ChartAxis
    series: Sequence[Series]
    diagonal: bool = False  # Whether there is a line where both axes agree
    description: str = ""
    labels: Sequence[ChartPoint] = ()  # Names written at their places, over the points


def draw_chart(chart: Chart) -> str:
    """Draw points, lines and their intervals as one ``<svg>`` element."""
    points = [point for series in chart.series for point in series.points]
    x = AxisScale(chart.x, (p.x for p in points), _LEFT, CHART_WIDTH - RIGHT)
    ends = (value for p in points for value in (p.y, *p.interval))
    key = _key(chart.series)
    y = AxisScale(chart.y, ends, _HEIGHT - BOTTOM, _TOP + _LINE * bool(key))
    marks = [*_sides(chart, x, y), *key]
    if chart.diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        marks.append(chart_line(x(low), y(low), x(high), y(high), DASHED_PAINT))
    # Names keep clear of the key.
    taken = [(0.0, 0.0, CHART_WIDTH, _TOP + _LINE / 2)] * bool(key)
    # The first series, such as where to stop, lies on top.
    for series in reversed(chart.series):
        marks += _series(series, x, y)
        taken += [(x(p.x) - 5, y(p.y) - 5, x(p.x) + 5, y(p.y) + 5) for p in series.points]
    for p in filter(_known, points):
        top, bottom = _reach(p, y)
        taken.append((x(p.x) - 2, top, x(p.x) + 2, bottom))
    marks += _names(points, x, y, taken)
    marks += _labels(chart.labels, x, y)
    return chart_svg(chart.title, chart.description, CHART_WIDTH, _HEIGHT, marks)


def _sides(chart: Chart, x: AxisScale, y: AxisScale) -> list[str]:
    marks = []
    for tick in y.ticks:
        marks.append(chart_line(_LEFT, y(tick), CHART_WIDTH - RIGHT, y(tick), GRID_PAINT))
        marks.append(chart_text(_LEFT - 6, y(tick) + 4, tick_text(tick), "end", muted=True))
    for tick in x.ticks:
        marks.append(
            chart_text(x(tick), _HEIGHT - BOTTOM + 16, tick_text(tick), "middle", muted=True)
        )
    below = _HEIGHT - BOTTOM
    marks.append(chart_line(_LEFT, below, CHART_WIDTH - RIGHT, below, SIDE_PAINT))
    marks.append(
        chart_text((_LEFT + CHART_WIDTH - RIGHT) / 2, _HEIGHT - 10, chart.x.title, "middle")
    )
    middle = (_TOP + below) / 2
    turned = f' transform="rotate(-90 12 {place(middle)})"'
    marks.append(chart_text(12, middle, chart.y.title, "middle", more=turned))
    return marks


def _key(series: Sequence[Series]) -> list[str]:
    named = [one for one in series if one.name]
    if len(named) < 2:
        return []
    marks, at = [], _LEFT + 8
    for one in named:
        color, letter = PAINT[one.tone]
        if one.line:
            dashes = ' stroke-dasharray="5 3"' if one.dashed else ""
            paint = f'class="l{letter}" stroke="{color}" stroke-width="2"{dashes}'
            marks.append(chart_line(at, _TOP, at + 18, _TOP, paint))
        else:
            paint = dot_paint(one.hollow, color, letter)
            marks.append(f'<circle cx="{place(at + 12)}" cy="{place(_TOP)}" r="4" {paint}/>')
        marks.append(chart_text(at + 23, _TOP + 4, one.name, muted=True))
        at += 40 + LETTER * len(one.name)
    return marks


def _series(series: Series, x: AxisScale, y: AxisScale) -> list[str]:
    color, letter = PAINT[series.tone]
    there = [p for p in series.points if math.isfinite(p.x) and math.isfinite(p.y)]
    marks = []
    if series.line and len(there) > 1:
        path = "L".join(f"{place(x(p.x))} {place(y(p.y))}" for p in there)
        dashes = ' stroke-dasharray="5 3"' if series.dashed else ""
        marks.append(
            f'<path class="l{letter}" d="M{path}" fill="none" stroke="{color}" '
            f'stroke-width="2" stroke-linejoin="round"{dashes}/>'
        )
    for p in there:
        low, high = p.interval
        if math.isfinite(low) and math.isfinite(high):
            paint = f'class="l{letter}" stroke="{color}" stroke-width="1.4" stroke-opacity="0.7"'
            marks.append(chart_line(x(p.x), y(low), x(p.x), y(high), paint))
        if series.dots:
            marks.append(_dot(p, series, x, y))
    return marks


def _dot(p: ChartPoint, series: Series, x: AxisScale, y: AxisScale) -> str:
    paint = dot_paint(series.hollow, *PAINT[series.tone])
    paint += ' fill-opacity="0.45"' if series.small else ""
    says = f"{p.x:.4g}, {p.y:.4g}" if series.small else f"{p.x:.4g}, {score_text(p.y)}"
    if all(map(math.isfinite, p.interval)):
        says += f" ({score_text(p.interval[0])} to {score_text(p.interval[1])})"
    says = (f"{p.name}: {says}" if p.name else says).replace("-", "\N{MINUS SIGN}")
    says = show_name(p.tip, 80) or says
    return (
        f'<circle cx="{place(x(p.x))}" cy="{place(y(p.y))}" r="{3 if series.small else 4}" {paint}>'
        f"<title>{escape_xml(says)}</title></circle>"
    )


def _names(
    points: Sequence[ChartPoint],
    x: AxisScale,
    y: AxisScale,
    taken: list[tuple[float, float, float, float]],
) -> list[str]:
    """Write names beside their points where they cover no point, interval or other name."""
    marks = []
    for p in points:
        if not (p.name and _known(p)):
            continue
        name = show_name(p.name, 30)
        width, px, py = LETTER * len(name), x(p.x), y(p.y)
        places = [(px + 8, py + 4, "start"), (px - 8 - width, py + 4, "start")]
        places += [(px - width / 2, py - 9, "start"), (px - width / 2, py + 17, "start")]
        places += [(px + 8, py - 8, "start"), (px + 8, py + 15, "start")]
        places += [(px - 8 - width, py - 8, "start"), (px - 8 - width, py + 15, "start")]
        top, bottom = _reach(p, y)
        places += [
            (px + dx, base, "start")
            for base in (top - 5, bottom + _LINE, top - 5 - _LINE, bottom + 2 * _LINE)
            for dx in (-width / 2, 4 - width, -4)
        ]
        for left, base, anchor in places:
            box = (left - 2, base - _LINE + 2, left + width + 2, base + 3)
            inside = box[0] >= _LEFT and box[2] <= CHART_WIDTH and box[1] >= 0
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                marks.append(_over(left, base, name, anchor))
                break
    return marks


def _known(p: ChartPoint) -> bool:
    return math.isfinite(p.x) and math.isfinite(p.y)


def _reach(p: ChartPoint, y: AxisScale) -> tuple[float, float]:
    """Return where the interval of a point begins and ends, from the top."""
    ends = [y(end) for end in (p.y, *p.interval) if math.isfinite(end)]
    return min(ends), max(ends)


def _labels(points: Sequence[ChartPoint], x: AxisScale, y: AxisScale) -> list[str]:
    """Write names at their places, further down where another name is."""
    marks, taken = [], []
    for p in sorted(points, key=lambda p: (-p.y, p.x)):
        name = show_name(p.name, 22)
        half, base = LETTER * len(name) / 2, y(p.y) + 4
        at = min(max(x(p.x), _LEFT + half), CHART_WIDTH - half)
        for _ in taken:
            box = (at - half, base - _LINE + 2, at + half, base + 1)
            if not any(_overlap(box, other) for other in taken):
                break
            base += _LINE
        taken.append((at - half, base - _LINE + 2, at + half, base + 1))
        marks.append(_over(at, base, name, "middle"))
    return marks


def _over(x: float, y: float, name: str, anchor: str) -> str:
    """Write a name that can be read on any ground."""
    halo = f' stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
    return chart_text(x, y, name, anchor, more=halo).replace("<text", '<text class="h"')


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
