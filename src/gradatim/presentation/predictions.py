"""What is said and shown of predictions: a table of all rows, or counts and notices.

Conventions: probabilities have three decimals; where the model abstains stands a dash. A screen
that is too narrow for all classes shows the prediction and its probability.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gradatim._text import number_text, plural, show_name
from gradatim.presentation.climbs import score, score_range
from gradatim.presentation.lines import Column, Grid, Line, notes
from gradatim.tagging.predictions import Predictions
from gradatim.tagging.scoring import ModelScore

__all__ = ["prediction_lines", "score_lines", "summary_lines"]

_LONGEST_PATH = 1000


def prediction_lines(predictions: Predictions) -> Iterator[Line | Grid]:
    """Yield a table of every sample, and what else a person should know."""
    yield _grid(predictions)
    yield [""]
    yield from summary_lines(predictions)


def summary_lines(predictions: Predictions) -> Iterator[Line]:
    """Yield how many samples have each class, how many none, and what was left out."""
    samples = plural(predictions.n_samples, predictions.noun)
    counts = [f"{show_name(name)} {n:,}" for name, n in predictions.counts.items() if n]
    if predictions.abstain_below is not None:
        n_none = int(predictions.abstains.sum())
        counts.append(f"no prediction below {predictions.abstain_below:g}: {n_none:,}")
    listed = f": {', '.join(counts)}" if counts else ""
    yield [(f"{show_name(predictions.source)}, {samples}{listed}", "bold")]
    if (covered := _coverage(predictions)) is not None:
        yield [covered]
    yield from notes(predictions.notices)


def _coverage(predictions: Predictions) -> str | None:
    """Say what sets or intervals hold, and how large they are."""
    if predictions.coverage is None:
        return None
    like = "averaged over groups like" if predictions.grouped else "if they are like"
    of = f"of {predictions.coverage:g} of the samples, {like} those of the climb"
    if (sets := predictions.sets) is None:
        return f"low to high is made to hold the true value {of}"
    sizes = Counter(sets.sum(axis=1).tolist())
    listed = [f"{plural(k, 'class', 'classes')} {sizes[k]:,}" for k in sorted(sizes)]
    return f"sets are made to hold the true class {of}: {', '.join(listed)}"


def score_lines(found: ModelScore) -> Iterator[Line | Grid]:
    """Yield what is right of each class and of all, and what else a person should know."""
    heads = [
        Column("class", names=True),
        *(Column(head, right=True) for head in ("samples", "right", "share")),
    ]
    triples = zip(found.classes, found.n_samples, found.n_right, strict=True)
    rows = [
        [[show_name(name)], [f"{n:,}"], [f"{right:,}"], [score(right / n)]]
        for name, n, right in triples
    ]
    yield Grid(heads, rows)
    yield [""]
    groups = "" if found.n_groups is None else f" in {plural(found.n_groups, 'group')}"
    of = f"{sum(found.n_right):,} of {plural(sum(found.n_samples), 'sample')}{groups} right"
    sure = "" if found.interval is None else f" ({score_range(found.interval)})"
    yield [(f"{show_name(found.source)}: accuracy {score(found.accuracy)}{sure}, {of}", "bold")]
    yield [f"averaged over classes: {score(found.balanced_accuracy)}"]
    if found.interval is None:
        yield ["one group says nothing of how sure that is"]
    yield from notes(found.notices)


def _grid(predictions: Predictions) -> Grid:
    columns = predictions.to_columns()
    texts, n_first = {0, 1}, 3
    if predictions.task == "regression":
        texts, n_first = {0}, len(columns)
    elif predictions.task == "multilabel":
        n_first = 2
    elif predictions.sets is not None:
        texts, n_first = {0, 1, 3}, 4
    heads = [
        Column(show_name(name), right=k not in texts, names=k == 0, spare=k >= n_first)
        for k, name in enumerate(columns)
    ]
    rows = [[[_cell(value)] for value in row] for row in zip(*columns.values(), strict=True)]
    return Grid(heads, rows)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}" if 0.0 <= value <= 1.0 else number_text(value)
    return show_name(value, _LONGEST_PATH)
