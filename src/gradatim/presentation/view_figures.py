"""Still pictures of what the page's views show: ladder, confusion, predictions, learning curves.

Conventions: those of `gradatim.presentation.climb_figures`; numbers are those that the views get.
"""

from __future__ import annotations

import math
from typing import Any

from gradatim._text import show_name
from gradatim.climb.result import Climb
from gradatim.drawing.axes import ChartAxis
from gradatim.drawing.bars import Matrix, ValueBar, draw_bars, draw_matrix
from gradatim.drawing.chart import Chart, ChartPoint, Series, draw_chart
from gradatim.evaluation.metrics import METRICS
from gradatim.presentation import climb_figures, climb_views
from gradatim.presentation.climb_figures import ClimbFigure
from gradatim.presentation.climbs import best_of, capitalized, in_sentence, title_of
from gradatim.presentation.kernels import kernel_figure


def figures_of(climb: Climb) -> list[ClimbFigure]:
    """Draw all figures of a climb, in the order of the page; none of them is empty."""
    parts = [
        [_ladder(climb)],
        climb_figures.cost_figures(climb),
        _confusion(climb) if climb.collection.task == "classification" else [],
        [climb_figures.calibration_figure(climb), climb_figures.size_figure(climb)],
        _scatter(climb) if climb.collection.task == "regression" else [],
        climb_figures.importance_figures(climb),
        _curves(climb),
        [kernel_figure(climb)],
    ]
    return [figure for part in parts for figure in part if figure is not None]


def _ladder(climb: Climb) -> ClimbFigure:
    metric, best = METRICS[climb.protocol.metric].title, best_of(climb)
    several = len(climb.collection.X) > 1
    bars = []
    for row in (*climb.rungs, *climb.references):
        name = title_of(row.rung, climb.collection.task)
        name = f"{name}, {row.input}" if several and row.input else name
        name = f"{name} (reference)" if row.reference else name
        tone = "accent" if row is climb.winner or row is best else "muted"
        hollow = row is best and row is not climb.winner
        bars.append(ValueBar(name, row.mean, row.interval, tone, hollow))
    words = (
        f"{capitalized(metric)} of every rung on samples that it had not seen, with 95 % "
        "intervals. The full blue dot is where to stop, a hollow one the best score."
    )
    svg = draw_bars("The ladder", metric, bars, words, dots=True)
    return ClimbFigure("ladder", "The ladder", words, svg)


def _confusion(climb: Climb) -> list[ClimbFigure]:
    classes, counts, _ = climb_views.confusion_counts(climb)
    name = in_sentence(climb.winner, climb.collection)
    repeats = len(climb.winner.predictions)
    most = f", as what most of the {repeats} repeats said of it" if repeats > 1 else ""
    words = (
        f"{capitalized(name)} on held-out samples, each counted once{most}. Darker is a larger "
        "share of the row."
    )
    matrix = Matrix(
        "What is taken for what",
        classes,
        classes,
        counts.tolist(),
        "true class",
        "what the model said",
    )
    return [ClimbFigure("confusion", matrix.title, words, draw_matrix(matrix))]


def _scatter(climb: Climb) -> list[ClimbFigure]:
    data = climb_views.scatter_data(climb)
    name = in_sentence(climb.winner, climb.collection)
    words = f"{capitalized(name)} on held-out samples; on the dashed line a prediction is perfect."
    figures = []
    for k, panel in enumerate(data["panels"]):
        pairs = _pairs(panel["true"], panel["predicted"])
        if not pairs:
            continue
        values = [value for pair in pairs for value in pair]
        pad = 0.04 * (max(values) - min(values)) or 0.5
        ends = (min(values) - pad, max(values) + pad)
        title = f"Predicted and true: {show_name(panel['title'])}"
        chart = Chart(
            title,
            ChartAxis("true", ends=ends),
            ChartAxis("predicted", ends=ends),
            [Series([ChartPoint(x, y) for x, y in pairs], small=True)],
            diagonal=True,
            description=words,
        )
        figures.append(ClimbFigure(f"predicted-{k + 1}", title, words, draw_chart(chart)))
    return figures


def _pairs(xs: list[Any], ys: list[Any]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(xs, ys, strict=True) if x is not None and y is not None]


def _curves(climb: Climb) -> list[ClimbFigure]:
    data = climb_views.curve_data(climb)
    figures = []
    for k, panel in enumerate(data["panels"] if data else []):
        training = [_curve(one["loss"]) for one in panel["curves"]]
        validation = [_curve(one["validation_loss"] or []) for one in panel["curves"]]
        series = _named(training, "training", dashed=False)
        series += _named([points for points in validation if points], "validation", dashed=True)
        title = f"How it learnt: {show_name(panel['title'])}"
        words = "Loss by epoch, one line per fold"
        words += ", training and validation." if any(validation) else "."
        chart = Chart(title, ChartAxis("epoch"), ChartAxis("loss"), series, description=words)
        figures.append(ClimbFigure(f"epochs-{k + 1}", title, words, draw_chart(chart)))
    return figures


def _curve(losses: list[float | None]) -> list[ChartPoint]:
    known = [(epoch, math.nan if loss is None else loss) for epoch, loss in enumerate(losses)]
    return [ChartPoint(float(epoch + 1), loss) for epoch, loss in known]


def _named(lines: list[list[ChartPoint]], name: str, *, dashed: bool) -> list[Series]:
    """Return lines of one kind; the first has its name in the key."""
    tone = "other" if dashed else "accent"
    return [
        Series(points, "" if i else name, tone, line=True, dots=False, dashed=dashed)
        for i, points in enumerate(lines)
    ]
