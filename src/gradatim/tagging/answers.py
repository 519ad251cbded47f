"""What a model says of samples, and how many of them lie outside of what it has learnt from.

Conventions: a sample that was cut into pieces has the mean of their outputs, and lies outside
where one of its pieces does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.models.model import Model
from gradatim.music.pieces import mean_of_pieces

_COLUMNS_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Leaving:
    """How many samples leave the ranges of the rows that a model has learnt from."""

    n_samples: int  # Samples that were looked at
    n_outside: int  # Those outside in some column
    by_column: np.ndarray  # (n_features,): samples outside in each

    @classmethod
    def of(cls, outside: np.ndarray) -> Leaving:
        """Count what lies outside, (n_samples, n_features)."""
        return cls(len(outside), int(outside.any(axis=1).sum()), outside.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of samples."""

    outputs: np.ndarray  # (n_samples, n_outputs)
    probabilities: np.ndarray | None  # (n_samples, n_names); None where there are none
    outside: np.ndarray | None  # (n_samples, n_features); None where no ranges are known


def answer(model: Model, X: np.ndarray, starts: np.ndarray | None = None) -> Answers:
    """Ask a model for the samples whose pieces are the rows of X, (n_pieces, n_features)."""
    outputs = mean_of_pieces(model.outputs(X), starts)
    chances = None
    if model.task != "regression" and model.learner.probabilistic:
        chances = mean_of_pieces(model.predict_proba(X), starts)
    outside = None
    if model.ranges is not None:
        outside = model.ranges.outside(X)
        if starts is not None:
            outside = np.logical_or.reduceat(outside, starts, axis=0)
    return Answers(outputs, chances, outside)


def leaving_notice(model: Model, found: Leaving, noun: str) -> list[Notice]:
    """Say how many samples lie outside and in which columns most, if any do."""
    if not found.n_outside:
        return []
    order = np.argsort(-found.by_column, kind="stable")
    where = [k for k in order.tolist() if found.by_column[k]]
    named = [
        f"{show_name(model.feature_names[k]) if model.feature_names else f'column {k + 1}'} "
        f"({found.by_column[k]:,})"
        for k in where[:_COLUMNS_SHOWN]
    ]
    more = len(where) - len(named)
    rest = f", and {plural(more, 'more column')}" if more else ""
    are = "is" if found.n_outside == 1 else "are"
    return [
        Notice(
            "outside-range",
            f"{found.n_outside:,} of {plural(found.n_samples, noun)} {are} outside the range of "
            f"the training rows, most in {', '.join(named)}{rest}; what is said of them is "
            "extrapolated",
        )
    ]
