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

__all__ = ["Decision", "Run", "Start", "accuracy_of", "decide", "starts"]

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
    n_parameters : int
        Numbers that it keeps.
    setting : str
        What was chosen.
    decision : callable
        Takes rows in their own units.
    result : FitResult or None
        The trained network.
    """

    accuracy: float
    n_parameters: int
    setting: str
    decision: Decision
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
    """Turn decisions into labels."""
    return (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)


def accuracy_of(decision: Decision, X: np.ndarray, y: np.ndarray) -> float:
    """Return the share of rows that a decision gets right."""
    return float(np.mean(decide(decision(X)) == y))
