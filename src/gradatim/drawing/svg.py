"""SVG of a network: self-contained, with a text alternative, readable without color.

Conventions: colors are attributes, so that any program shows them; a style sheet inside changes
them only where the reader prefers dark. Coordinates have at most one decimal, and the same
network gives the same text. A drawing shrinks to the width that a page gives it.
"""

from __future__ import annotations

from html import escape

from gradatim._digest import sha256
from gradatim._text import show_text
from gradatim.drawing.layout import Form, Values, place
from gradatim.drawing.marks import COLORS, Arrow, Box, Disc, Line, Mark, Text, Tone, marks
from gradatim.drawing.placement import Placement
from gradatim.drawing.words import describe
from gradatim.network.graph import Network

INK, MUTED, PAPER = COLORS["ink"], COLORS["muted"], COLORS["paper"]

# Written into every drawing; `.gn` keeps it away from the page that a drawing is put into.
_STYLE = """\
.gn text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
@media screen and (prefers-color-scheme:dark){
.gn .p{stroke:#74aee8}.gn .n{stroke:#f0a35e}.gn text{fill:#e9e6df}.gn .m{fill:#a09b90}
.gn .u{stroke:#c9c5bb;fill:#22242a}.gn .h{stroke:#16171b}.gn .a{stroke:#a09b90}
.gn .d{fill:#a09b90}.gn .tp{fill:#93c1ef}.gn .tn{fill:#f3b57c}}"""

_LINE_CLASS: dict[Tone, str] = {"positive": "p", "negative": "n", "muted": "a"}
_TEXT_CLASS: dict[Tone, str] = {"positive": "tp", "negative": "tn", "muted": "m", "ink": ""}
_HALO = f' stroke="{PAPER}" stroke-width="6" stroke-linejoin="round" paint-order="stroke"'


def draw_svg(
    network: Network,
    *,
    title: str | None = None,
    form: Form = "auto",
    max_units: int = 12,
    at: Values | None = None,
) -> str:
    """Draw a network as SVG.

    Parameters
    ----------
    network : Network
        What to draw.
    title : str, optional
        The text alternative's first line; by default the sizes and activations.
    form : {"auto", "units", "layers"}, default "auto"
        Circles and edges, or one box per layer; ``"auto"`` takes boxes as soon as a layer is
        wider than `max_units`.
    max_units : int, default 12
        How many units of a layer are drawn at most.
    at : mapping of str to float, or sequence of float of length n_inputs, optional
        Inputs by name, or in order; every unit then shows what it computes there.

    Returns
    -------
    str
        One ``<svg>`` element, to be saved as a file or put into a page.

    Raises
    ------
    SpecError
        If `max_units` is below 3, `form` is unknown, or `at` does not fit the network or the
        form.

    Examples
    --------
    >>> from gradatim.network.graph import Layer, Network
    >>> svg = draw_svg(Network([Layer([[0.8]], [0.4], "sigmoid")]))
    >>> svg.startswith("<svg") and "w₀ = 0.4" in svg
    True
    """
    placement = place(network, max_units=max_units, form=form, at=at)
    headline, details = describe(network)
    return write_svg(placement, title=title or headline, description=details)


def write_svg(placement: Placement, *, title: str, description: str) -> str:
    """Write a placement out as SVG."""
    digest = sha256(f"{title}\n{description}".encode(errors="replace"))[:8]
    width, height = _n(placement.width), _n(placement.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gn" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="t{digest} d{digest}" '
        'font-family="sans-serif" font-size="12" style="max-width:100%;height:auto">',
        f'<title id="t{digest}">{escape_xml(title)}</title>',
        f'<desc id="d{digest}">{escape_xml(description)}</desc>',
        f"<style>{_STYLE}</style>",
        *map(_element, marks(placement)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def escape_xml(text: str) -> str:
    """Make a text safe in XML; what XML forbids and what would not be seen is written out."""
    return escape(show_text(text), quote=False)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _element(mark: Mark) -> str:
    if isinstance(mark, Line):
        return _line(mark)
    if isinstance(mark, Disc):
        return _circle(mark)
    if isinstance(mark, Box):
        return _rectangle(mark)
    if isinstance(mark, Arrow):
        return _arrow(mark)
    return _text(mark)


def _line(line: Line) -> str:
    (x1, y1), (x2, y2) = line.start, line.end
    dashes = ' stroke-dasharray="7 3"' if line.dashed else ""
    return (
        f'<line class="{_LINE_CLASS[line.tone]}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" '
        f'y2="{_n(y2)}" stroke="{COLORS[line.tone]}" stroke-width="{line.width:.2f}" '
        f'stroke-opacity="{line.opacity:.2f}"{dashes}/>'
    )


def _circle(disc: Disc) -> str:
    x, y = disc.center
    paint = f'fill="{PAPER}" stroke="{INK}" stroke-width="1.4"'
    if disc.filled:
        paint = f'fill="{MUTED}"'
    name = "d" if disc.filled else "u"
    return f'<circle class="{name}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(disc.radius)}" {paint}/>'


def _rectangle(box: Box) -> str:
    x, y = box.corner
    return (
        f'<rect class="u" x="{_n(x)}" y="{_n(y)}" width="{_n(box.width)}" '
        f'height="{_n(box.height)}" rx="6" fill="{PAPER}" stroke="{INK}" stroke-width="1.4"/>'
    )


def _arrow(arrow: Arrow) -> str:
    x, y = arrow.start
    return (
        f'<path class="a" d="M{_n(x)} {_n(y)}H{_n(arrow.end)}m-5 -4l5 4l-5 4" fill="none" '
        f'stroke="{MUTED}" stroke-width="1.4"/>'
    )


def _text(text: Text) -> str:
    x, y = text.position
    classes = " ".join(["h"] * text.halo + [_TEXT_CLASS[text.tone]]).strip()
    attributes = f' class="{classes}"' if classes else ""
    halo = _HALO if text.halo else ""
    whole = f"<title>{escape_xml(text.whole)}</title>" if text.whole else ""
    return (
        f'<text{attributes} x="{_n(x)}" y="{_n(y)}" text-anchor="{text.anchor}" '
        f'font-size="{text.size}" fill="{COLORS[text.tone]}"{halo}>'
        f"{escape_xml(text.text)}{whole}</text>"
    )
