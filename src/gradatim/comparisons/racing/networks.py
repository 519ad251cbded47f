"""Networks of a race: all shapes, seeds and learning rates trained in one call.

Conventions: Adam with a cosine, on standardized rows; ReLU layers begin as He's, others as
Glorot's. The learning rate, and the epoch whose weights count, are those with the lowest log loss
on the rows to choose on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradatim._progress import Progress
from gradatim.comparisons.racing.runs import Decision, Run, Start, accuracy_of, spread_classes
from gradatim.comparisons.racing.task import Course, Heat
from gradatim.network.evaluate import forward
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from gradatim.training.result import FitResult
    from gradatim.training.specs import NetworkSpec
    from gradatim.training.store import Store

__all__ = ["BATCH_SIZE", "network_decision", "train_networks"]

#: Rows per step.
BATCH_SIZE = 50


def train_networks(
    field: Sequence[Start],
    course: Course,
    *,
    learning_rates: Sequence[float],
    max_epochs: int,
    seed: int,
    n_jobs: int | None,
    store: Store | None,
    progress: Progress,
) -> list[list[Run]]:
    """Train every network on every seed at every rate."""
    from gradatim.training.fit import FitJob, fit_jobs

    specs = [spec for start in field for spec in _specs(start, learning_rates, max_epochs)]
    jobs = [
        FitJob(
            [replace(spec, seed=seed + number) for spec in specs],
            heat.scaled,
            heat.y,
            heat.training,
            1 - heat.training,
        )
        for number, heat in enumerate(course.heats)
    ]
    results = fit_jobs(
        jobs,
        max_epochs=max_epochs,
        batch_size=BATCH_SIZE,
        n_jobs=n_jobs,
        progress=progress,
        store=store,
    )
    n_rates = len(learning_rates)
    return [
        [
            _run(min(found[first : first + n_rates], key=_validation_loss), heat, course)
            for found, heat in zip(results, course.heats, strict=True)
        ]
        for first in range(0, len(specs), n_rates)
    ]


def _specs(start: Start, learning_rates: Sequence[float], max_epochs: int) -> list[NetworkSpec]:
    from gradatim.training.specs import NetworkSpec

    contender = start.contender
    return [
        NetworkSpec(
            hidden_layer_sizes=() if start.shape is None else start.shape.size,
            activation=contender.activation,
            learning_rate=rate,
            schedule="cosine",
            initialization="he" if contender.activation == "relu" else "glorot",
            max_epochs=max_epochs,
        )
        for rate in learning_rates
    ]


def _validation_loss(result: FitResult) -> float:
    finite = result.validation_curve[np.isfinite(result.validation_curve)]
    return float(finite.min(initial=np.inf))


def _run(result: FitResult, heat: Heat, course: Course) -> Run:
    decision = network_decision(result.network, np.unique(heat.y), heat, course)
    return Run(
        accuracy=accuracy_of(decision, heat.X_test, heat.y_test),
        choosing=accuracy_of(decision, *heat.choosing),
        n_parameters=result.network.n_parameters,
        setting=f"rate {result.spec.learning_rate:g}",
        decision=decision,
        epoch=result.best_epoch,
        result=result,
    )


def network_decision(network: Network, classes: np.ndarray, heat: Heat, course: Course) -> Decision:
    """Return what a network decides by: the pre-activations of its outputs. `classes` (n_own,)."""

    def decision(X: np.ndarray) -> np.ndarray:
        z = forward(network, heat.scaler.transform(X)).pre_activations[-1]
        own = z[:, 0] if z.shape[1] == 1 else z
        return spread_classes(own, classes, len(course.classes))

    return decision
