"""Mermaid, the graphs of Markdown pages: units as circles, weights on the edges.

Conventions: Mermaid places by itself, so a drawing has the units, edges, gaps and words of the
placement in its order, but not its coordinates. Positive edges are solid lines and negative
ones dotted; thickness and color are written as link styles in the order of the edges.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim._text import show_text
from gradatim.drawing.layout import Form, Values, place
from gradatim.drawing.marks import COLORS, tone_of
from gradatim.drawing.placement import PlacedBox, PlacedEdge, PlacedGap, PlacedUnit, Placement
from gradatim.drawing.words import PASSES, describe, equals, format_number, indexed, shorten
from gradatim.network.graph import Network

__all__ = ["draw_mermaid", "write_mermaid"]

INK, PAPER = COLORS["ink"], COLORS["paper"]


def draw_mermaid(
    network: Network,
    *,
    title: str | None = None,
    form: Form = "auto",
    max_units: int = 12,
    at: Values | None = None,
) -> str:
    """Draw a network in Mermaid, as a flowchart; parameters are those of `draw_svg`."""
    placement = place(network, max_units=max_units, form=form, at=at)
    headline, details = describe(network)
    return write_mermaid(placement, title=title or headline, description=details)


def write_mermaid(placement: Placement, *, title: str, description: str) -> str:
    """Write a placement out in Mermaid."""
    last = max((unit.layer for unit in placement.units), default=0)
    lines = [
        "flowchart LR",
        f"  accTitle: {_line(title)}",
        f"  accDescr: {_line(description)}",
        *(_layer(placement, layer, last) for layer in _layers(placement)),
        *map(_edge, placement.edges),
        *_moorings(placement),
        *(_style(i, edge) for i, edge in enumerate(placement.edges)),
        *map(_box, placement.boxes),
    ]
    lines += [f"  b{box.layer - 1} --> b{box.layer}" for box in placement.boxes[1:]]
    if placement.key is not None:
        words = "<br>".join(_q(entry)[1:-1] for entry in placement.key.entries)
        lines += [f'  key["{words}"]', "  style key fill:none,stroke:none"]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(show_text(text).split())


def _q(text: str) -> str:
    """Quote a label; Mermaid reads entities with a number sign inside quotes."""
    plain = _line(text).replace("#", "#35;")
    escaped = plain.replace("&", "#38;").replace("<", "#60;").replace(">", "#62;")
    return '"' + escaped.replace('"', "#34;").replace("`", "#96;") + '"'


def _layers(placement: Placement) -> list[int]:
    return sorted({unit.layer for unit in placement.units})


def _layer(placement: Placement, layer: int, last: int) -> str:
    """Write the units of a layer from top to bottom, the gap among them, in a frame unseen."""
    units = [unit for unit in placement.units if unit.layer == layer]
    gaps = [gap for gap in placement.gaps if gap.layer == layer]
    column = sorted([*units, *gaps], key=lambda one: one.center[1])
    lines = [_gap(one, last) if isinstance(one, PlacedGap) else _unit(one) for one in column]
    frame = f"  style layer{layer} fill:none,stroke:none"
    said = [line for one in placement.captions if one.layer == layer for line in one.lines]
    title = "<br>".join(_q(line)[1:-1] for line in said) or " "
    return "\n".join([f'  subgraph layer{layer}["{title}"]', *lines, "  end", frame])


def _moorings(placement: Placement) -> Iterator[str]:
    """Tie gaps to the layers beside them by lines that are not drawn."""
    for gap in placement.gaps:
        yield f"  u{gap.layer - 1}_1 ~~~ g{gap.layer}" if gap.layer else "  g0 ~~~ u1_1"


def _unit(unit: PlacedUnit) -> str:
    label = "<br>".join(_q(text)[1:-1] for text in _words(unit))
    node = f"u{unit.layer}_{unit.index + 1}"
    return f'  {node}(("{label}"))\n  style {node} fill:{PAPER},stroke:{INK},color:{INK}'


def _words(unit: PlacedUnit) -> Iterator[str]:
    value = "" if unit.value is None else f" {equals(unit.value)}"
    if unit.layer == 0:
        yield indexed(shorten(unit.name)) + value
        return
    if unit.name:
        yield indexed(shorten(unit.name)) + value
    if unit.pre_activation is None or unit.symbol == PASSES:
        yield unit.symbol
    else:
        z = format_number(unit.pre_activation)
        yield (
            f"z {equals(unit.pre_activation)}"
            if unit.symbol == "z"
            else f"{unit.symbol}({z}){'' if unit.name else value}"
        )
    if unit.bias is not None:
        yield f"w₀ = {format_number(unit.bias)}"


def _gap(gap: PlacedGap, last: int) -> str:
    noun = {0: "inputs", last: "outputs"}.get(gap.layer, "units")
    said = "" if gap.n_units is None else f"<br>{gap.n_units:,} {noun}"
    return f'  g{gap.layer}["⋮{said}"]\n  style g{gap.layer} fill:none,stroke:none'


def _edge(edge: PlacedEdge) -> str:
    line = "-.-" if (edge.weight or 0) < 0 else "---"
    label = "" if edge.label is None else f"|{_q(format_number(edge.weight or 0.0))}|"
    return f"  u{edge.layer - 1}_{edge.source + 1} {line}{label} u{edge.layer}_{edge.target + 1}"


def _style(index: int, edge: PlacedEdge) -> str:
    width = f"{0.6 + 3.4 * edge.strength:.2f}"
    return f"  linkStyle {index} stroke:{COLORS[tone_of(edge)]},stroke-width:{width}px"


def _box(box: PlacedBox) -> str:
    noun = "units" if box.kind == "hidden" else box.kind
    words = [f"{box.n_units:,} {noun.removesuffix('s') if box.n_units == 1 else noun}"]
    words += [box.symbols] if box.symbols else []
    words += [f"{box.n_parameters:,} parameters"] if box.n_parameters else []
    return f'  b{box.layer}("{"<br>".join(words)}")'
