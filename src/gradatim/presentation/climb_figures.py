"""Figures of a climb: each as a drawing with the words under it, for the page and as files.

Conventions: a figure is drawn once, as SVG, by `gradatim.drawing.chart`; what has nothing to show
is None. Of a fixed split, all of it is of the scored part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradatim._text import plural, show_name
from gradatim.climb.predictions import held_out_probabilities
from gradatim.climb.result import Climb, RungResult
from gradatim.climb.sensitivity import Importance
from gradatim.climb.task import Units
from gradatim.drawing.axes import ChartAxis
from gradatim.drawing.bars import ValueBar, draw_bars
from gradatim.drawing.chart import Chart, ChartPoint, Series, draw_chart
from gradatim.evaluation.calibration import Reliability, calibrate
from gradatim.evaluation.metrics import METRICS
from gradatim.presentation.climbs import (
    best_of,
    capitalized,
    in_sentence,
    score,
    score_range,
    title_of,
)

__all__ = ["ClimbFigure", "calibration_figure", "cost_figures", "importance_figures", "size_figure"]

_MOST_BARS = 15

# What takes less is drawn as taking this.
_LEAST_SECONDS = 0.01


@dataclass(frozen=True)
class ClimbFigure:
    """A drawing and what it shows."""

    name: str  # Of its file, without the ending
    title: str
    caption: str
    svg: str


def calibration_figure(climb: Climb) -> ClimbFigure | None:
    """Draw how often the winner is right against how sure it is; None without probabilities."""
    found = None if climb.verdict.found_nothing else _calibration(climb)
    if found is None:
        return None
    name = in_sentence(climb.winner, climb.collection)
    points = [ChartPoint(one.said, one.right.value, one.right.interval) for one in found.bins]
    labels = climb.collection.task == "multilabel"
    svg = draw_chart(
        Chart(
            f"Calibration of {name}",
            ChartAxis(
                "probability of a label" if labels else "probability of what was said",
                ends=(0.0, 1.0),
            ),
            ChartAxis("share with the label" if labels else "share that is right", ends=(0.0, 1.0)),
            [Series(points)],
            diagonal=True,
            description=_calibration_words(found, labels),
        )
    )
    return ClimbFigure("calibration", "Can its probabilities be trusted?",
                       _calibration_words(found, labels), svg)  # fmt: skip


def _calibration(climb: Climb) -> Reliability | None:
    chances = held_out_probabilities(climb, climb.winner)
    if chances is None:
        return None
    collection = climb.scored
    codes = Units.of(collection.groups, collection.n_samples).codes
    if collection.task == "multilabel":
        truth = np.asarray(collection.y, dtype=float)
        right = np.broadcast_to(truth, chances.shape).reshape(len(chances), -1)
        return calibrate(chances.reshape(right.shape), right, np.repeat(codes, truth.shape[1]))
    said = climb.collection.classes[chances.argmax(axis=2)]
    return calibrate(chances.max(axis=2), said == np.asarray(collection.y), codes)


def _calibration_words(found: Reliability, labels: bool) -> str:
    sizes = [round(one.n_rows) for one in found.bins]
    about = f"about {sizes[0]}" if max(sizes) - min(sizes) < 2 else f"{min(sizes)} to {max(sizes)}"
    bins = f"{plural(len(found.bins), 'bin')} of {about} answers"
    means = f"says {score(found.said)} on average and is right in {score(found.right)}"
    if labels:
        means = f"gives labels {score(found.said)} on average, and {score(found.right)} are there"
    away = found.said - found.right
    verdict = "which agrees"
    if abs(away) >= 0.01:
        verdict = "so it is too sure" if away > 0 else "so it is less sure than it may be"
        verdict = verdict.replace("sure", "generous") if labels and away > 0 else verdict
    return (
        f"Held-out answers in {bins}, with 95 % intervals; on the dashed line probabilities are "
        f"exactly right. It {means}, {verdict}. The expected calibration error is "
        f"{score(found.error)}; perfect probabilities would show about "
        f"{score(found.error_by_chance)} on as many samples, were they independent, so less than "
        "that means nothing."
    )


def cost_figures(climb: Climb) -> list[ClimbFigure]:
    """Draw the score of every rung against its parameters and against its seconds."""
    rows = [row for row in climb.rungs if math.isfinite(row.mean)]
    if len(rows) < 2:
        return []
    words = {
        "parameters": (
            "The largest number of parameters among the models scored; bars are 95 % intervals."
        ),
        "seconds": (
            f"Time of choosing, training and scoring, where {_LEAST_SECONDS:g} stands for less, on "
            "the machine that climbed; bars are 95 % intervals."
        ),
    }
    return [
        ClimbFigure(
            f"score-{what}", f"Score against {what}", caption, _cost(climb, rows, what, caption)
        )
        for what, caption in words.items()
    ]


def _cost(climb: Climb, rows: list[RungResult], what: str, caption: str) -> str:
    task, best, winner = climb.collection.task, best_of(climb), climb.winner
    several = len(climb.collection.X) > 1

    def point(row: RungResult) -> ChartPoint:
        cost = row.n_parameters if what == "parameters" else row.seconds
        least = 1.0 if what == "parameters" else _LEAST_SECONDS
        name = title_of(row.rung, task)
        name = f"{name}, {row.input}" if several and row.input else name
        return ChartPoint(max(float(cost), least), row.mean, row.interval, name)

    others = [point(row) for row in rows if row is not best and row is not winner]
    series = [Series([point(winner)], "where to stop")]
    if best is not winner:
        series.append(Series([point(best)], "best score", hollow=True))
    if others:
        series.append(Series(others, "", "muted"))
    metric = METRICS[climb.protocol.metric].title
    return draw_chart(
        Chart(
            f"{capitalized(metric)} against {what}",
            ChartAxis(what, log=True),
            ChartAxis(metric),
            series,
            description=caption,
        )
    )


def importance_figures(climb: Climb) -> list[ClimbFigure]:
    """Draw by how much the winner's score drops without each feature, and each group of them."""
    found = climb.importance
    if found is None:
        return []
    metric = METRICS[climb.protocol.metric].title
    figures = []
    for kind, drops in (("groups", found.groups), ("features", found.features)):
        if not drops:
            continue
        order = sorted(range(len(drops)), key=lambda i: (-drops[i].drop, i))[:_MOST_BARS]
        bars = [
            ValueBar(_counted(drops[i].name, drops[i].n_features), drops[i].drop, drops[i].interval)
            for i in order
        ]
        caption = _importance_words(found, kind, len(drops), len(bars))
        title = "Groups of features" if kind == "groups" else "Features one by one"
        svg = draw_bars(title, f"{metric}, worse by", bars, caption)
        figures.append(ClimbFigure(f"importance-{kind}", title, caption, svg))
    return figures


def _counted(name: str, n_features: int) -> str:
    return name if n_features == 1 else f"{show_name(name, 20)} ({n_features})"


def _importance_words(found: Importance, kind: str, n: int, n_shown: int) -> str:
    which = "Groups of features" if kind == "groups" else "Features one by one"
    most = f", the {n_shown} largest of {n}" if n > n_shown else ""
    times = "once" if found.n_shuffles == 1 else f"{found.n_shuffles} times, the mean of which is"
    times += " shown" if found.n_shuffles > 1 else ""
    counts = "; the number of features is in brackets" if kind == "groups" else ""
    return f"{which}{most}{counts}. Each was shuffled {times}; lines are 95 % intervals."


def size_figure(climb: Climb) -> ClimbFigure | None:
    """Draw the winner's score against what it learns from; None if that was not asked for."""
    if not climb.sizes:
        return None
    points = [ChartPoint(one.n_samples, one.mean, one.interval) for one in climb.sizes]
    metric, words = METRICS[climb.protocol.metric].title, _size_words(climb)
    chart = Chart(
        f"{capitalized(metric)} against training samples",
        ChartAxis("samples to learn from", log=True),
        ChartAxis(metric),
        [Series(points, line=True)],
        description=words,
    )
    title = "Would more samples help?"
    return ClimbFigure("learning-curve", title, words, draw_chart(chart))


def _size_words(climb: Climb) -> str:
    last = climb.sizes[-1]
    what = "samples" if last.n_groups is None else "groups"
    low, high = last.gain_interval
    says = "which does not show whether more would help"
    if low > 0:
        says = "so more are likely to help"
    elif high <= climb.verdict.margin:
        says = "so more of the same kind are not likely to help"
    times = "" if climb.protocol.split == "fixed" else " of each fold of the first repeat"
    return (
        f"Trained again on a quarter and on half of the {what} to learn from{times}, with the "
        "setting that was chosen on all, and scored on the same held-out samples; bars are 95 % "
        f"intervals. From half to all the gain in score is {score(last.gain)} "
        f"(95 %: {score_range(last.gain_interval)}), {says}."
    )
