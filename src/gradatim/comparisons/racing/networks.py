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
from gradatim.comparisons.racing.result import Protocol
from gradatim.comparisons.racing.runs import (
    Run,
    Start,
    network_decision,
)
from gradatim.comparisons.racing.task import Course, Heat

if TYPE_CHECKING:
    from gradatim.training.result import FitResult
    from gradatim.training.specs import NetworkSpec
    from gradatim.training.store import Store

__all__ = ["BATCH_SIZE", "train_networks"]

#: Rows per step.
BATCH_SIZE = 50


def train_networks(
    field: Sequence[Start],
    course: Course,
    protocol: Protocol,
    n_jobs: int | None,
    store: Store | None,
    progress: Progress,
) -> dict[Start, list[Run]]:
    """Train every network on every seed at every rate."""
    from gradatim.training.fit import FitJob, fit_jobs

    if not field:
        return {}
    specs = [spec for start in field for spec in _specs(start, protocol)]
    jobs = [
        FitJob(
            [replace(spec, seed=protocol.first + number) for spec in specs],
            heat.scaled,
            heat.y,
            heat.training,
            1 - heat.training,
        )
        for number, heat in enumerate(course.heats)
    ]
    results = fit_jobs(
        jobs,
        max_epochs=protocol.max_epochs,
        batch_size=BATCH_SIZE,
        n_jobs=n_jobs,
        progress=progress,
        store=store,
    )
    n = len(protocol.learning_rates)
    return {
        start: [
            _run(found[i * n : (i + 1) * n], heat, course)
            for found, heat in zip(results, course.heats, strict=True)
        ]
        for i, start in enumerate(field)
    }


def _specs(start: Start, protocol: Protocol) -> list[NetworkSpec]:
    from gradatim.training.specs import NetworkSpec

    contender = start.contender
    return [
        NetworkSpec(
            hidden_layer_sizes=() if start.shape is None else start.shape.size,
            activation=contender.activation,
            learning_rate=rate,
            schedule="cosine",
            initialization="he" if contender.activation == "relu" else "glorot",
            max_epochs=protocol.max_epochs,
        )
        for rate in protocol.learning_rates
    ]


def _validation_loss(result: FitResult) -> float:
    finite = result.validation_curve[np.isfinite(result.validation_curve)]
    return float(finite.min(initial=np.inf))


def _run(rates: Sequence[FitResult], heat: Heat, course: Course) -> Run:
    result = min(rates, key=_validation_loss)
    decision = network_decision(result.network, heat.scaler.transform, np.unique(heat.y), course)
    return Run.of(
        heat,
        f"rate {result.spec.learning_rate:g}",
        result.network.n_parameters,
        decision,
        epoch=result.best_epoch,
        result=result,
    )
