"""The ladder of a climb, written by hand with the peers.

Conventions: the same folds, the same candidates in the same order, judged on the same pairs of
folds by the same number of fits, and as many networks averaged, for as many epochs, as the rungs of
`gradatim.climb` ask for. Classification only.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module

from joblib import delayed

from benchmarks.grid_search import climb_rung
from benchmarks.peer_rung import PeerRung, specs_of
from benchmarks.peers import has_torch, one_thread_each, run_parallel
from benchmarks.torch_ladder import climb_rung_with_torch
from gradatim.climb.task import ClimbTask
from gradatim.models.families.base import Family
from gradatim.models.families.registry import FAMILIES

__all__ = ["climb_ladder", "ladder_rows", "start_workers"]


def climb_ladder(
    problem: ClimbTask, rungs: Sequence[str], *, torch: bool = False
) -> list[PeerRung]:
    """Climb with scikit-learn.

    Parameters
    ----------
    problem : ClimbTask
        Rows, classes and folds.
    rungs : sequence of str
        Names of the rungs.
    torch : bool, default False
        Whether networks are trained by PyTorch, by the climb's own recipe, instead of by
        `MLPClassifier`, which has no such settings, with the recipe's widths, rates and epochs.

    Returns
    -------
    list of PeerRung
        In the order of the climb's ladder.
    """
    with one_thread_each(problem.n_jobs):
        return [
            climb_rung_with_torch(problem, family, name)
            if torch and specs_of(problem, family)
            else climb_rung(problem, family, name)
            for family, name in ladder_rows(problem, rungs)
        ]


def ladder_rows(problem: ClimbTask, rungs: Sequence[str]) -> list[tuple[Family, str]]:
    """List the rows of the climb's ladder.

    Parameters
    ----------
    problem : ClimbTask
        What is climbed.
    rungs : sequence of str
        Names of the rungs.

    Returns
    -------
    list of (Family, str)
        Rung and input, in order; the input is empty for a rung that reads none.
    """
    families = [family for family in FAMILIES.values() if family.name in rungs]
    return [
        (f, name) for f in families for name in (problem.collection.X if f.needs_input else [""])
    ]


def start_workers(n_jobs: int) -> None:
    """Start the worker processes and let them import the peers, which is not to be timed.

    Parameters
    ----------
    n_jobs : int
        Worker processes.
    """
    names = ["benchmarks.grid_search", *(["torch"] if has_torch() else [])]
    with one_thread_each(n_jobs):
        run_parallel(delayed(_import_all)(names) for _ in range(2 * n_jobs))


def _import_all(names: Sequence[str]) -> None:
    for name in names:
        import_module(name)
    time.sleep(0.2)  # so that no worker takes the calls of another
