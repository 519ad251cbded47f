"""Runners: every contender trained on every seed.

Conventions: settings are chosen on the rows to choose on, seed by seed, never on scored rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradatim._progress import Progress, scaled
from gradatim.comparisons.racing.machines import train_machines
from gradatim.comparisons.racing.networks import train_networks
from gradatim.comparisons.racing.runs import Run, Start
from gradatim.comparisons.racing.task import Course

if TYPE_CHECKING:
    from gradatim.training.store import Store

__all__ = ["train"]

#: Time that a machine takes, measured in times that a network takes.
_MACHINE = 0.25


def train(
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
    """Train every start on every seed."""
    networks = [start for start in field if start.contender.kind == "network"]
    machines = [start for start in field if start.contender.kind != "network"]
    share = len(networks) / (len(networks) + _MACHINE * len(machines))
    runs: list[list[Run]] = []
    if networks:
        runs += train_networks(
            networks,
            course,
            learning_rates=learning_rates,
            max_epochs=max_epochs,
            seed=seed,
            n_jobs=n_jobs,
            store=store,
            progress=scaled(progress, 0.0, share, "networks"),
        )
    if machines:
        runs += train_machines(
            machines,
            course,
            seed,
            n_jobs,
            scaled(progress, share, 1.0, "perceptron, polynomials and kernels"),
        )
    place = {id(start): i for i, start in enumerate([*networks, *machines])}
    return [runs[place[id(start)]] for start in field]
