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
from gradatim.comparisons.racing.result import RaceProtocol
from gradatim.comparisons.racing.runs import Candidate, Run, network_decision
from gradatim.comparisons.racing.task import RaceTask, Split

if TYPE_CHECKING:
    from gradatim.training.result import FitResult
    from gradatim.training.specs import NetworkSpec
    from gradatim.training.store import Store

__all__ = ["BATCH_SIZE", "train_networks"]

#: Rows per step.
BATCH_SIZE = 50


def train_networks(
    field: Sequence[Candidate],
    task: RaceTask,
    protocol: RaceProtocol,
    n_jobs: int | None,
    store: Store | None,
    progress: Progress,
) -> dict[Candidate, list[Run]]:
    """Train every network on every seed at every rate."""
    from gradatim.training.fit import FitJob, fit_jobs

    if not field:
        return {}
    specs = [spec for candidate in field for spec in _specs(candidate, protocol)]
    jobs = [
        FitJob(
            [replace(spec, seed=protocol.first + number) for spec in specs],
            split.scaled,
            split.y,
            split.training,
            1 - split.training,
        )
        for number, split in enumerate(task.splits)
    ]
    fits = fit_jobs(
        jobs,
        max_epochs=protocol.max_epochs,
        batch_size=BATCH_SIZE,
        n_jobs=n_jobs,
        progress=progress,
        store=store,
    )
    n = len(protocol.learning_rates)
    return {
        candidate: [
            _run(found[i * n : (i + 1) * n], split, task)
            for found, split in zip(fits, task.splits, strict=True)
        ]
        for i, candidate in enumerate(field)
    }


def _specs(candidate: Candidate, protocol: RaceProtocol) -> list[NetworkSpec]:
    from gradatim.training.specs import NetworkSpec

    contender = candidate.contender
    return [
        NetworkSpec(
            hidden_layer_sizes=() if candidate.shape is None else candidate.shape.size,
            activation=contender.activation,
            learning_rate=rate,
            schedule="cosine",
            initialization="he" if contender.activation == "relu" else "glorot",
            max_epochs=protocol.max_epochs,
        )
        for rate in protocol.learning_rates
    ]


def _validation_loss(fit: FitResult) -> float:
    finite = fit.validation_curve[np.isfinite(fit.validation_curve)]
    return float(finite.min(initial=np.inf))


def _run(rates: Sequence[FitResult], split: Split, task: RaceTask) -> Run:
    fit = min(rates, key=_validation_loss)
    decision = network_decision(fit.network, split.scaler.transform, np.unique(split.y), task)
    return Run.of(
        split,
        f"rate {fit.spec.learning_rate:g}",
        fit.network.n_parameters,
        decision,
        epoch=fit.best_epoch,
        fit=fit,
    )
