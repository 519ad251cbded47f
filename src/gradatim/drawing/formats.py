"""Every format of a drawing, by the ending of the file's name.

Conventions: all formats write the same placement and the same text alternative; only Mermaid,
which cannot be told coordinates, places by itself. A file is written whole or not at all, and the
same network gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gradatim._files import write_atomically
from gradatim.drawing.dot import write_dot
from gradatim.drawing.layout import Form, Values, place
from gradatim.drawing.mermaid import write_mermaid
from gradatim.drawing.placement import Placement
from gradatim.drawing.svg import write_svg
from gradatim.drawing.tikz import write_tikz
from gradatim.drawing.words import describe
from gradatim.errors import OutputError
from gradatim.network.graph import Network

__all__ = ["FORMATS", "check_format", "draw", "save_placement"]

#: Endings of file names in the order in which messages name them.
FORMATS = (".svg", ".pdf", ".png", ".dot", ".mmd", ".tex", ".tikz")

_TEXTS: dict[str, Callable[..., str]] = {
    ".svg": write_svg,
    ".dot": write_dot,
    ".mmd": write_mermaid,
    ".tex": write_tikz,
    ".tikz": partial(write_tikz, document=False),
}


def draw(
    network: Network,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    form: Form = "units",
    max_units: int = 12,
    at: Values | None = None,
) -> Path:
    """Draw a network into a file.

    Parameters
    ----------
    network : Network
        What to draw.
    path : path-like
        The file; its ending chooses the format: ``.svg``, ``.pdf``, ``.png``, ``.dot``
        (Graphviz), ``.mmd`` (Mermaid), ``.tex`` (TikZ, a document) or ``.tikz`` (its picture).
    title : str, optional
        First line of the text alternative; by default the sizes of the network.
    form : {"units", "layers", "auto"}, default "units"
        Circles and edges, or one box per layer; ``"auto"`` takes boxes as soon as a layer is
        wider than `max_units`.
    max_units : int, default 12
        How many units of a layer are drawn at most; a wider one says how many it has.
    at : mapping of str to float, or sequence of float of length n_inputs, optional
        Inputs by name, or in order; every unit then shows what it computes there.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the ending is none of these, or the file cannot be written.
    SpecError
        If `max_units` is below 3, `form` is unknown, or `at` does not fit the network or the
        form.

    See Also
    --------
    gradatim.drawing.svg.draw_svg : The SVG as a string.

    Examples
    --------
    >>> import tempfile
    >>> from gradatim.network.graph import Layer, Network
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     draw(Network([Layer([[0.8]], [0.4])]), f"{folder}/linear.tex").name
    'linear.tex'
    """
    check_format(path)
    placement = place(network, max_units=max_units, form=form, at=at)
    headline, details = describe(network)
    return save_placement(placement, path, title or headline, details)


def save_placement(
    placement: Placement, path: str | os.PathLike[str], title: str, description: str
) -> Path:
    """Write a placement into a file, whose ending chooses the format."""
    return write_atomically(path, _content(placement, check_format(path), title, description))


def check_format(path: str | os.PathLike[str], formats: tuple[str, ...] = FORMATS) -> str:
    """Return the ending of a file's name if it is a format."""
    suffix = Path(path).suffix.lower()
    if suffix not in formats:
        *most, last = formats
        raise OutputError(
            f"{Path(path).name or path} names no format of a drawing; end it in {', '.join(most)} "
            f"or {last}"
        )
    return suffix


def _content(placement: Placement, suffix: str, title: str, description: str) -> str | bytes:
    if suffix in _TEXTS:
        return _TEXTS[suffix](placement, title=title, description=description)
    from gradatim.drawing.figure import figure_bytes, network_figure

    figure = network_figure(placement)
    return figure_bytes(figure, suffix, title=title, description=description)
