"""SVG of a network: self-contained, with a text alternative, readable without color.

Conventions: a positive weight is blue and solid, a negative one orange and dashed; a thicker edge
has a larger weight relative to its layer. Colors are attributes, so that any program shows them;
a style sheet inside changes them only where the reader prefers dark. Coordinates have at most one
decimal, and the same network gives the same text.

References
----------
.. [1] C. A. Brewer, "ColorBrewer 2.0": the ends of the diverging scheme PuOr/RdBu, chosen to be
   told apart by readers with any common color vision deficiency, https://colorbrewer2.org.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from gradatim.drawing.layout import (
    MINUS,
    RADIUS,
    Form,
    PlacedBox,
    PlacedEdge,
    PlacedGap,
    PlacedUnit,
    Placement,
    format_number,
    place,
    shorten,
)
from gradatim.network.graph import Network, Unit

__all__ = ["describe", "draw_svg", "write_svg"]

POSITIVE, NEGATIVE, INK, MUTED, PAPER = "#2166ac", "#b35806", "#1f1e1b", "#6a665e", "#ffffff"

# Written into every drawing; `.gn` keeps it away from the page that a drawing is put into.
_STYLE = """\
.gn text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
@media screen and (prefers-color-scheme:dark){
.gn .p{stroke:#74aee8}.gn .n{stroke:#f0a35e}.gn text{fill:#e9e6df}.gn .m{fill:#a09b90}
.gn .u{stroke:#c9c5bb;fill:#22242a}.gn .h{stroke:#16171b}.gn .a{stroke:#a09b90}
.gn .d{fill:#a09b90}.gn .tp{fill:#93c1ef}.gn .tn{fill:#f3b57c}}"""

_MOST_EQUATIONS = 16
# Characters that XML 1.0 forbids even when escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def draw_svg(
    network: Network,
    *,
    title: str | None = None,
    form: Form = "auto",
    max_units: int = 12,
) -> str:
    """Draw a network as SVG.

    Parameters
    ----------
    network : Network
        What to draw.
    title : str, optional
        The text alternative's first line; by default the sizes and activations.
    form : {"auto", "units", "layers"}, default "auto"
        Circles and edges, or one box a layer; ``"auto"`` takes boxes as soon as a layer is
        wider than `max_units`.
    max_units : int, default 12
        How many units of a layer are drawn at most.

    Returns
    -------
    str
        One ``<svg>`` element, to be saved as a file or put into a page.

    Raises
    ------
    SpecError
        If `max_units` is below 3 or `form` is unknown.

    Examples
    --------
    >>> from gradatim.network.graph import Layer, Network
    >>> svg = draw_svg(Network([Layer([[0.8]], [0.4], "sigmoid")]))
    >>> svg.startswith("<svg") and "w₀ = 0.4" in svg
    True
    """
    placement = place(network, max_units=max_units, form=form)
    headline, details = describe(network)
    return write_svg(placement, title=title or headline, description=details)


def describe(network: Network) -> tuple[str, str]:
    """Say in words what a drawing shows: a headline, and the equations of a small network.

    Parameters
    ----------
    network : Network
        What is drawn.

    Returns
    -------
    headline, details : str
        The sizes; then one equation a unit, or one line a layer where there are many units.

    Examples
    --------
    >>> from gradatim.network.graph import Layer, Network
    >>> describe(Network([Layer([[1.0, 2.0]], [2.5], "sigmoid")]))
    ('Network 2-1 with 3 parameters', 'y1 = logistic(1 x1 + 2 x2 + 2.5).')
    """
    sizes = "-".join(map(str, network.layer_sizes))
    headline = f"Network {sizes} with {network.n_parameters:,} parameters"
    n_units = sum(network.layer_sizes[1:])
    lines = _equations(network) if n_units <= _MOST_EQUATIONS else _layer_lines(network)
    return headline, "; ".join(lines) + "."


def _layer_lines(network: Network) -> Iterator[str]:
    yield f"{network.n_inputs} inputs"
    for i, layer in enumerate(network.layers, 1):
        kind = "outputs" if i == network.depth else "hidden units"
        activations = ", ".join(dict.fromkeys(layer.activations))
        yield f"{layer.n_out} {kind}, {activations}, {layer.n_parameters:,} parameters"


def _equations(network: Network) -> Iterator[str]:
    sources = list(network.input_names)
    for i, layer in enumerate(network.layers, 1):
        names = [f"h{i}.{j + 1}" for j in range(layer.n_out)]
        if i == network.depth:
            names = list(network.output_names)
        for name, unit in zip(names, layer.units, strict=True):
            yield f"{name} = {unit.activation}({_weighted_sum(unit, sources)})"
        sources = names


def _weighted_sum(unit: Unit, sources: list[str]) -> str:
    terms = [(weight, f" {sources[i]}") for i, weight in unit.weights.items()]
    if unit.bias or not terms:
        terms.append((unit.bias, ""))
    text = "".join(
        f" {MINUS if value < 0 else '+'} {format_number(abs(value))}{name}" for value, name in terms
    )
    return text[3:] if terms[0][0] >= 0 else MINUS + text[3:]


def write_svg(placement: Placement, *, title: str, description: str) -> str:
    """Write a placement out as SVG.

    Parameters
    ----------
    placement : Placement
        Where everything goes.
    title, description : str
        The text alternative.

    Returns
    -------
    str
        One ``<svg>`` element that ends in a newline.
    """
    digest = hashlib.sha256(f"{title}\n{description}".encode(errors="replace")).hexdigest()[:8]
    width, height = _n(placement.width), _n(placement.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gn" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="t{digest} d{digest}" '
        'font-family="sans-serif" font-size="12">',
        f'<title id="t{digest}">{_text(title)}</title>',
        f'<desc id="d{digest}">{_text(description)}</desc>',
        f"<style>{_STYLE}</style>",
        # Strong edges last, so that they lie on top.
        *(_edge(edge) for edge in sorted(placement.edges, key=lambda e: e.strength)),
        *(_label(edge) for edge in placement.edges if edge.label is not None),
    ]
    last = max((unit.layer for unit in placement.units), default=0)
    for unit in placement.units:
        lines += _unit(unit, is_output=unit.layer == last)
    for gap in placement.gaps:
        lines += _gap(gap)
    for before, box in zip([None, *placement.boxes], placement.boxes, strict=False):
        lines += _box(box, before)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))


def _sign_of(edge: PlacedEdge) -> tuple[str, str]:
    """Return class and color of an edge."""
    if edge.weight == 0:
        return "a", MUTED
    return ("n", NEGATIVE) if edge.weight < 0 else ("p", POSITIVE)


def _edge(edge: PlacedEdge) -> str:
    (x1, y1), (x2, y2) = edge.start, edge.end
    name, color = _sign_of(edge)
    dashes = ' stroke-dasharray="7 3"' if edge.weight < 0 else ""
    return (
        f'<line class="{name}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" '
        f'stroke="{color}" stroke-width="{0.6 + 3.4 * edge.strength:.2f}" '
        f'stroke-opacity="{0.35 + 0.6 * edge.strength:.2f}"{dashes}/>'
    )


def _label(edge: PlacedEdge) -> str:
    assert edge.label is not None
    name, color = _sign_of(edge)
    x, y = edge.label
    return _haloed(x, y + 3.5, format_number(edge.weight), f"h t{name}", color, 11)


def _haloed(x: float, y: float, text: str, name: str, color: str, size: int) -> str:
    """Write centered text that stays readable on top of lines."""
    return (
        f'<text class="{name}" x="{_n(x)}" y="{_n(y)}" text-anchor="middle" font-size="{size}" '
        f'fill="{color}" stroke="{PAPER}" stroke-width="6" stroke-linejoin="round" '
        f'paint-order="stroke">{_text(text)}</text>'
    )


def _unit(unit: PlacedUnit, is_output: bool) -> Iterator[str]:
    x, y = unit.center
    yield (
        f'<circle class="u" cx="{_n(x)}" cy="{_n(y)}" r="{_n(RADIUS)}" fill="{PAPER}" '
        f'stroke="{INK}" stroke-width="1.4"/>'
    )
    if unit.layer == 0:
        yield _line_of_text(x - RADIUS - 8, y + 4, unit.name, anchor="end")
        return
    size = 13 if len(unit.symbol) <= 4 else 9
    yield _line_of_text(x, y + size / 3, unit.symbol, anchor="middle", size=size)
    if unit.bias is not None:
        bias = f"w₀ = {format_number(unit.bias)}"
        yield _haloed(x, y + RADIUS + 15, bias, "h m", MUTED, 11)
    if is_output:
        yield _arrow(x + RADIUS, y, x + RADIUS + 20)
        yield _line_of_text(x + RADIUS + 26, y + 4, unit.name, anchor="start")


def _line_of_text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    whole = f"<title>{_text(text)}</title>" if shorten(text) != text else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{INK}">{_text(shorten(text))}{whole}</text>'
    )


def _arrow(x1: float, y: float, x2: float) -> str:
    return (
        f'<path class="a" d="M{_n(x1)} {_n(y)}H{_n(x2)}m-5 -4l5 4l-5 4" fill="none" '
        f'stroke="{MUTED}" stroke-width="1.4"/>'
    )


def _gap(gap: PlacedGap) -> Iterator[str]:
    x, y = gap.center
    for offset in (-20, -11, -2):
        yield f'<circle class="d" cx="{_n(x)}" cy="{_n(y + offset)}" r="2" fill="{MUTED}"/>'
    noun = "inputs" if gap.layer == 0 else "units"
    yield _haloed(x, y + 18, f"{gap.n_units} {noun}", "h m", MUTED, 11)


def _box(box: PlacedBox, before: PlacedBox | None) -> Iterator[str]:
    x, y = box.corner
    middle, center = y + box.height / 2, x + box.width / 2
    if before is not None:
        yield _arrow(before.corner[0] + before.width + 6, middle, x - 6)
    yield (
        f'<rect class="u" x="{_n(x)}" y="{_n(y)}" width="{_n(box.width)}" '
        f'height="{_n(box.height)}" rx="6" fill="{PAPER}" stroke="{INK}" stroke-width="1.4"/>'
    )
    noun = "units" if box.kind == "hidden" else box.kind
    noun = noun.removesuffix("s") if box.n_units == 1 else noun
    top = middle - (6 if box.symbols else 0)
    yield (
        f'<text x="{_n(center)}" y="{_n(top)}" text-anchor="middle" font-size="18" '
        f'fill="{INK}">{box.n_units:,}</text>'
    )
    yield _muted(center, top + 15, noun)
    if box.symbols:
        yield _muted(center, top + 29, box.symbols)
    if box.n_parameters:
        yield _muted(center, y + box.height + 16, f"{box.n_parameters:,} parameters")


def _muted(x: float, y: float, text: str) -> str:
    return (
        f'<text class="m" x="{_n(x)}" y="{_n(y)}" text-anchor="middle" font-size="11" '
        f'fill="{MUTED}">{_text(text)}</text>'
    )
