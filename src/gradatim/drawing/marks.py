"""The marks on the page: every line, circle, box, arrow and text of a placement, for any format.

Conventions: those of `gradatim.drawing.placement`; a text's position is on its baseline. A tone
says what a mark means, a format which color that is. A positive weight is solid, a negative one
dashed, and a thicker edge has a larger weight relative to its layer, so that nothing is told by
color alone. Marks come in the order of painting.

References
----------
.. [1] C. A. Brewer, "ColorBrewer 2.0": the ends of the diverging scheme PuOr/RdBu, chosen to be
   told apart by readers with any common color vision deficiency, https://colorbrewer2.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gradatim._text import show_name
from gradatim.drawing.placement import (
    RADIUS,
    PlacedBox,
    PlacedEdge,
    PlacedGap,
    PlacedUnit,
    Placement,
    Point,
)
from gradatim.drawing.words import equals, format_number, shorten

__all__ = [
    "COLORS",
    "Arrow",
    "Box",
    "Disc",
    "Line",
    "Mark",
    "Part",
    "Text",
    "Tone",
    "marks",
    "tone_of",
]

Part = Literal["weight", "symbol", "bias", "value", "name", "count"]
Tone = Literal["positive", "negative", "ink", "muted", "paper"]

#: Color of each tone on a light page [1]_.
COLORS: dict[Tone, str] = {
    "positive": "#2166ac",
    "negative": "#b35806",
    "ink": "#1f1e1b",
    "muted": "#6a665e",
    "paper": "#ffffff",
}


@dataclass(frozen=True)
class Line:
    """An edge."""

    start: Point  # Ends
    end: Point
    tone: Tone  # Positive, negative, or muted for a weight of 0
    width: float  # Thickness in units of length, and opacity in [0, 1]
    opacity: float
    dashed: bool  # Whether the weight is negative


@dataclass(frozen=True)
class Disc:
    """A circle: a unit, outlined, or a dot, filled."""

    center: Point  # Center
    radius: float  # Radius
    filled: bool = False  # Whether it is a muted dot instead of a unit


@dataclass(frozen=True)
class Box:
    """A rectangle with round corners."""

    corner: Point  # Top left
    width: float  # Size
    height: float


@dataclass(frozen=True)
class Arrow:
    """An arrow to the right."""

    start: Point  # Where it begins
    end: float  # Horizontal position of its tip


@dataclass(frozen=True)
class Text:
    """One line of text."""

    # What is said: a weight, what stands inside a unit, a bias, what a unit computes, the name of
    # an input or output, or a number of units or parameters
    part: Part
    position: Point  # Start, middle or end of its baseline, as `anchor` says
    text: str  # What is written
    # Which point of the baseline `position` is
    anchor: Literal["start", "middle", "end"] = "middle"
    size: int = 12  # Size of the font in units of length
    tone: Tone = "ink"  # Color
    halo: bool = False  # Whether it lies on lines and needs paper around it
    whole: str = ""  # The whole name where `text` had to be shortened, else empty


Mark = Line | Disc | Box | Arrow | Text


def marks(placement: Placement) -> Iterator[Mark]:
    """Turn a placement into marks."""
    # Strong edges last, so that they lie on top.
    yield from (_line(edge) for edge in sorted(placement.edges, key=lambda e: e.strength))
    for edge in placement.edges:
        if edge.label is not None:
            x, y = edge.label
            weight, tone = format_number(edge.weight), tone_of(edge)
            yield Text("weight", (x, y + 3.5), weight, size=11, tone=tone, halo=True)
    last = max((unit.layer for unit in placement.units), default=0)
    for unit in placement.units:
        yield from _input(unit) if unit.layer == 0 else _unit(unit)
        if unit.layer == last:
            yield from _output(unit)
    for gap in placement.gaps:
        yield from _gap(gap, last)
    for before, box in zip([None, *placement.boxes], placement.boxes, strict=False):
        yield from _box(box, before)


def tone_of(edge: PlacedEdge) -> Tone:
    """Say what the color of an edge means."""
    if edge.weight == 0:
        return "muted"
    return "negative" if edge.weight < 0 else "positive"


def _line(edge: PlacedEdge) -> Line:
    width, opacity = 0.6 + 3.4 * edge.strength, 0.35 + 0.6 * edge.strength
    return Line(edge.start, edge.end, tone_of(edge), width, opacity, dashed=edge.weight < 0)


def _input(unit: PlacedUnit) -> Iterator[Mark]:
    x, y = unit.center
    yield Disc(unit.center, RADIUS)
    yield _name((x - RADIUS - 8, y + 4), unit.name, anchor="end")
    if unit.value is not None:
        yield _inside(unit.center, format_number(unit.value))


def _unit(unit: PlacedUnit) -> Iterator[Mark]:
    x, y = unit.center
    yield Disc(unit.center, RADIUS)
    yield _inside(unit.center, unit.symbol)
    if unit.bias is not None:
        bias = f"w₀ = {format_number(unit.bias)}"
        yield Text("bias", (x, y + RADIUS + 15), bias, size=11, tone="muted", halo=True)
    if unit.value is not None and unit.pre_activation is not None:
        z, value = format_number(unit.pre_activation), equals(unit.value)
        text = f"z {value}" if unit.symbol == "z" else f"{unit.symbol}({z}) {value}"
        yield Text("value", (x, y - RADIUS - 6), text, size=11, halo=True)


def _output(unit: PlacedUnit) -> Iterator[Mark]:
    x, y = unit.center
    yield Arrow((x + RADIUS, y), x + RADIUS + 20)
    value = "" if unit.value is None else f" {equals(unit.value)}"
    yield _name((x + RADIUS + 26, y + 4), unit.name, "start", value)


def _inside(center: Point, text: str) -> Text:
    """Write into a unit, smaller if the text is long."""
    size = 13 if len(text) <= 4 else 9
    return Text("symbol", (center[0], center[1] + size / 3), text, size=size)


def _name(position: Point, name: str, anchor: Literal["start", "end"], value: str = "") -> Text:
    short, whole = shorten(name), show_name(name)
    return Text("name", position, short + value, anchor, whole=whole if short != whole else "")


def _gap(gap: PlacedGap, last: int) -> Iterator[Mark]:
    x, y = gap.center
    for offset in (-20, -11, -2):
        yield Disc((x, y + offset), 2, filled=True)
    noun = {0: "inputs", last: "outputs"}.get(gap.layer, "units")
    yield Text("count", (x, y + 18), f"{gap.n_units} {noun}", size=11, tone="muted", halo=True)


def _box(box: PlacedBox, before: PlacedBox | None) -> Iterator[Mark]:
    x, y = box.corner
    middle, center = y + box.height / 2, x + box.width / 2
    if before is not None:
        yield Arrow((before.corner[0] + before.width + 6, middle), x - 6)
    yield Box(box.corner, box.width, box.height)
    noun = "units" if box.kind == "hidden" else box.kind
    noun = noun.removesuffix("s") if box.n_units == 1 else noun
    top = middle - (6 if box.symbols else 0)
    yield Text("count", (center, top), f"{box.n_units:,}", size=18)
    yield Text("count", (center, top + 15), noun, size=11, tone="muted")
    if box.symbols:
        yield Text("count", (center, top + 29), box.symbols, size=11, tone="muted")
    if box.n_parameters:
        below = (center, y + box.height + 16)
        yield Text("count", below, f"{box.n_parameters:,} parameters", size=11, tone="muted")
