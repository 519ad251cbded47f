"""Results as a notebook shows them: a picture where there is one, else a table or lines of text.

Conventions: a fragment of HTML; text is escaped, and every number is written as on a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from gradatim.presentation.lines import Grid, Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.approximation import Approximation
    from gradatim.network import Trace
    from gradatim.probing import Layers
    from gradatim.separability import Separation, Transformation

__all__ = ["notebook_html"]

_LEFT, _RIGHT = "text-align:left", "text-align:right"
# Ranges of axes and their differences have to be floats too.
_LARGEST_DRAWN = 1e150


def notebook_html(kind: str, value: Any) -> str:
    """Write a result as HTML."""
    return _KINDS[kind](value)


def _trace(trace: Trace) -> str:
    from gradatim.presentation.networks import trace_lines

    return _lines(trace_lines([trace], None))


def _separation(found: Separation) -> str:
    import numpy as np

    from gradatim.presentation.pictures import plot_separation
    from gradatim.presentation.separation import separation_in_words

    labels = [str(found.classes[int(sign > 0)]) for sign in found.signs]
    ids = [str(i) for i in range(found.n_samples)]
    words = _text(separation_in_words(found, labels, ids))
    largest = np.abs(found.rows.floats()).max(initial=0.0)
    if found.n_features > 3 or not largest <= _LARGEST_DRAWN:
        return words
    return _figure(plot_separation(found, labels, ids)) + words


def _transformation(line: Transformation) -> str:
    from gradatim.presentation.pictures import plot_transformation
    from gradatim.presentation.transformation import transformation_in_words

    return _figure(plot_transformation(line)) + _text(transformation_in_words(line))


def _approximation(found: Approximation) -> str:
    from gradatim.presentation.approximation import approximation_in_words
    from gradatim.presentation.pictures import plot_approximation

    return _figure(plot_approximation(found)) + _text(approximation_in_words(found))


def _layers(found: Layers) -> str:
    from gradatim.presentation.layers import layer_lines

    return _lines(layer_lines(found))


_KINDS: dict[str, Callable[[Any], str]] = {
    "trace": _trace,
    "separation": _separation,
    "transformation": _transformation,
    "approximation": _approximation,
    "layers": _layers,
}


def _figure(figure: Figure) -> str:
    from gradatim.drawing.figure import figure_bytes

    title, _, description = str(figure.get_label()).partition("\n")
    svg = figure_bytes(figure, ".svg", title=title, description=description).decode()
    return svg[svg.index("<svg") :]


def _text(lines: Iterable[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines))}</pre>"


def _lines(lines: Iterable[Line | Grid]) -> str:
    return "".join(_table(one) if isinstance(one, Grid) else _paragraph(one) for one in lines)


def _paragraph(line: Line) -> str:
    text = "".join(piece if isinstance(piece, str) else piece[0] for piece in line)
    return f"<div>{escape(text)}</div>" if text else ""


def _table(grid: Grid) -> str:
    sides = [_RIGHT if column.right else _LEFT for column in grid.columns]
    heads = [
        f"<th style='{s}'>{escape(c.head)}</th>" for s, c in zip(sides, grid.columns, strict=True)
    ]
    rows = [f"<tr>{''.join(heads)}</tr>"]
    for cells in grid.rows:
        texts = ["".join(p if isinstance(p, str) else p[0] for p in cell) for cell in cells]
        parts = [f"<td style='{s}'>{escape(t)}</td>" for s, t in zip(sides, texts, strict=True)]
        rows.append(f"<tr>{''.join(parts)}</tr>")
    return f"<table>{''.join(rows)}</table>"
