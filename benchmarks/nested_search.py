"""The ladder as it is usually written: nested cross-validation by scikit-learn's GridSearchCV.

Conventions: the climb's outer folds, widths and rates; for each outer fold GridSearchCV judges
every candidate on each of the other folds of the repeat and fits the best again on all of them,
which is scored. Models and pipelines are those of `benchmarks.grid_search`; of the two recipes
of networks, which the climb averages, the better one is chosen. A call climbs some of the outer
folds, another call the next.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.model_selection import GridSearchCV

from benchmarks.grid_search import make_models, make_pipeline
from benchmarks.ladder import ladder_rows
from benchmarks.peer_rung import PeerRung
from benchmarks.peers import one_thread_each
from gradatim.climb.task import ClimbTask
from gradatim.models.families.base import Family

__all__ = ["NestedLadder"]


class NestedLadder:
    """Climbs a share of the outer folds per call, so that rounds of it are not too long.

    Parameters
    ----------
    problem : ClimbTask
        Rows, classes and folds.
    rungs : sequence of str
        Names of the rungs.
    n_shares : int, default 10
        Calls that climb all outer folds once.

    Attributes
    ----------
    outer : list of (int, int)
        Outer folds that have been climbed, as (repeat, fold).
    """

    def __init__(self, problem: ClimbTask, rungs: Sequence[str], n_shares: int = 10) -> None:
        self.problem, self.rows = problem, ladder_rows(problem, rungs)
        self.outer: list[tuple[int, int]] = []
        self._found: dict[tuple[str, str], PeerRung] = {}
        self._size = -(-len(problem.folds.outer) // n_shares)

    @property
    def factor(self) -> float:
        """What the time of a call is multiplied with: all outer folds against those of a call."""
        return len(self.problem.folds.outer) / self._size

    def __call__(self) -> list[PeerRung]:
        """Climb the next outer folds.

        Returns
        -------
        list of PeerRung
            The ladder: scores of all outer folds climbed so far, and the seconds that a climb
            of all would take.
        """
        every = self.problem.folds.outer
        start = len(self.outer)
        mine = [every[(start + i) % len(every)] for i in range(self._size)]
        with one_thread_each(self.problem.n_jobs):
            for family, name in self.rows:
                self._add(family, name, mine)
        self.outer += mine
        calls = len(self.outer) / self._size
        return [
            replace(rung, seconds=rung.seconds * self.factor / calls)
            for rung in self._found.values()
        ]

    def _add(self, family: Family, name: str, outer: Sequence[tuple[int, int]]) -> None:
        start = time.perf_counter()
        scores, n_fits = [], 0
        for fold in outer:
            score, fits = self._climb(family, name, fold)
            scores.append(score)
            n_fits += fits
        before = self._found.get((family.name, name))
        self._found[family.name, name] = PeerRung(
            rung=family.name,
            input=name,
            seconds=time.perf_counter() - start + (before.seconds if before else 0.0),
            scores=(*(before.scores if before else ()), *scores),
            choosing=n_fits + (before.choosing if before else 0),
            training=len(scores) + (before.training if before else 0),
        )

    def _climb(self, family: Family, name: str, fold: tuple[int, int]) -> tuple[float, int]:
        """Return the accuracy on an outer fold, and how many fits judged candidates for it."""
        problem, (r, k) = self.problem, fold
        collection, folds = problem.collection, problem.folds
        train, test = folds.rows_without(r, k), folds.rows(r, k)
        X = collection.X[name] if name else np.zeros((collection.n_samples, 1))
        candidates = list(family.candidates(problem, name))
        # Networks: the recipes that the climb averages are what is chosen from.
        models = [
            model
            for candidate in candidates
            for model in make_models(problem, family, candidate, name, len(train))[:2]
        ]
        inner = folds.fold_of[r, train]
        splits = [
            (np.flatnonzero(inner != j), np.flatnonzero(inner == j)) for j in np.unique(inner)
        ]
        search = GridSearchCV(
            make_pipeline(models[0]), [{"model": [model]} for model in models], cv=splits
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            search.fit(X[train], collection.y[train])
        score = float(np.mean(search.predict(X[test]) == collection.y[test]))
        return score, len(models) * len(splits)
