"""Recall, precision and F1 of each class or label, with intervals over what is independent.

Conventions: a score is a ratio of counts that are summed over rows and repeats, each repeat with
the same weight; it is undefined (NaN) where its denominator is 0. An interval is that of
`gradatim.evaluation.evidence.score_bounds` with the jackknife over the units in which the
denominator is not 0; with fewer than two of them there is none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradatim.evaluation.evidence import degrees_of_freedom, jackknife, score_bounds
from gradatim.evaluation.metrics import Truth


@dataclass(frozen=True)
class Share:
    """A ratio of counts."""

    value: float  # NaN where undefined
    interval: tuple[float, float]  # 95 %; NaN where undefined


@dataclass(frozen=True)
class ClassScores:
    """How well one class or label is recognized."""

    n_rows: int  # Rows that have it
    n_units: int  # Units with such a row
    recall: Share  # Of the rows that have it, the share that is recognized
    precision: Share  # Of the rows of which it was said, the share that is right
    f1: Share  # Harmonic mean of both


def class_scores(truth: Truth, predictions: np.ndarray, codes: np.ndarray) -> list[ClassScores]:
    """Score every class or label by itself.

    `predictions` are (repeats, n_samples) labels, or (repeats, n_samples, n_labels) of 0 and 1;
    `codes` (n_samples,) has the number of each row's unit. Returns one for each class, in the order
    of `truth.classes`, or for each label.
    """
    true = truth.indicators
    n_units, repeats = int(codes.max()) + 1, len(predictions)
    right, said = (np.zeros((n_units, true.shape[1])) for _ in range(2))
    there = np.zeros_like(right)
    np.add.at(there, codes, true)
    for one in predictions:
        guess = one if truth.task == "multilabel" else one[:, None] == truth.classes
        guess = np.asarray(guess, dtype=float)
        np.add.at(said, codes, guess / repeats)
        np.add.at(right, codes, true * guess / repeats)
    return [
        ClassScores(
            int(there[:, c].sum()),
            int(np.count_nonzero(there[:, c])),
            ratio(right[:, c], there[:, c]),
            ratio(right[:, c], said[:, c]),
            ratio(right[:, c], (there[:, c] + said[:, c]) / 2.0),
        )
        for c in range(true.shape[1])
    ]


def ratio(above: np.ndarray, below: np.ndarray) -> Share:
    """Return the ratio of two sums over units, (n_units,) each."""
    inside = below > 0
    above, below = above[inside], below[inside]
    if not len(below):
        return Share(math.nan, (math.nan, math.nan))
    value = float(above.sum() / below.sum())
    if len(below) < 2:
        return Share(value, (math.nan, math.nan))
    without = (above.sum() - above) / (below.sum() - below)
    variance = float(jackknife(without[None])[0, 0])
    # Less than a row where it was said in some repeats only.
    n_rows = max(1, round(float(below.sum())))
    df = degrees_of_freedom(below)
    return Share(value, score_bounds(value, variance, n_rows, df, "share"))
