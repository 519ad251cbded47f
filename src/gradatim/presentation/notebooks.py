"""Results as a notebook shows them: a picture where there is one, else a table or lines of text.

Conventions: a fragment of HTML; text is escaped, and every number is written as on a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradatim._text import plural
from gradatim.presentation import pictures
from gradatim.presentation.lines import Grid, Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.climb import Climb, ClimbComparison
    from gradatim.comparisons import Race
    from gradatim.exercises import Exam
    from gradatim.network import Trace
    from gradatim.separability import ClassSeparations, Separation
    from gradatim.tagging import Explanation, Predictions

__all__ = ["notebook_html"]

_LEFT, _RIGHT = "text-align:left;white-space:pre", "text-align:right;white-space:pre"
_PAGE = "width:100%;height:30rem;border:0"
# Ranges of axes and their differences have to be floats too.
_LARGEST_DRAWN = 1e150
# Characters of the ladder, rows of a table of predictions, inputs of an explanation.
_ROOM, _MOST_ROWS, _MOST_INPUTS = 100, 20, 10


def notebook_html(kind: str, value: Any) -> str:
    """Write a result as HTML."""
    if kind in _KINDS:
        return _KINDS[kind](value)
    module, words, *plot = _SAID[kind]
    said = list(getattr(import_module(f"gradatim.presentation.{module}"), words)(value))
    drawn = [_figure(getattr(pictures, name)(value)) for name in plot]
    return "".join([*drawn, _text(said) if isinstance(said[0], str) else _lines(said)])


def _trace(trace: Trace) -> str:
    from gradatim.presentation.networks import trace_lines

    return _lines(trace_lines([trace], None))


def _separation(found: Separation) -> str:
    import numpy as np

    from gradatim.presentation.separation import separation_in_words

    labels = [str(found.classes[int(sign > 0)]) for sign in found.signs]
    ids = [str(i) for i in range(found.n_samples)]
    words = _text(separation_in_words(found, labels, ids))
    largest = np.abs(found.rows.floats()).max(initial=0.0)
    if found.n_features > 3 or not largest <= _LARGEST_DRAWN:
        return words
    return _figure(pictures.plot_separation(found, labels, ids)) + words


def _climb(climb: Climb) -> str:
    from gradatim.presentation.climbs import heading, verdict_line
    from gradatim.presentation.ladder import Row, ladder_grid
    from gradatim.presentation.lines import notes

    rows = [Row(result.rung, result.input, result=result) for result in climb.rungs]
    ladder = ladder_grid(rows, climb.protocol.metric, _ROOM, chosen=climb.winner)
    return _lines([*heading(climb), ladder, verdict_line(climb), *notes(climb.notices)])


def _comparison(found: ClimbComparison) -> str:
    from gradatim.presentation.climbs import comparison_grid

    return _lines([comparison_grid(found), [found.sentence]])


def _predictions(found: Predictions) -> str:
    from gradatim.presentation.predictions import prediction_lines, summary_lines

    few = replace(found, paths=found.paths[:_MOST_ROWS], values=found.values[:_MOST_ROWS])
    if found.probabilities is not None:
        few = replace(few, probabilities=found.probabilities[:_MOST_ROWS])
    table = [line for line in prediction_lines(few) if isinstance(line, Grid)]
    left = found.n_samples - few.n_samples
    more = [[f"and {plural(left, found.noun)} more"]] if left else []
    return _lines([*table, *more, *summary_lines(found)])


def _explanation(found: Explanation) -> str:
    from gradatim.presentation.explanations import explanation_lines

    return _lines(explanation_lines(found, _MOST_INPUTS))


def _race(race: Race) -> str:
    from gradatim.presentation.races import ending, opening, scores

    lines = [*opening(race)]
    for title, grid, alone in scores(race, " "):
        lines += [[title], *([] if grid is None else [grid]), *alone]
    return _lines([*lines, *ending(race)])


def _classes(found: ClassSeparations) -> str:
    from gradatim.presentation.separation import classes_in_words

    n_samples = next(iter(found.rest.values())).n_samples
    return _text(classes_in_words(found, [str(i) for i in range(n_samples)]))


def _exam(exam: Exam) -> str:
    from gradatim.exercises import render_exam

    page = escape(str(render_exam(exam, "html")))
    return f"<iframe srcdoc='{page}' title='exam' style='{_PAGE}'></iframe>"


_KINDS: dict[str, Callable[[Any], str]] = {
    "ClassSeparations": _classes,
    "Climb": _climb,
    "ClimbComparison": _comparison,
    "Exam": _exam,
    "Explanation": _explanation,
    "Predictions": _predictions,
    "Race": _race,
    "Separation": _separation,
    "Trace": _trace,
}
#: Of the other kinds: the module here that says it in words, the function there, and, of those
#: that have a picture, the function that draws it. Each is loaded when it is first shown.
_SAID: dict[str, tuple[str, ...]] = {
    "Approximation": ("approximation", "approximation_in_words", "plot_approximation"),
    "Collection": ("inspections", "contents_lines"),
    "DepthComparison": ("depth", "depth_in_words", "plot_depth"),
    "Layers": ("layers", "layer_lines"),
    "MethodComparison": ("methods", "ways_in_words"),
    "ModelScore": ("predictions", "score_lines"),
    "Rates": ("approximation", "rates_in_words", "plot_rates"),
    "Transformation": ("transformation", "transformation_in_words", "plot_transformation"),
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
