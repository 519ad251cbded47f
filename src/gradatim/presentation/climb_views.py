"""What the views of a climb are given: plain values, ready for JSON.

Conventions: a number that is not finite becomes None; a sample counts once, as what most repeats
said of it, the earliest of equally many; long curves and many points are thinned evenly, because a
page need not hold more than a screen can show.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.climb.result import Climb, LearningCurve, RungResult
from gradatim.presentation.climbs import score, score_range, title_of
from gradatim.presentation.sounds import Cells, confused_items, encode_sounds

_MOST_NETWORKS = 12
_MOST_EPOCHS = 400
_MOST_POINTS = 1500
_MOST_TARGETS = 6
_LISTED = 60


def _finite(values: Any) -> list[float | None]:
    """Return numbers with at most five significant digits, None where one is not finite."""
    numbers = np.asarray(values, dtype=float).tolist()
    return [float(f"{x:.5g}") if math.isfinite(x) else None for x in numbers]


def ladder_data(climb: Climb) -> dict[str, Any]:
    """Return the model of the view ``ladder``."""
    task = climb.collection.task
    return {
        "rungs": [
            {
                "rung": rung.rung,
                "input": rung.input,
                "mean": _finite([rung.mean])[0],
                "interval": _finite(rung.interval),
                "fold_scores": _finite(rung.fold_scores),
                "reference": rung.reference,
                # Rounded once: the table and the sentence have the same digits.
                "texts": {
                    "mean": score(rung.mean),
                    "interval": [score(end) for end in rung.interval],
                    "fold_scores": [score(value) for value in rung.fold_scores.tolist()],
                },
            }
            for rung in (*climb.rungs, *climb.references)
        ],
        "titles": {
            rung.rung: title_of(rung.rung, task) for rung in (*climb.rungs, *climb.references)
        },
        "winner": {"rung": climb.verdict.rung, "input": climb.verdict.input},
        "margin": climb.verdict.margin,
        "margin_text": score(climb.verdict.margin),
        "higher_is_better": climb.protocol.higher_is_better,
    }


def comparison_rows(climb: Climb) -> list[dict[str, Any]]:
    """Return what the best rung gains on each other one, as it is written; nothing undefined."""
    task, verdict = climb.collection.task, climb.verdict
    return [
        {
            "title": title_of(one.rung, task),
            "input": one.input,
            "difference": score(one.difference),
            "interval": score_range(one.interval),
            "p_better": probability(one.p_better),
            "is_winner": (one.rung, one.input) == (verdict.rung, verdict.input),
        }
        for one in verdict.comparisons
        if math.isfinite(one.difference)
    ]


def probability(p: float) -> str:
    """Write a probability; one that rounds to 0 or 1 is neither."""
    if not 0.0005 <= p < 0.9995:
        return "< 0.001" if p < 0.5 else "> 0.999"
    return f"{p:.3f}"


def has_validation(climb: Climb) -> bool:
    """Tell whether any learning curve has a line of rows that were not trained on."""
    curves = [curve for rung in climb.rungs for curve in rung.curves]
    return any(curve.validation_loss is not None for curve in curves)


def curve_data(climb: Climb) -> dict[str, Any] | None:
    """Return the model of the view ``curves``; None if no rung has a curve."""
    several = len(climb.collection.X) > 1
    panels = [
        {
            "title": _panel_title(rung, climb.collection.task, several),
            "curves": [_curve(curve) for curve in thinned(rung.curves, _MOST_NETWORKS)],
        }
        for rung in climb.rungs
        if rung.curves
    ]
    return {"panels": panels} if panels else None


def _panel_title(rung: RungResult, task: str, several_inputs: bool) -> str:
    title = title_of(rung.rung, task)
    return f"{title} on {rung.input}" if several_inputs and rung.input else title


def _curve(curve: LearningCurve) -> dict[str, Any]:
    validation = curve.validation_loss
    return {
        "label": curve.label,
        "loss": _finite(curve.loss[:_MOST_EPOCHS]),
        "validation_loss": None if validation is None else _finite(validation[:_MOST_EPOCHS]),
    }


def thinned(values: Sequence[Any], limit: int) -> Sequence[Any]:
    """Return at most `limit` values, evenly spread."""
    if len(values) <= limit:
        return values
    return [values[i] for i in np.linspace(0, len(values) - 1, limit).round().astype(int)]


def confusion_counts(climb: Climb) -> tuple[list[str], np.ndarray, Cells]:
    """Return the classes, how many samples of each are taken for each, and which."""
    # What is said of the scored samples may be a class that none of them has.
    names = climb.collection.classes
    classes = [str(name) for name in names]
    cells = _cells(np.asarray(climb.scored.y), np.asarray(climb.winner.predictions), names)
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    for cell, items in cells.items():
        counts[cell] = len(items)
    return classes, counts, cells


def confusion_data(climb: Climb) -> tuple[dict[str, Any], int]:
    """Return the model of the view ``confusion`` and the number of unreadable sounds."""
    collection = climb.scored
    classes, counts, cells = confusion_counts(climb)
    sounds: dict[int, str] = {}
    unreadable: list[int] = []
    if collection.media is not None:
        sounds, unreadable = encode_sounds(collection.media, confused_items(cells))
    listed = {cell: _listed(items, sounds) for cell, items in cells.items()}
    used = sorted({item for items in listed.values() for item, _ in items})
    model = {
        "classes": classes,
        "counts": counts.tolist(),
        "cells": {f"{i},{j}": items for (i, j), items in listed.items()},
        "ids": {item: str(collection.ids[item]) for item in used},
        "repeats": len(climb.winner.predictions),
        "sounds": sounds,
        "unreadable": unreadable,
    }
    return model, len(unreadable)


def _cells(y: np.ndarray, predictions: np.ndarray, classes: np.ndarray) -> Cells:
    """Return the samples of each (true, predicted) pair with how many repeats said so."""
    column = {name: j for j, name in enumerate(classes.tolist())}
    rows = [column[name] for name in y.tolist()]
    cells: Cells = {}
    for item, (i, said) in enumerate(zip(rows, predictions.T.tolist(), strict=True)):
        name, times = usual(said)
        if name in column:
            cells.setdefault((i, column[name]), []).append((item, times))
    return dict(sorted(cells.items()))


def usual(said: Sequence[Any]) -> tuple[Any, int]:
    """Return what most repeats said, of equally many the earliest, and how many did."""
    [(name, times)] = Counter(said).most_common(1)
    return name, times


def _listed(items: list[tuple[int, int]], sounds: dict[int, str]) -> list[tuple[int, int]]:
    """Return the items of a cell that the page names: those with a sound, then the most sure."""
    ranked = sorted(items, key=lambda entry: (entry[0] not in sounds, -entry[1], entry[0]))
    return ranked[:_LISTED]


def scatter_data(climb: Climb) -> dict[str, Any]:
    """Return the model of the view ``scatter``: predictions are means over repeats."""
    collection = climb.scored
    y = np.asarray(collection.y, dtype=float).reshape(collection.n_samples, -1)
    predicted = np.asarray(climb.winner.predictions, dtype=float)
    predicted = predicted.reshape(len(predicted), *y.shape).mean(axis=0)
    whole = np.isfinite(predicted).all(axis=1)
    rows = thinned(np.flatnonzero(whole).tolist(), _MOST_POINTS)
    names = list(collection.target_names) or [f"target {k + 1}" for k in range(y.shape[1])]
    return {
        "panels": [
            {"title": name, "true": _finite(y[rows, k]), "predicted": _finite(predicted[rows, k])}
            for k, name in enumerate(names[:_MOST_TARGETS])
        ],
        "ids": [str(collection.ids[row]) for row in rows],
    }
