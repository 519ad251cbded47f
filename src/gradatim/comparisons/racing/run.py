"""Running a race: perceptron, shallow, deep, polynomial and kernel at equal numbers of parameters.

Conventions: every seed has points (or a split of the table) and initial weights of its own, the
same for all contenders. Nothing is chosen on what is scored.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from gradatim._progress import Progress, scaled, steady
from gradatim.collection import Collection
from gradatim.comparisons.racing.bar import find_bar
from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import CONTENDERS, Contender
from gradatim.comparisons.racing.machines import train_machines
from gradatim.comparisons.racing.networks import train_networks
from gradatim.comparisons.racing.result import Race, RaceProtocol
from gradatim.comparisons.racing.runs import Candidate, Run, candidates
from gradatim.comparisons.racing.task import RaceTask, task_of_problem, task_of_table
from gradatim.comparisons.racing.verdict import judge
from gradatim.errors import SpecError
from gradatim.problems import Problem, get_problem

if TYPE_CHECKING:
    from gradatim.training.store import Store

__all__ = ["race"]

#: Rates that networks are trained at; wide tanh layers want the largest, deep ones the smallest.
LEARNING_RATES = (0.01, 0.03, 0.1)

#: Time that a machine takes, measured in times that a network takes.
_MACHINE = 0.25


def race(
    task: str | Problem | Collection,
    *,
    budgets: Sequence[int] = (20, 50, 100, 200, 500),
    n_seeds: int = 50,
    contenders: Sequence[str] | None = None,
    n_samples: int = 600,
    noise: float | None = None,
    bar: float | None = None,
    margin: float = 0.01,
    learning_rates: Sequence[float] = LEARNING_RATES,
    max_epochs: int = 300,
    seed: int = 0,
    n_jobs: int | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Race:
    """Race models of equal size on a problem or a table.

    Contenders are a perceptron (Rosenblatt's rule), logistic regression, networks with one hidden
    layer (ReLU, tanh) and with two, three and five (ReLU), logistic regression on polynomial
    features, and kernel machines. Of each the largest shape within a budget is taken.

    Parameters
    ----------
    task : str, Problem or Collection
        A problem or its name, of which every seed draws fresh points; or a table with classes,
        which every seed splits anew into three fifths to learn from, one to choose on, one to be
        scored on.
    budgets : sequence of int, default (20, 50, 100, 200, 500)
        Parameters at most, >= 1.
    n_seeds : int, default 50
        Seeds, at least 2.
    contenders : sequence of str, optional
        Names of those that start; all by default.
    n_samples : int, default 600
        Points of a problem that a seed gets: two thirds to learn from, one third to choose on;
        2,000 more are scored. At least 30; without meaning for a table.
    noise : float, optional
        Standard deviation of a problem's noise; its own by default.
    bar : float, optional
        Accuracy from which a seed has solved it, in (0, 1]. By default 0.99 times that of the best
        possible rule (`Problem.ceiling`); for a table that of the contender that is best on the
        rows to choose on, less the noise of a score, and above always naming the most frequent
        class.
    margin : float, default 0.01
        Difference in accuracy that is of no practical matter.
    learning_rates : sequence of float, default (0.01, 0.03, 0.1)
        Rates that every network is trained at; the rows to choose on choose one for each seed.
    max_epochs : int, default 300
        Epochs of a network, Adam with a cosine; the weights of the epoch with the lowest loss on
        the rows to choose on count.
    seed : int, default 0
        First seed, >= 0.
    n_jobs : int, optional
        Threads; as many as cores unless given.
    store : Store, optional
        Where finished networks are kept and looked up.
    progress : callable, optional
        Hears the finished share of the work, and what is being trained.

    Returns
    -------
    Race
        Scores with intervals, and a verdict in words.

    Raises
    ------
    SpecError
        If there is no such problem, contender or option.
    LabelError
        If a table's target has no classes, or a class too few rows.

    Examples
    --------
    >>> found = race("xor", budgets=[20], n_seeds=3, contenders=["perceptron", "kernel"])
    >>> [result.shape for result in found.results]
    ['no hidden layer', '6 centers']
    >>> found.result("perceptron").n_solved
    0
    """
    began = time.monotonic()
    budgets = tuple(sorted(set(budgets)))
    chosen = _check(budgets, n_seeds, contenders, n_samples, bar, learning_rates, max_epochs, seed)
    race_task = _task(task, n_seeds, n_samples, noise, seed)
    field, absent = candidates(chosen, race_task, budgets)
    if not field:
        raise SpecError(
            f"no contender has so few as {budgets[-1]} parameters on {race_task.n_features} "
            "features; give a larger budget"
        )
    split = race_task.splits[0]
    protocol = RaceProtocol(
        n_seeds=n_seeds,
        seed=seed,
        budgets=budgets,
        n_train=split.n_train,
        n_choose=len(split.X) - split.n_train,
        n_test=len(split.X_test),
        learning_rates=tuple(learning_rates),
        max_epochs=max_epochs,
        margin=margin,
        grouped=race_task.grouped,
    )
    runs = _train(field, race_task, protocol, n_jobs, store, steady(progress))
    results = [
        CandidateResult(candidate, tuple(runs[candidate]), None, race_task.overlap, protocol.n_test)
        for candidate in field
    ]
    found = find_bar(bar, results, race_task)
    results = tuple(replace(result, bar=found.accuracy) for result in results)
    return Race(
        task=race_task,
        protocol=protocol,
        bar=found,
        results=results,
        verdict=judge(results, race_task, protocol, found, absent),
        absent=tuple(absent),
        seconds=time.monotonic() - began,
        version=version("gradatim"),
    )


def _train(
    field: Sequence[Candidate],
    task: RaceTask,
    protocol: RaceProtocol,
    n_jobs: int | None,
    store: Store | None,
    progress: Progress,
) -> dict[Candidate, list[Run]]:
    """Train every candidate on every seed."""
    networks = [candidate for candidate in field if candidate.contender.kind == "network"]
    machines = [candidate for candidate in field if candidate.contender.kind != "network"]
    share = len(networks) / (len(networks) + _MACHINE * len(machines))
    first = scaled(progress, 0.0, share, "training networks")
    second = scaled(progress, share, 1.0, "training perceptron, polynomials and kernels")
    runs = train_networks(networks, task, protocol, n_jobs, store, first)
    return runs | train_machines(machines, task, protocol.first, n_jobs, second)


def _check(
    budgets: Sequence[int],
    n_seeds: int,
    contenders: Sequence[str] | None,
    n_samples: int,
    bar: float | None,
    learning_rates: Sequence[float],
    max_epochs: int,
    seed: int,
) -> list[Contender]:
    """Refuse what makes no sense, and return the contenders."""
    if not budgets or budgets[0] < 1:
        raise SpecError("give at least one budget, a number of parameters of at least 1")
    for name, value, least in (
        ("n_seeds", n_seeds, 2),
        ("n_samples", n_samples, 30),
        ("max_epochs", max_epochs, 1),
        ("seed", seed, 0),
    ):
        if value < least:
            raise SpecError(f"{name} must be at least {least}, not {value}")
    if bar is not None and not 0 < bar <= 1:
        raise SpecError(f"the bar is an accuracy above 0 and at most 1, not {bar}")
    if not learning_rates:
        raise SpecError("give at least one learning rate")
    known = {contender.name: contender for contender in CONTENDERS}
    for name in contenders or ():
        if name not in known:
            raise SpecError(f"there is no contender {name!r}; choose from {', '.join(known)}")
    return [c for c in CONTENDERS if contenders is None or c.name in contenders]


def _task(
    task: str | Problem | Collection, n_seeds: int, n_samples: int, noise: float | None, seed: int
) -> RaceTask:
    if isinstance(task, Collection):
        if noise is not None:
            raise SpecError("noise belongs to a problem; a table has its own")
        return task_of_table(task, n_seeds=n_seeds, seed=seed)
    problem = get_problem(task) if isinstance(task, str) else task
    if not isinstance(problem, Problem):
        raise SpecError(
            f"a race is run on a Collection, a Problem or the name of one such as 'xor', not on a "
            f"{type(task).__name__}"
        )
    return task_of_problem(problem, n_seeds=n_seeds, n_samples=n_samples, noise=noise, seed=seed)
