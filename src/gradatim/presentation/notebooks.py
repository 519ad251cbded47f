"""Results as a notebook shows them: a picture where there is one, else a table or lines of text.

Conventions: a fragment of HTML; text is escaped, and every number is written as on a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from gradatim._text import plural
from gradatim.presentation.lines import Grid, Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.approximation import Approximation
    from gradatim.climb import Climb, ClimbComparison
    from gradatim.collection import Collection
    from gradatim.comparisons import DepthComparison, Race
    from gradatim.comparisons.approximations import Rates
    from gradatim.comparisons.separable import MethodComparison
    from gradatim.exercises import Exam
    from gradatim.network import Trace
    from gradatim.probing import Layers
    from gradatim.separability import ClassSeparations, Separation, Transformation
    from gradatim.tagging import Explanation, ModelScore, Predictions

__all__ = ["notebook_html"]

_LEFT, _RIGHT = "text-align:left;white-space:pre", "text-align:right;white-space:pre"
_PAGE = "width:100%;height:30rem;border:0"
# Ranges of axes and their differences have to be floats too.
_LARGEST_DRAWN = 1e150
# Characters of the ladder, rows of a table of predictions, inputs of an explanation.
_ROOM, _MOST_ROWS, _MOST_INPUTS = 100, 20, 10


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


def _collection(collection: Collection) -> str:
    from gradatim.presentation.inspections import contents_lines

    return _lines(contents_lines(collection))


def _climb(climb: Climb) -> str:
    from gradatim.presentation.climbs import heading, verdict_line
    from gradatim.presentation.ladder import Row, ladder_grid
    from gradatim.presentation.notices import notes

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


def _model_score(found: ModelScore) -> str:
    from gradatim.presentation.predictions import score_lines

    return _lines(score_lines(found))


def _explanation(found: Explanation) -> str:
    from gradatim.presentation.explanations import explanation_lines

    return _lines(explanation_lines(found, _MOST_INPUTS))


def _race(race: Race) -> str:
    from gradatim.presentation.races import ending, opening, scores

    lines = [*opening(race)]
    for title, grid, alone in scores(race, " "):
        lines += [[title], *([] if grid is None else [grid]), *alone]
    return _lines([*lines, *ending(race)])


def _rates(rates: Rates) -> str:
    from gradatim.presentation.approximation import rates_in_words
    from gradatim.presentation.pictures import plot_rates

    return _figure(plot_rates(rates)) + _text(rates_in_words(rates))


def _depth(found: DepthComparison) -> str:
    from gradatim.presentation.depth import depth_in_words
    from gradatim.presentation.pictures import plot_depth

    return _figure(plot_depth(found)) + _text(depth_in_words(found))


def _methods(methods: MethodComparison) -> str:
    from gradatim.presentation.methods import ways_in_words

    return _text(ways_in_words(methods))


def _classes(found: ClassSeparations) -> str:
    from gradatim.presentation.separation import classes_in_words

    n_samples = next(iter(found.rest.values())).n_samples
    return _text(classes_in_words(found, [str(i) for i in range(n_samples)]))


def _exam(exam: Exam) -> str:
    from gradatim.exercises import render_exam

    page = escape(str(render_exam(exam, "html")))
    return f"<iframe srcdoc='{page}' title='exam' style='{_PAGE}'></iframe>"


_KINDS: dict[str, Callable[[Any], str]] = {
    "Approximation": _approximation,
    "ClassSeparations": _classes,
    "Climb": _climb,
    "ClimbComparison": _comparison,
    "Collection": _collection,
    "DepthComparison": _depth,
    "Exam": _exam,
    "Explanation": _explanation,
    "Layers": _layers,
    "MethodComparison": _methods,
    "ModelScore": _model_score,
    "Predictions": _predictions,
    "Race": _race,
    "Rates": _rates,
    "Separation": _separation,
    "Trace": _trace,
    "Transformation": _transformation,
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
