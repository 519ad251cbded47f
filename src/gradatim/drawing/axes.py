"""What charts share: axes, their numbers and the elements that marks are made of.

Conventions: those of `gradatim.drawing.chart`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from gradatim._digest import sha256
from gradatim.drawing.marks import COLORS
from gradatim.drawing.svg import escape_xml

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

PAINT = {"accent": (ACCENT, "a"), "other": (OTHER, "o"), "muted": (MUTED, "m")}

CHART_WIDTH = 460.0
RIGHT, BOTTOM = 14.0, 46.0
# Width of a letter of the smallest text.
LETTER = 5.9

Tone = Literal["accent", "other", "muted"]


@dataclass(frozen=True)
class ChartAxis:
    """What is shown along a side."""

    title: str
    log: bool = False  # Powers of ten at equal distances
    ends: tuple[float, float] | None = None  # Where it begins and ends; as the values do if None


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


def tick_text(value: float) -> str:
    """Write a number on an axis."""
    if value and abs(value) >= 10_000:
        for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if abs(value) >= size:
                return tick_text(value / size) + f" {letter}"
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")


def score_text(value: float) -> str:
    """Write a value with the digits that scores have: three decimals, one from 100 on."""
    return f"{value:.{1 if abs(value) >= 100 else 3}f}"


class AxisScale:
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
        """Return the place of a value."""
        value, low, high = (
            math.log10(max(v, 1e-300)) if self.log else v for v in (value, self.low, self.high)
        )
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + min(max(share, -0.02), 1.02) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Numbers written on the axis."""
        return (_log_ticks if self.log else nice_ticks)(self.low, self.high)


def place(value: float) -> str:
    """Write a place with a digit after the point."""
    return f"{value:.1f}".removesuffix(".0")


def chart_text(
    x: float, y: float, text: str, anchor: str = "start", muted: bool = False, more: str = ""
) -> str:
    """Return a text."""
    fill, name = (MUTED, ' class="m"') if muted else (INK, "")
    return (
        f'<text{name} x="{place(x)}" y="{place(y)}" text-anchor="{anchor}" font-size="11" '
        f'fill="{fill}"{more}>{escape_xml(text)}</text>'
    )


def chart_line(x1: float, y1: float, x2: float, y2: float, paint: str) -> str:
    """Return a line."""
    return f'<line x1="{place(x1)}" y1="{place(y1)}" x2="{place(x2)}" y2="{place(y2)}" {paint}/>'


GRID_PAINT = f'class="g" stroke="{_GRID}" stroke-width="1"'
SIDE_PAINT = f'class="s" stroke="{MUTED}" stroke-width="1"'
DASHED_PAINT = f'class="s" stroke="{MUTED}" stroke-width="1" stroke-dasharray="4 4"'


def chart_svg(
    title: str, description: str, width: float, height: float, marks: Sequence[str]
) -> str:
    """Return the element that holds marks."""
    digest = sha256("\n".join((title, description, *marks)).encode(errors="replace"))[:10]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gc" viewBox="0 0 {place(width)} '
        f'{place(height)}" width="{place(width)}" height="{place(height)}" role="img" '
        f'aria-labelledby="t{digest} d{digest}" font-family="sans-serif" font-size="11" '
        'style="max-width:100%;height:auto">',
        f'<title id="t{digest}">{escape_xml(title)}</title>',
        f'<desc id="d{digest}">{escape_xml(description)}</desc>',
        f"<style>{_STYLE}</style>",
        *marks,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def dot_paint(hollow: bool, color: str, letter: str) -> str:
    """Return how a dot is painted."""
    if hollow:
        return f'class="l{letter} fp" fill="{PAPER}" stroke="{color}" stroke-width="2"'
    return f'class="f{letter}" fill="{color}"'
