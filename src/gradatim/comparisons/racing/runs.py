"""Runs: what a contender made of one seed, and which contenders start.

Conventions: a decision is (n,) for two classes, class 1 where it is above 0, else (n, n_classes),
the largest wins; it reads rows in their own units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.comparisons.racing.contenders import Contender, ContenderShape, shape_for
from gradatim.comparisons.racing.task import RaceTask, Split
from gradatim.models.learners import AveragedNetworks, spread_classes
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from gradatim.training.result import FitResult

Decision = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Candidate:
    """A contender with a budget and the shape that it has then."""

    contender: Contender
    budget: int | None  # Parameters at most
    shape: ContenderShape | None  # None for a kernel machine without a limit


@dataclass(frozen=True)
class Run:
    """What a contender made of one seed."""

    accuracy: float  # Share of the scored rows that it gets right
    choosing: float  # Share of the rows to choose on that it gets right
    n_parameters: int  # Numbers that it keeps
    setting: str  # What was chosen
    decision: Decision  # Takes rows in their own units
    epoch: int | None = None  # Epoch, or pass of the perceptron, whose weights count
    fit: FitResult | None = None  # The trained network

    @classmethod
    def of(
        cls, split: Split, setting: str, n_parameters: int, decision: Decision, **more: Any
    ) -> Run:
        """Score a decision on a seed's rows."""
        scored = accuracy_of(decision, split.X_test, split.y_test)
        choosing = accuracy_of(decision, *split.choosing)
        return cls(scored, choosing, n_parameters, setting, decision, **more)


def candidates(
    contenders: Sequence[Contender], task: RaceTask, budgets: Sequence[int]
) -> tuple[list[Candidate], list[tuple[str, int]]]:
    """Return every contender with every budget that it fits into, and who does not fit where."""
    field, absent = [], []
    for contender in contenders:
        for budget in budgets if contender.budgeted else [None]:
            shape = shape_for(contender, task.n_features, task.n_outputs, budget)
            if shape is not None or (contender.kind == "kernel" and budget is None):
                field.append(Candidate(contender, budget, shape))
            elif budget is not None:
                absent.append((contender.name, budget))
    return field, absent


def decide(decision: np.ndarray) -> np.ndarray:
    """Turn decisions into labels.

    `decision` (n_rows,) or (n_rows, n_classes); returns (n_rows,).
    """
    return (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)


def decision_of(
    scores: Callable[[np.ndarray], np.ndarray], classes: np.ndarray, task: RaceTask
) -> Decision:
    """Return the decision of a model whose scores know some of the classes, (n_classes,)."""

    def decision(X: np.ndarray) -> np.ndarray:
        own = scores(X)
        spread = spread_classes(own.reshape(len(own), -1), classes, task.n_outputs)
        return spread[:, 0] if spread.shape[1] == 1 else spread

    return decision


def network_decision(
    network: Network,
    features: Callable[[np.ndarray], np.ndarray],
    classes: np.ndarray,
    task: RaceTask,
) -> Decision:
    """Return what a network on features decides by: the pre-activations of its outputs."""
    learner = AveragedNetworks((network,), True)
    return decision_of(lambda X: learner.scores(features(X)), classes, task)


def accuracy_of(decision: Decision, X: np.ndarray, y: np.ndarray) -> float:
    """Return the share of rows (n_rows, n_features) that a decision gets right."""
    return float(np.mean(decide(decision(X)) == y))
