"""Runs: what a contender made of one seed, and which contenders start.

Conventions: a decision is (n,) for two classes, class 1 where it is above 0, else (n, n_classes),
the largest wins; it reads rows in their own units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradatim.comparisons.racing.contenders import Contender, Shape, shape_for
from gradatim.comparisons.racing.task import Course

if TYPE_CHECKING:
    from gradatim.training.result import FitResult

__all__ = ["Decision", "Run", "Start", "accuracy_of", "decide", "spread_classes", "starts"]

Decision = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Start:
    """A contender with a budget and the shape that it has then."""

    contender: Contender
    budget: int | None  # Parameters at most
    shape: Shape | None  # None for a kernel machine without a limit


@dataclass(frozen=True)
class Run:
    """What a contender made of one seed."""

    accuracy: float  # Share of the scored rows that it gets right
    choosing: float  # Share of the rows to choose on that it gets right
    n_parameters: int  # Numbers that it keeps
    setting: str  # What was chosen
    decision: Decision  # Takes rows in their own units
    epoch: int | None = None  # Epoch, or pass of the perceptron, whose weights count
    result: FitResult | None = None  # The trained network


def starts(
    contenders: Sequence[Contender], course: Course, budgets: Sequence[int]
) -> Iterator[Start]:
    """Yield every contender with every budget that it fits into."""
    for contender in contenders:
        for budget in budgets if contender.budgeted else [None]:
            shape = shape_for(contender, course.n_features, course.n_outputs, budget)
            if shape is not None or (contender.kind == "kernel" and budget is None):
                yield Start(contender, budget, shape)


def decide(decision: np.ndarray) -> np.ndarray:
    """Turn decisions into labels.

    `decision` (n_rows,) or (n_rows, n_classes); returns (n_rows,).
    """
    return (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)


def spread_classes(decision: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Say of a model's own classes what it decides among all; it never names one that it lacks.

    `decision` (n_rows,) or (n_rows, n_own); `classes` (n_own,); returns (n_rows,) or (n_rows,
    n_classes).

    Examples
    --------
    >>> decide(spread_classes(np.array([0.3, -0.2]), np.array([0, 2]), 3))
    array([2, 0])
    """
    if len(classes) == n_classes:
        return decision
    whole = np.full((len(decision), n_classes), -np.inf)
    whole[:, classes] = np.column_stack([-decision, decision]) if decision.ndim == 1 else decision
    return whole


def accuracy_of(decision: Decision, X: np.ndarray, y: np.ndarray) -> float:
    """Return the share of rows that a decision gets right.

    `X` (n_rows, n_features); `y` (n_rows,).
    """
    return float(np.mean(decide(decision(X)) == y))
