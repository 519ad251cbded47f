"""The climb itself: every rung on every input, then the verdict, then the winner on all rows.

Conventions: rows of the ladder are ordered by rung, then by input as the collection lists them;
rungs run one after the other, each using all threads.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

import numpy as np
from threadpoolctl import threadpool_limits

from gradatim.climb.memory import require_climb_memory
from gradatim.climb.problem import METRICS, Problem
from gradatim.climb.protocol import make_folds
from gradatim.climb.result import Climb, Observer, Protocol, RungResult
from gradatim.climb.rungs import RUNGS, Family, fit_kept, kept_rung, run_rung
from gradatim.climb.rungs.base import Fit
from gradatim.climb.verdict import decide
from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError
from gradatim.network.graph import Network
from gradatim.training.cache import use_compilation_cache
from gradatim.training.recipes import PRESETS
from gradatim.training.store import Store

__all__ = ["climb_collection"]


def climb_collection(
    collection: Collection,
    *,
    folds: int = 5,
    repeats: int = 2,
    margin: float = 0.01,
    seed: int = 0,
    n_jobs: int | None = None,
    rungs: Sequence[str] | None = None,
    shuffle_labels: bool = False,
    observer: Observer | None = None,
    store: Store | None = None,
    max_nets: int | None = None,
    preset: str = "quick",
) -> Climb:
    """Train every rung of the ladder and say on which to stop.

    Scores come from repeated cross-validation with the same folds for every rung; groups are
    never split. Scalers and hyperparameters are learnt inside the training folds only.

    Parameters
    ----------
    collection : Collection
        What to learn.
    folds : int, default 5
        Folds a repeat, at least 3.
    repeats : int, default 2
        Repeats with fresh folds.
    margin : float, default 0.01
        Difference in the metric that is of no practical matter, >= 0.
    seed : int, default 0
        Seed of folds and networks.
    n_jobs : int, optional
        Threads; as many as cores unless given.
    rungs : sequence of str, optional
        Names of the rungs to climb; all that suit the task unless given.
    shuffle_labels : bool, default False
        Climb on shuffled labels, on which nothing should be found.
    observer : Observer, optional
        Told how it goes on.
    store : Store, optional
        Where finished work is kept and looked up: what is in it is not done again, and the
        result is the same.
    max_nets : int, optional
        Networks trained at once; the result is the same.
    preset : {"quick", "strong"}, default "quick"
        How shallow and deep networks are trained: two averaged for 70 % of the recipe's epochs, or
        eight for all of them, as ``NetworkClassifier(preset="strong")`` does.

    Returns
    -------
    Climb
        Ladder, verdict and winner.

    Raises
    ------
    SpecError
        If an option is out of its range, or there are too few rows or groups.
    LabelError
        If there is one class only, or one with fewer samples than folds.
    NotEnoughMemoryError
        If a rung would not fit into memory.

    Examples
    --------
    >>> from gradatim.datasets import load_world
    >>> found = climb_collection(load_world(), rungs=["majority", "linear"], repeats=1)
    >>> found.verdict.rung
    'linear'
    """
    start = time.perf_counter()
    if not (margin >= 0 and np.isfinite(margin)):
        raise SpecError(f"margin must be at least 0, not {margin}")
    if preset not in PRESETS:
        raise SpecError(f"preset must be one of {', '.join(PRESETS)}, not {preset!r}")
    families = _families(rungs, collection.task)
    if shuffle_labels:
        collection = _shuffled(collection, seed)
    split = make_folds(collection, folds, repeats, seed)
    grouped, metric = collection.groups is not None, METRICS[collection.task]
    protocol = Protocol(folds, repeats, grouped, seed, metric, margin, preset)
    threads = n_jobs or os.cpu_count() or 1
    problem = Problem(collection, split, seed, threads, store, max_nets, preset)
    use_compilation_cache()
    # The climb has a thread a core of its own; BLAS threads on top would only fight with them.
    with threadpool_limits(limits=1, user_api="blas"):
        rows = _climb(problem, families, observer or Observer())
        verdict = decide(rows, protocol, collection.task)
        network = _winner(problem, families, rows, verdict.rung, verdict.input)
    return Climb(
        collection=collection,
        protocol=protocol,
        rungs=rows,
        verdict=verdict,
        network=network,
        notices=(*collection.notices, *split.notices),
        seconds=time.perf_counter() - start,
        version=version("gradatim"),
    )


def _families(names: Sequence[str] | None, task: str) -> list[Family]:
    known = [family for family in RUNGS if task in family.tasks]
    if names is None:
        return known
    unknown = set(names) - {family.name for family in known}
    if unknown:
        choices = ", ".join(family.name for family in known)
        raise SpecError(
            f"there is no rung {sorted(unknown)[0]!r} for {task}; choose among {choices}"
        )
    if not names:
        raise SpecError("choose at least one rung")
    return [family for family in known if family.name in names]


def _shuffled(collection: Collection, seed: int) -> Collection:
    order = np.random.default_rng([seed, 1]).permutation(collection.n_samples)
    notice = Notice("shuffled-labels", "labels were shuffled: any rung above the first is chance")
    return replace(collection, y=collection.y[order], notices=(*collection.notices, notice))


def _climb(
    problem: Problem, families: Sequence[Family], observer: Observer
) -> tuple[RungResult, ...]:
    plan = [
        (family, name)
        for family in families
        for name in (problem.collection.X if family.needs_input else [""])
    ]
    rows_planned = [(family.name, name) for family, name in plan]
    require_climb_memory(problem, rows_planned)
    observer.planned(rows_planned)
    expected = [
        0.0 if kept_rung(family, problem, name) else family.seconds(problem, name)
        for family, name in plan
    ]
    whole, rows = sum(expected) or 1.0, []
    for i, (family, name) in enumerate(plan):
        before = sum(expected[:i])

        def report(
            fraction: float,
            doing: str,
            i: int = i,
            before: float = before,
            row: tuple[str, str] = (family.name, name),
        ) -> None:
            total = (before + fraction * expected[i]) / whole
            observer.progressed(*row, fraction, doing, total)

        report(0.0, "starting")
        rows.append(run_rung(family, problem, name, report))
        observer.finished(rows[-1], (before + expected[i]) / whole)
    return tuple(rows)


def _winner(
    problem: Problem, families: Sequence[Family], rows: Sequence[RungResult], rung: str, input: str
) -> Network | None:
    """Train the winner's commonest setting on every row."""
    family = next(f for f in families if f.name == rung)
    row = next(r for r in rows if (r.rung, r.input) == (rung, input))
    if not family.needs_input:
        return None
    everything = np.arange(problem.collection.n_samples)
    candidate = family.candidates(problem, input)[row.choice]
    fit = Fit(candidate, everything, everything[:1])
    network = fit_kept(family, problem, input, [fit], lambda fraction: None)[0].network
    names = problem.collection.feature_names.get(input, ())
    if network is not None and names:
        network = replace(network, input_names=tuple(names))
    return network
