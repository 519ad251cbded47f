"""DOT, Graphviz's language: the graph with its weights, every unit pinned to its place.

Conventions: positions are in inches from the lower left, 72 SVG units an inch, and end in ``!``,
which the engine ``neato`` named in the file keeps. A weight is the tooltip of its edge. Words
beside units and edges are nodes ``text.1, text.2, ...`` without frames, because Graphviz would
put labels of its own elsewhere; a wide layer has such a node for its gap.
"""

from __future__ import annotations

from gradatim._text import show_name, show_text
from gradatim.drawing.layout import Form, Values, place
from gradatim.drawing.marks import COLORS, Text, marks, tone_of
from gradatim.drawing.placement import (
    RADIUS,
    PlacedBox,
    PlacedEdge,
    PlacedGap,
    PlacedUnit,
    Placement,
)
from gradatim.drawing.words import describe, format_number
from gradatim.network.graph import Network

__all__ = ["draw_dot", "write_dot"]

_INCH = 72.0
_ADVANCE = 0.5  # mean advance of a letter, in heights
INK, MUTED, PAPER = COLORS["ink"], COLORS["muted"], COLORS["paper"]


def draw_dot(
    network: Network,
    *,
    title: str | None = None,
    form: Form = "auto",
    max_units: int = 12,
    at: Values | None = None,
) -> str:
    """Draw a network in DOT, as a ``digraph``; parameters are those of `draw_svg`."""
    placement = place(network, max_units=max_units, form=form, at=at)
    headline, details = describe(network)
    return write_dot(placement, title=title or headline, description=details)


def write_dot(placement: Placement, *, title: str, description: str) -> str:
    """Write a placement out in DOT."""
    height = placement.height
    words = [mark for mark in marks(placement) if isinstance(mark, Text) and _is_beside(mark)]
    lines = [
        "digraph network {",
        f"  graph [layout=neato, splines=line, outputorder=edgesfirst, bgcolor={_q(PAPER)},",
        f"    tooltip={_q(title)}, comment={_q(description)}]",
        f"  node [shape=circle, fixedsize=true, width={_n(2 * RADIUS / _INCH)}, style=filled,",
        f'    fillcolor={_q(PAPER)}, color={_q(INK)}, fontname="Helvetica", fontsize=12]',
        '  edge [fontname="Helvetica", fontsize=11, arrowhead=none]',
        *(_unit(unit, height) for unit in placement.units),
        *(_gap(gap, height) for gap in placement.gaps),
        *(_word(i, text, height) for i, text in enumerate(words)),
        *(_edge(edge) for edge in sorted(placement.edges, key=lambda e: e.strength)),
        *(
            _box(box, before, height)
            for before, box in zip([None, *placement.boxes], placement.boxes, strict=False)
        ),
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _q(text: str) -> str:
    """Quote a text; a backslash is doubled, because DOT gives it a meaning of its own."""
    plain = show_text(text).replace("\n", " ")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _at(x: float, y: float, height: float) -> str:
    return f'pos="{_n(x / _INCH)},{_n((height - y) / _INCH)}!"'


def _unit(unit: PlacedUnit, height: float) -> str:
    inside = unit.symbol
    if unit.layer == 0:
        inside = "" if unit.value is None else format_number(unit.value)
    size = "" if len(inside) <= 4 else ", fontsize=9"
    name = f", tooltip={_q(show_name(unit.name))}" if unit.name else ""
    return (
        f'  "{unit.layer}.{unit.index + 1}" [label={_q(inside)}{size}, '
        f"{_at(*unit.center, height)}{name}]"
    )


def _gap(gap: PlacedGap, height: float) -> str:
    x, y = gap.center
    return (
        f'  "{gap.layer}.gap" [shape=plaintext, style="", fontsize=20, fontcolor={_q(MUTED)}, '
        f'label="⋮", {_at(x, y - 11, height)}]'
    )


def _is_beside(text: Text) -> bool:
    """Say whether a text needs a node of its own: what stands inside a unit or box does not."""
    if text.part == "count":
        return text.halo or text.text.endswith("parameters")
    return text.part != "symbol"


def _word(index: int, text: Text, height: float) -> str:
    """Write a text as a node without a frame, whose middle is estimated."""
    x, y = text.position
    width = _ADVANCE * text.size * len(text.text)
    shift = {"start": 0.5, "middle": 0.0, "end": -0.5}[text.anchor] * width
    return (
        f'  "text.{index + 1}" [shape=plaintext, fixedsize=false, width=0, height=0, '
        f'margin="0.02,0", fontsize={text.size}, fontcolor={_q(COLORS[text.tone])}, '
        f"label={_q(text.text)}, {_at(x + shift, y - 0.35 * text.size, height)}]"
    )


def _edge(edge: PlacedEdge) -> str:
    opacity, width = 0.35 + 0.6 * edge.strength, 0.6 + 3.4 * edge.strength
    tooltip = "" if edge.weight is None else f"tooltip={_q(format_number(edge.weight))}, "
    return (
        f'  "{edge.layer - 1}.{edge.source + 1}" -> "{edge.layer}.{edge.target + 1}" '
        f"[{tooltip}penwidth={_n(width)}, "
        f"color={_q(f'{COLORS[tone_of(edge)]}{round(255 * opacity):02x}')}"
        f"{', style=dashed' if (edge.weight or 0) < 0 else ''}]"
    )


def _box(box: PlacedBox, before: PlacedBox | None, height: float) -> str:
    x, y = box.corner
    center = _at(x + box.width / 2, y + box.height / 2, height)
    noun = "units" if box.kind == "hidden" else box.kind
    lines = [f"{box.n_units:,}", noun.removesuffix("s") if box.n_units == 1 else noun]
    lines += [box.symbols] if box.symbols else []
    label = "\\n".join(_q(line)[1:-1] for line in lines)
    node = (
        f'  "layer {box.layer}" [shape=box, style="rounded,filled", width={_n(box.width / _INCH)}, '
        f'height={_n(box.height / _INCH)}, label="{label}", {center}]'
    )
    if before is None:
        return node
    return (
        f'{node}\n  "layer {before.layer}" -> "layer {box.layer}" '
        f"[arrowhead=normal, color={_q(MUTED)}]"
    )
