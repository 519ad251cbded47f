"""Charts as SVG: points with intervals, lines, bars and matrices, for a page and as files.

Conventions: those of `gradatim.drawing.svg` (colors are attributes, a style sheet inside changes
them for readers who prefer dark, the same chart gives the same text). Nothing is told by color
alone; every mark has a tooltip that says its numbers. A value that is not finite is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gradatim._digest import sha256
from gradatim._text import show_name
from gradatim.drawing.marks import COLORS
from gradatim.drawing.svg import escape_xml

__all__ = [
    "Chart",
    "ChartAxis",
    "ChartPoint",
    "Matrix",
    "Series",
    "ValueBar",
    "draw_bars",
    "draw_chart",
    "draw_matrix",
    "nice_ticks",
]

INK, MUTED, PAPER = COLORS["ink"], COLORS["muted"], COLORS["paper"]
ACCENT, OTHER = COLORS["positive"], COLORS["negative"]
_GRID = "#e2ded4"

_STYLE = """\
.gc text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
@media screen and (prefers-color-scheme:dark){
.gc .g{stroke:#33353c}.gc .s{stroke:#a09b90}.gc text{fill:#e9e6df}.gc .m{fill:#a09b90}
.gc .la{stroke:#74aee8}.gc .lo{stroke:#f0a35e}.gc .lm{stroke:#a09b90}
.gc .fa{fill:#74aee8}.gc .fo{fill:#f0a35e}.gc .fm{fill:#a09b90}.gc .fp{fill:#15161a}
.gc .h{stroke:#15161a}}"""

_PAINT = {"accent": (ACCENT, "a"), "other": (OTHER, "o"), "muted": (MUTED, "m")}

_WIDTH, _HEIGHT = 460.0, 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 14.0, 14.0, 46.0
# Width of a letter and height of a line of the smallest text.
_LETTER, _LINE = 5.9, 13.0
_ROW = 24.0
_LONGEST = 26  # Letters of a name beside a bar

Tone = Literal["accent", "other", "muted"]


@dataclass(frozen=True)
class ChartAxis:
    """What is shown along a side."""

    title: str
    log: bool = False  # Powers of ten at equal distances
    ends: tuple[float, float] | None = None  # Where it begins and ends; as the values do if None


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


# -- numbers on an axis -------------------------------------------------------------------------


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten inside an interval, about `count`.

    Examples
    --------
    >>> nice_ticks(0.12, 0.71)
    [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    """
    if not high > low:
        return [low]
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    share = rough / power
    step = power * (1 if share < math.sqrt(2) else 2 if share < math.sqrt(10) else 5)
    step = step if share < math.sqrt(50) else 10 * power
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [f * 10.0**p for p in powers for f in (1, 2, 5)]
    inside = [tick for tick in found if low * 0.999 <= tick <= high * 1.001]
    whole = [tick for tick in inside if math.log10(tick) % 1 < 1e-9]
    if len(inside) < 2:
        return nice_ticks(low, high, 3)
    return inside if len(inside) <= 5 or len(whole) < 2 else whole


def _tick_text(value: float) -> str:
    if value and abs(value) >= 10_000:
        for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if abs(value) >= size:
                return _tick_text(value / size) + f" {letter}"
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def _score_text(value: float) -> str:
    """Write a value with the digits that scores have: three decimals, one from 100 on."""
    return f"{value:.{1 if abs(value) >= 100 else 3}f}"


class _AxisScale:
    """Maps values of an axis to places."""

    def __init__(self, axis: ChartAxis, values: Iterable[float], start: float, end: float) -> None:
        self.log = axis.log
        known = [v for v in values if math.isfinite(v) and (v > 0 or not axis.log)]
        if axis.ends is not None:
            low, high = axis.ends
        elif axis.log:
            low, high = min(known, default=1.0) / 1.4, max(known, default=1.0) * 1.4
        else:
            low, high = min(known, default=0.0), max(known, default=1.0)
            pad = 0.05 * (high - low) or 0.5 * abs(high) or 0.5
            low, high = low - pad, high + pad
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        value, low, high = (
            math.log10(max(v, 1e-300)) if self.log else v for v in (value, self.low, self.high)
        )
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + min(max(share, -0.02), 1.02) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        return (_log_ticks if self.log else nice_ticks)(self.low, self.high)


# -- marks --------------------------------------------------------------------------------------


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(
    x: float, y: float, text: str, anchor: str = "start", muted: bool = False, more: str = ""
) -> str:
    fill, name = (MUTED, ' class="m"') if muted else (INK, "")
    return (
        f'<text{name} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="11" '
        f'fill="{fill}"{more}>{escape_xml(text)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, paint: str) -> str:
    return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" {paint}/>'


_GRID_PAINT = f'class="g" stroke="{_GRID}" stroke-width="1"'
_SIDE_PAINT = f'class="s" stroke="{MUTED}" stroke-width="1"'
_DASHED_PAINT = f'class="s" stroke="{MUTED}" stroke-width="1" stroke-dasharray="4 4"'


def _svg(title: str, description: str, width: float, height: float, marks: Sequence[str]) -> str:
    digest = sha256("\n".join((title, description, *marks)).encode(errors="replace"))[:10]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gc" viewBox="0 0 {_n(width)} '
        f'{_n(height)}" width="{_n(width)}" height="{_n(height)}" role="img" '
        f'aria-labelledby="t{digest} d{digest}" font-family="sans-serif" font-size="11" '
        'style="max-width:100%;height:auto">',
        f'<title id="t{digest}">{escape_xml(title)}</title>',
        f'<desc id="d{digest}">{escape_xml(description)}</desc>',
        f"<style>{_STYLE}</style>",
        *marks,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def draw_chart(chart: Chart) -> str:
    """Draw points, lines and their intervals as one ``<svg>`` element."""
    points = [point for series in chart.series for point in series.points]
    x = _AxisScale(chart.x, (p.x for p in points), _LEFT, _WIDTH - _RIGHT)
    ends = (value for p in points for value in (p.y, *p.interval))
    key = _key(chart.series)
    y = _AxisScale(chart.y, ends, _HEIGHT - _BOTTOM, _TOP + _LINE * bool(key))
    marks = [*_sides(chart, x, y), *key]
    if chart.diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        marks.append(_line(x(low), y(low), x(high), y(high), _DASHED_PAINT))
    taken: list[tuple[float, float, float, float]] = []
    # The first series, such as where to stop, lies on top.
    for series in reversed(chart.series):
        marks += _series(series, x, y)
        taken += [(x(p.x) - 5, y(p.y) - 5, x(p.x) + 5, y(p.y) + 5) for p in series.points]
    for p in filter(_known, points):
        top, bottom = _reach(p, y)
        taken.append((x(p.x) - 2, top, x(p.x) + 2, bottom))
    marks += _names(points, x, y, taken)
    marks += _labels(chart.labels, x, y)
    return _svg(chart.title, chart.description, _WIDTH, _HEIGHT, marks)


def _sides(chart: Chart, x: _AxisScale, y: _AxisScale) -> list[str]:
    marks = []
    for tick in y.ticks:
        marks.append(_line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), _GRID_PAINT))
        marks.append(_text(_LEFT - 6, y(tick) + 4, _tick_text(tick), "end", muted=True))
    for tick in x.ticks:
        marks.append(_text(x(tick), _HEIGHT - _BOTTOM + 16, _tick_text(tick), "middle", muted=True))
    below = _HEIGHT - _BOTTOM
    marks.append(_line(_LEFT, below, _WIDTH - _RIGHT, below, _SIDE_PAINT))
    marks.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, chart.x.title, "middle"))
    middle = (_TOP + below) / 2
    turned = f' transform="rotate(-90 12 {_n(middle)})"'
    marks.append(_text(12, middle, chart.y.title, "middle", more=turned))
    return marks


def _key(series: Sequence[Series]) -> list[str]:
    named = [one for one in series if one.name]
    if len(named) < 2:
        return []
    marks, at = [], _LEFT + 8
    for one in named:
        color, letter = _PAINT[one.tone]
        if one.line:
            dashes = ' stroke-dasharray="5 3"' if one.dashed else ""
            paint = f'class="l{letter}" stroke="{color}" stroke-width="2"{dashes}'
            marks.append(_line(at, _TOP, at + 18, _TOP, paint))
        else:
            paint = _dot_paint(one.hollow, color, letter)
            marks.append(f'<circle cx="{_n(at + 12)}" cy="{_n(_TOP)}" r="4" {paint}/>')
        marks.append(_text(at + 23, _TOP + 4, one.name, muted=True))
        at += 40 + _LETTER * len(one.name)
    return marks


def _series(series: Series, x: _AxisScale, y: _AxisScale) -> list[str]:
    color, letter = _PAINT[series.tone]
    there = [p for p in series.points if math.isfinite(p.x) and math.isfinite(p.y)]
    marks = []
    if series.line and len(there) > 1:
        path = "L".join(f"{_n(x(p.x))} {_n(y(p.y))}" for p in there)
        dashes = ' stroke-dasharray="5 3"' if series.dashed else ""
        marks.append(
            f'<path class="l{letter}" d="M{path}" fill="none" stroke="{color}" '
            f'stroke-width="2" stroke-linejoin="round"{dashes}/>'
        )
    for p in there:
        low, high = p.interval
        if math.isfinite(low) and math.isfinite(high):
            paint = f'class="l{letter}" stroke="{color}" stroke-width="1.4" stroke-opacity="0.7"'
            marks.append(_line(x(p.x), y(low), x(p.x), y(high), paint))
        if series.dots:
            marks.append(_dot(p, series, x, y))
    return marks


def _dot_paint(hollow: bool, color: str, letter: str) -> str:
    if hollow:
        return f'class="l{letter} fp" fill="{PAPER}" stroke="{color}" stroke-width="2"'
    return f'class="f{letter}" fill="{color}"'


def _dot(p: ChartPoint, series: Series, x: _AxisScale, y: _AxisScale) -> str:
    paint = _dot_paint(series.hollow, *_PAINT[series.tone])
    paint += ' fill-opacity="0.45"' if series.small else ""
    says = f"{p.x:.4g}, {p.y:.4g}" if series.small else f"{p.x:.4g}, {_score_text(p.y)}"
    if all(map(math.isfinite, p.interval)):
        says += f" ({_score_text(p.interval[0])} to {_score_text(p.interval[1])})"
    says = (f"{p.name}: {says}" if p.name else says).replace("-", "\N{MINUS SIGN}")
    says = show_name(p.tip, 80) or says
    return (
        f'<circle cx="{_n(x(p.x))}" cy="{_n(y(p.y))}" r="{3 if series.small else 4}" {paint}>'
        f"<title>{escape_xml(says)}</title></circle>"
    )


def _names(
    points: Sequence[ChartPoint],
    x: _AxisScale,
    y: _AxisScale,
    taken: list[tuple[float, float, float, float]],
) -> list[str]:
    """Write names beside their points where they cover no point, interval or other name."""
    marks = []
    for p in points:
        if not (p.name and _known(p)):
            continue
        name = show_name(p.name, 30)
        width, px, py = _LETTER * len(name), x(p.x), y(p.y)
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
            inside = box[0] >= _LEFT and box[2] <= _WIDTH and box[1] >= 0
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                marks.append(_over(left, base, name, anchor))
                break
    return marks


def _known(p: ChartPoint) -> bool:
    return math.isfinite(p.x) and math.isfinite(p.y)


def _reach(p: ChartPoint, y: _AxisScale) -> tuple[float, float]:
    """Return where the interval of a point begins and ends, from the top."""
    ends = [y(end) for end in (p.y, *p.interval) if math.isfinite(end)]
    return min(ends), max(ends)


def _labels(points: Sequence[ChartPoint], x: _AxisScale, y: _AxisScale) -> list[str]:
    """Write names at their places, further down where another name is."""
    marks, taken = [], []
    for p in sorted(points, key=lambda p: (-p.y, p.x)):
        name = show_name(p.name, 22)
        half, base = _LETTER * len(name) / 2, y(p.y) + 4
        at = min(max(x(p.x), _LEFT + half), _WIDTH - half)
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
    return _text(x, y, name, anchor, more=halo).replace("<text", '<text class="h"')


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def draw_bars(
    title: str, axis: str, bars: Sequence[ValueBar], description: str = "", dots: bool = False
) -> str:
    """Draw named values as bars from 0, or as dots, under each other, with their intervals."""
    longest = max((len(_bar_name(bar)) for bar in bars), default=0)
    left = 1.3 * _LETTER * longest + 14
    height = 12 + _ROW * len(bars) + _BOTTOM
    known = [v for bar in bars for v in (bar.value, *bar.interval) if math.isfinite(v)]
    zero = [] if dots and known else [0.0]
    low, high = min([*zero, *known]), max([*zero, *known])
    pad = 0.04 * (high - low) or 0.5
    ends = (low - pad if low < 0 or dots else 0.0, high + pad)
    scale = _AxisScale(ChartAxis(axis, ends=ends), [], left, _WIDTH - _RIGHT)
    bottom = height - _BOTTOM
    marks = []
    for tick in scale.ticks:
        marks.append(_line(scale(tick), 6, scale(tick), bottom, _GRID_PAINT))
        marks.append(_text(scale(tick), bottom + 16, _tick_text(tick), "middle", muted=True))
    for i, bar in enumerate(bars):
        marks += _bar(bar, scale, left, 10 + _ROW * i, dots)
    if not dots:
        marks.append(_line(scale(0.0), 6, scale(0.0), bottom, _SIDE_PAINT))
    marks.append(_text((left + _WIDTH - _RIGHT) / 2, height - 10, axis, "middle"))
    return _svg(title, description, _WIDTH, height, marks)


def _bar_name(bar: ValueBar) -> str:
    """Return a name that fits beside its bar; what tells long ones apart may be at the end."""
    name = show_name(bar.name, 200)
    return name if len(name) <= _LONGEST else f"{name[:11]}…{name[-14:]}"


def _bar(bar: ValueBar, scale: _AxisScale, left: float, top: float, as_dot: bool) -> list[str]:
    color, letter = _PAINT[bar.tone]
    middle = top + _ROW / 2
    marks = [_text(left - 8, middle + 4, _bar_name(bar), "end")]
    if not math.isfinite(bar.value):
        return marks
    says = escape_xml(f"{bar.name}: {_score_text(bar.value)}".replace("-", "\N{MINUS SIGN}"))
    whole = all(map(math.isfinite, bar.interval))
    line = _line(
        *(scale(bar.interval[0]), middle, scale(bar.interval[1]), middle),
        _SIDE_PAINT.replace('"1"', '"1.6"'),
    )
    if as_dot:
        marks += [line] * whole
        marks.append(
            f'<circle cx="{_n(scale(bar.value))}" cy="{_n(middle)}" r="5" '
            f"{_dot_paint(bar.hollow, color, letter)}><title>{says}</title></circle>"
        )
        return marks
    start, end = sorted((scale(0.0), scale(bar.value)))
    marks.append(
        f'<rect class="f{letter}" x="{_n(start)}" y="{_n(top + 4)}" '
        f'width="{_n(max(end - start, 0.5))}" height="{_n(_ROW - 8)}" fill="{color}" '
        f'fill-opacity="0.75"><title>{says}</title></rect>'
    )
    return [*marks, *([line] * whole)]


def draw_matrix(matrix: Matrix) -> str:
    """Draw counts as cells, darker for a larger share of their row."""
    names = [show_name(name, 22) for name in (*matrix.rows, *matrix.columns)]
    margin = _LETTER * max((len(name) for name in names), default=0) + 14
    size = 26.0 if len(matrix.columns) <= 30 else 14.0
    left, top = margin + 16, margin + 16
    widest = max(size * len(matrix.columns), _LETTER * len(matrix.column_title))
    width, height = left + widest + 8, top + size * len(matrix.rows) + 8
    marks = []
    for j, name in enumerate(matrix.columns):
        at = left + size * (j + 0.5) + 4
        turned = f' transform="rotate(-90 {_n(at)} {_n(top - 6)})"'
        marks.append(_text(at, top - 6, show_name(name, 22), more=turned))
    for i, (name, counts) in enumerate(zip(matrix.rows, matrix.counts, strict=True)):
        y, total = top + size * i, sum(counts)
        marks.append(_text(left - 6, y + size / 2 + 4, show_name(name, 22), "end"))
        for j, count in enumerate(counts):
            if count:
                right = name == matrix.columns[j]
                says = f"{name}, {matrix.columns[j]}: {count}"
                marks += _cell(left + size * j, y, size, count, count / total, right, says)
    marks.append(_text(left, 11, matrix.column_title, muted=True))
    marks.append(_text(2, top - 6, matrix.row_title, muted=True))
    return _svg(matrix.title, f"{matrix.row_title}; {matrix.column_title}", width, height, marks)


def _cell(
    x: float, y: float, size: float, count: int, share: float, right: bool, says: str
) -> list[str]:
    color, letter = _PAINT["accent" if right else "other"]
    shade = 0.08 + 0.6 * share
    marks = [
        f'<rect class="f{letter}" x="{_n(x + 1)}" y="{_n(y + 1)}" width="{_n(size - 2)}" '
        f'height="{_n(size - 2)}" rx="3" fill="{color}" fill-opacity="{shade:.2f}">'
        f"<title>{escape_xml(says)}</title></rect>"
    ]
    if size > 20:
        marks.append(_text(x + size / 2, y + size / 2 + 4, f"{count}", "middle"))
    return marks
