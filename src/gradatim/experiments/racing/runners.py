"""Runners: every contender trained on every seed.

Conventions: settings are chosen on the rows to choose on, seed by seed, never on scored rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradatim.experiments.racing.course import Course
from gradatim.experiments.racing.machines import train_machines
from gradatim.experiments.racing.networks import train_networks
from gradatim.experiments.racing.runs import Run, Start

if TYPE_CHECKING:
    from gradatim.training.store import Store

__all__ = ["train"]

Progress = Callable[[float, str], None]

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
    """Train every start on every seed.

    Parameters
    ----------
    field : sequence of Start
        Who starts.
    course : Course
        Rows of each seed.
    learning_rates : sequence of float
        Rates that every network is trained at.
    max_epochs : int
        Epochs of a network.
    seed : int
        Seed of initial weights and centers; added to the number of each seed.
    n_jobs : int or None
        Threads.
    store : Store or None
        Where finished networks are kept and looked up.
    progress : callable
        Hears the finished share of the work, and what is done.

    Returns
    -------
    list of list of Run
        One list a start, one run a seed.
    """
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
            progress=lambda done: progress(share * done, "networks"),
        )
    if machines:
        runs += train_machines(
            machines,
            course,
            seed,
            n_jobs,
            lambda done: progress(
                share + (1 - share) * done, "perceptron, polynomials and kernels"
            ),
        )
    place = {id(start): i for i, start in enumerate([*networks, *machines])}
    return [runs[place[id(start)]] for start in field]
