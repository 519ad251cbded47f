"""Runs: what a contender made of one seed, and which contenders start.

Conventions: a decision is (n,) for two classes, class 1 where it is above 0, else (n, n_classes),
the largest wins; it reads rows in their own units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradatim.experiments.racing.contenders import Contender, Shape, shape_for
from gradatim.experiments.racing.course import Course

if TYPE_CHECKING:
    from gradatim.training.result import FitResult

__all__ = ["Decision", "Run", "Start", "accuracy_of", "decide", "spread_classes", "starts"]

Decision = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Start:
    """A contender with a budget and the shape that it has then.

    Parameters
    ----------
    contender : Contender
        Who.
    budget : int or None
        Parameters at most.
    shape : Shape or None
        None for a kernel machine without a limit.
    """

    contender: Contender
    budget: int | None
    shape: Shape | None


@dataclass(frozen=True)
class Run:
    """What a contender made of one seed.

    Parameters
    ----------
    accuracy : float
        Share of the scored rows that it gets right.
    choosing : float
        Share of the rows to choose on that it gets right.
    n_parameters : int
        Numbers that it keeps.
    setting : str
        What was chosen.
    decision : callable
        Takes rows in their own units.
    epoch : int or None
        Epoch, or pass of the perceptron, whose weights count.
    result : FitResult or None
        The trained network.
    """

    accuracy: float
    choosing: float
    n_parameters: int
    setting: str
    decision: Decision
    epoch: int | None = None
    result: FitResult | None = None


def starts(
    contenders: Sequence[Contender], course: Course, budgets: Sequence[int]
) -> Iterator[Start]:
    """Yield every contender with every budget that it fits into.

    Parameters
    ----------
    contenders : sequence of Contender
        Who.
    course : Course
        Tells features and classes.
    budgets : sequence of int
        Parameters at most.

    Yields
    ------
    Start
        In the order of the contenders, then of the budgets.
    """
    for contender in contenders:
        for budget in budgets if contender.budgeted else [None]:
            shape = shape_for(contender, course.n_features, course.n_outputs, budget)
            if shape is not None or (contender.kind == "kernel" and budget is None):
                yield Start(contender, budget, shape)


def decide(decision: np.ndarray) -> np.ndarray:
    """Turn decisions into labels.

    Parameters
    ----------
    decision : array of shape (n_rows,) or (n_rows, n_classes)
        What a `Decision` returned.

    Returns
    -------
    array of shape (n_rows,)
        Labels, whole numbers.
    """
    return (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)


def spread_classes(decision: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Say of a model's own classes what it decides among all; it never names one that it lacks.

    Parameters
    ----------
    decision : array of shape (n_rows,) or (n_rows, n_own)
        What it decides by.
    classes : array of shape (n_own,)
        Labels of the rows that it learnt from, ascending; at least 2.
    n_classes : int
        Classes of the course.

    Returns
    -------
    array of shape (n_rows,) or (n_rows, n_classes)
        What a `Decision` returns.

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

    Parameters
    ----------
    decision : callable
        Takes rows in their own units.
    X : array of shape (n_rows, n_features)
        Rows.
    y : array of shape (n_rows,)
        Their labels.

    Returns
    -------
    float
        In [0, 1].
    """
    return float(np.mean(decide(decision(X)) == y))
