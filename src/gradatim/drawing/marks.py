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
    PlacedCaption,
    PlacedEdge,
    PlacedGap,
    PlacedUnit,
    Placement,
    Point,
)
from gradatim.drawing.words import PASSES, equals, format_number, indexed, shorten

Part = Literal["weight", "symbol", "bias", "value", "name", "count", "key"]
Tone = Literal["positive", "negative", "ink", "muted", "paper"]

#: Color of each tone on a light page [1]_.
COLORS: dict[Tone, str] = {
    "positive": "#2166ac",
    "negative": "#b35806",
    "ink": "#1f1e1b",
    "muted": "#6a665e",
    "paper": "#ffffff",
}


#: Distance between lines of the key.
KEY_LINE = 18.0


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
    # an input, output or hidden unit, a number of units or parameters, or what a symbol means
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
            weight, tone = format_number(edge.weight or 0.0), tone_of(edge)
            yield Text("weight", (x, y + 4), weight, tone=tone, halo=True)
    last = max((unit.layer for unit in placement.units), default=0)
    for unit in placement.units:
        yield from _input(unit) if unit.layer == 0 else _unit(unit, unit.layer == last)
        if unit.layer == last:
            yield from _output(unit)
    for gap in placement.gaps:
        yield from _gap(gap, last)
    for caption in placement.captions:
        yield from _caption(caption)
    for before, box in zip([None, *placement.boxes], placement.boxes, strict=False):
        yield from _box(box, before)
    if placement.key is not None:
        x, y = placement.key.corner
        for number, line in enumerate(placement.key.lines):
            yield Text("key", (x, y + KEY_LINE * number), line, "start", tone="muted")


def tone_of(edge: PlacedEdge) -> Tone:
    """Say what the color of an edge means."""
    if not edge.weight:
        return "muted"
    return "negative" if edge.weight < 0 else "positive"


def _line(edge: PlacedEdge) -> Line:
    width, opacity = 0.6 + 3.4 * edge.strength, 0.35 + 0.6 * edge.strength
    return Line(edge.start, edge.end, tone_of(edge), width, opacity, dashed=(edge.weight or 0) < 0)


def _input(unit: PlacedUnit) -> Iterator[Mark]:
    x, y = unit.center
    yield Disc(unit.center, RADIUS)
    if unit.name:
        yield _name((x - RADIUS - 8, y + 5), unit.name, anchor="end")
    if unit.value is not None:
        yield _inside(unit.center, format_number(unit.value))


def _unit(unit: PlacedUnit, is_output: bool) -> Iterator[Mark]:
    x, y = unit.center
    yield Disc(unit.center, RADIUS)
    yield _inside(unit.center, unit.symbol)
    if unit.bias is not None:
        bias = f"w₀ = {format_number(unit.bias)}"
        yield Text("bias", (x, y + RADIUS + 16), bias, tone="muted", halo=True)
    if above := _above(unit, is_output):
        yield Text(
            "value" if unit.value is not None else "name", (x, y - RADIUS - 7), above, halo=True
        )


def _above(unit: PlacedUnit, is_output: bool) -> str:
    """Say above a unit what it is called and what it computes; an output's name is beside it."""
    name = "" if is_output else indexed(shorten(unit.name))
    if unit.value is None or unit.pre_activation is None:
        return name
    if is_output and unit.symbol == "z":
        return ""  # The value stands beside it.
    value = equals(unit.value)
    if unit.symbol in ("z", PASSES):
        return f"{name or 'z'} {value}"
    of = f"{unit.symbol}({format_number(unit.pre_activation)})"
    return f"{name} = {of} {value}" if name else f"{of} {value}"


def _output(unit: PlacedUnit) -> Iterator[Mark]:
    x, y = unit.center
    yield Arrow((x + RADIUS, y), x + RADIUS + 20)
    value = "" if unit.value is None else f" {equals(unit.value)}"
    if unit.name:
        yield _name((x + RADIUS + 26, y + 5), unit.name, "start", value)


def _inside(center: Point, text: str) -> Text:
    """Write into a unit, smaller if the text is long."""
    size = 14 if len(text) <= 4 else 10
    return Text("symbol", (center[0], center[1] + size / 3), text, size=size)


def _name(position: Point, name: str, anchor: Literal["start", "end"], value: str = "") -> Text:
    short, whole = shorten(name), show_name(name)
    text = indexed(short) + value
    return Text("name", position, text, anchor, 14, whole=whole if short != whole else "")


def _gap(gap: PlacedGap, last: int) -> Iterator[Mark]:
    x, y = gap.center
    for offset in (-20, -11, -2):
        yield Disc((x, y + offset), 2, filled=True)
    if gap.n_units is not None:
        noun = {0: "inputs", last: "outputs"}.get(gap.layer, "units")
        yield Text("count", (x, y + 18), f"{gap.n_units:,} {noun}", tone="muted", halo=True)


def _caption(caption: PlacedCaption) -> Iterator[Mark]:
    x, y = caption.top
    for number, line in enumerate(caption.lines):
        size, tone = (14, "ink") if not number else (12, "muted")
        yield Text("count", (x, y + 17 * number), line, size=size, tone=tone)


def _box(box: PlacedBox, before: PlacedBox | None) -> Iterator[Mark]:
    x, y = box.corner
    middle, center = y + box.height / 2, x + box.width / 2
    if before is not None:
        yield Arrow((before.corner[0] + before.width + 6, middle), x - 6)
    yield Box(box.corner, box.width, box.height)
    noun = "units" if box.kind == "hidden" else box.kind
    noun = noun.removesuffix("s") if box.n_units == 1 else noun
    top = middle - (7 if box.symbols else 0)
    yield Text("count", (center, top), f"{box.n_units:,}", size=18)
    yield Text("count", (center, top + 16), noun, tone="muted")
    if box.symbols:
        yield Text("count", (center, top + 31), box.symbols, tone="muted")
    if box.n_parameters:
        below = (center, y + box.height + 17)
        yield Text("count", below, f"{box.n_parameters:,} parameters", tone="muted")
