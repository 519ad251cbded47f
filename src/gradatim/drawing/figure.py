"""A network as a matplotlib figure, and figures as files: PDF, PNG and SVG that never change.

Conventions: the same marks as SVG, one unit of length being 1/96 inch; a PNG has two pixels per
unit. matplotlib is loaded when a figure is made, without pyplot, so that no window, no backend
and no current figure is touched. Files carry a title and a description and no date.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradatim._text import show_text
from gradatim.drawing.marks import COLORS, Arrow, Box, Disc, Line, Mark, Text, marks
from gradatim.drawing.placement import Placement
from gradatim.drawing.svg import escape_xml
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI = 96.0
_POINT = 72.0 / _DPI  # points in a unit of length
_SETTINGS = {
    # A salt instead of chance for the names inside an SVG, text as text, whole fonts in a PDF.
    "svg.hashsalt": "gradatim",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    # A name between two dollars is a name, and need not be mathematics.
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
}


@contextmanager
def settled() -> Iterator[None]:
    """Use matplotlib's own defaults and ours for a while, whatever the reader's settings are."""
    import matplotlib as mpl

    # A backend once chosen must stay, and whoever draws no windows must not choose one.
    settings: dict[Any, Any] = {**mpl.rcParamsDefault, **_SETTINGS}
    del settings["backend"]
    with mpl.rc_context(settings):
        yield


def network_figure(placement: Placement) -> Figure:
    """Draw a placement as a matplotlib figure."""
    with settled():
        from matplotlib.figure import Figure

        width, height = placement.width, placement.height
        figure = Figure((width / _DPI, height / _DPI), dpi=_DPI, facecolor=COLORS["paper"])
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        for order, mark in enumerate(marks(placement)):
            _add(axes, mark, order)
    return figure


def figure_bytes(figure: Figure, suffix: str, *, title: str, description: str) -> bytes:
    """Encode a figure; the same figure gives the same bytes."""
    metadata: dict[str, dict[str, Any]] = {
        ".pdf": {"Title": title, "Subject": description, "CreationDate": None, "Creator": None},
        ".png": {"Title": title, "Description": description, "Software": None},
        ".svg": {"Date": None, "Creator": None},
    }
    if suffix not in metadata:
        raise SpecError(f"a figure cannot be written as {suffix!r}; choose .pdf, .png or .svg")
    buffer = io.BytesIO()
    _escape_texts(figure)
    with settled():
        figure.savefig(
            buffer, format=suffix[1:], metadata=metadata[suffix], dpi=2 * _DPI, facecolor="white"
        )
    if suffix == ".svg":
        return _with_text_alternative(buffer.getvalue().decode(), title, description).encode()
    return buffer.getvalue()


def _escape_texts(figure: Figure) -> None:
    """Write out controls and bidi marks, whoever put them into a text of the figure."""
    from matplotlib.text import Text as Artist

    for artist in figure.findobj(Artist):
        text = artist.get_text()
        if (shown := show_text(text)) != text:
            artist.set_text(shown)


def _with_text_alternative(svg: str, title: str, description: str) -> str:
    """Put a title and a description first into an SVG, and leave its doctype out."""
    element = svg[svg.index("<svg") :]
    head, _, rest = element.partition(">")
    head = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2pt"', head)
    return (
        f'{head} role="img" aria-labelledby="title description" '
        f'style="max-width:100%;height:auto">\n'
        f'<title id="title">{escape_xml(title)}</title>\n'
        f'<desc id="description">{escape_xml(description)}</desc>{rest}'
    )


def _add(axes: Axes, mark: Mark, order: int) -> None:
    """Add a mark, painted after the marks before it."""
    from matplotlib import patches
    from matplotlib.lines import Line2D

    if isinstance(mark, Line):
        _add_line(axes, mark, order)
    elif isinstance(mark, Disc):
        paint = {"facecolor": COLORS["muted"], "edgecolor": "none"} if mark.filled else _outlined()
        axes.add_patch(patches.Circle(mark.center, mark.radius, zorder=order, **paint))
    elif isinstance(mark, Box):
        style = patches.BoxStyle("Round", pad=0, rounding_size=6)
        axes.add_patch(
            patches.FancyBboxPatch(
                mark.corner, mark.width, mark.height, style, zorder=order, **_outlined()
            )
        )
    elif isinstance(mark, Arrow):
        (x, y), tip = mark.start, mark.end
        path = ([x, tip, tip - 5, tip, tip - 5], [y, y, y - 4, y, y + 4])
        axes.add_line(Line2D(*path, color=COLORS["muted"], lw=1.4 * _POINT, zorder=order))
    else:
        _add_text(axes, mark, order)


def _outlined() -> dict[str, Any]:
    return {"facecolor": COLORS["paper"], "edgecolor": COLORS["ink"], "linewidth": 1.4 * _POINT}


def _add_line(axes: Axes, line: Line, order: int) -> None:
    from matplotlib.lines import Line2D

    width = line.width * _POINT
    dashes = (0, (7 * _POINT / width, 3 * _POINT / width)) if line.dashed else "-"
    (x1, y1), (x2, y2) = line.start, line.end
    axes.add_line(
        Line2D(
            [x1, x2],
            [y1, y2],
            color=COLORS[line.tone],
            lw=width,
            ls=dashes,
            alpha=line.opacity,
            zorder=order,
            dash_capstyle="butt",
            solid_capstyle="butt",
        )
    )


def _add_text(axes: Axes, text: Text, order: int) -> None:
    from matplotlib.patheffects import Stroke

    options: dict[str, Any] = {
        "ha": {"start": "left", "middle": "center", "end": "right"}[text.anchor],
        "va": "baseline",
        "fontsize": text.size * _POINT,
        "color": COLORS[text.tone],
        "zorder": order,
    }
    if text.halo:
        # Beneath the text and not an effect of it: with effects, a PDF holds shapes for letters.
        paper = Stroke(linewidth=6 * _POINT, foreground=COLORS["paper"])
        axes.text(*text.position, text.text, path_effects=[paper], **options)
    axes.text(*text.position, text.text, **options)
