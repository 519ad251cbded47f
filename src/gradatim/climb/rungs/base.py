"""What all rungs share: candidates are judged inside the training folds, the chosen one is scored.

Conventions: a *candidate* is one setting of a family's hyperparameters, simplest first; a *fit*
is one candidate learnt from some rows and applied to others. Rows that are scored are never
among those that a candidate was learnt from or chosen on.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.result import RungResult
from gradatim.climb.rungs.checkpoint import (
    find_fits,
    find_rung,
    fit_keys,
    keep_fit,
    keep_rung,
    rung_key,
)
from gradatim.climb.rungs.fits import Fit, Fitted
from gradatim.climb.statistics import mean_posterior

__all__ = ["Family", "Fit", "Fitted", "Report", "fit_kept", "kept_rung", "run_rung"]

Report = Callable[[float, str], None]


class Family(ABC):
    """A kind of model: its candidates, and how they are fitted."""

    name: str
    needs_input: bool = True
    thorough: bool = True
    tasks: tuple[str, ...] = ("classification", "multilabel", "regression")
    trains_networks: bool = False

    @abstractmethod
    def candidates(self, problem: Problem, input: str) -> Sequence[Any]:
        """List the settings to choose from, simplest first."""

    @abstractmethod
    def describe(self, candidate: Any) -> str:
        """Put a candidate into a few words."""

    @abstractmethod
    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Carry out fits; `report` hears the finished share, in [0, 1]."""

    @abstractmethod
    def seconds(self, problem: Problem, input: str) -> float:
        """Guess the time of the whole rung on two cores, for the estimate of time left."""


def run_rung(family: Family, problem: Problem, input: str, report: Report) -> RungResult:
    """Choose inside the training folds, fit on them, and score on the held-out ones."""
    kept = kept_rung(family, problem, input)
    if kept is None:
        kept = _run_rung(family, problem, input, report)
        if problem.store is not None:
            keep_rung(problem, _rung_key(family, problem, input), kept)
    return kept


def kept_rung(family: Family, problem: Problem, input: str) -> RungResult | None:
    """Return the row of the ladder if an earlier climb has left it in the store."""
    if problem.store is None:
        return None
    return find_rung(problem, _rung_key(family, problem, input))


def _rung_key(family: Family, problem: Problem, input: str) -> str:
    return rung_key(problem, family.name, input, family.candidates(problem, input))


def fit_kept(
    family: Family,
    problem: Problem,
    input: str,
    fits: Sequence[Fit],
    report: Callable[[float], None],
) -> list[Fitted]:
    """Carry out the fits that the store does not have, and keep each as soon as it is there."""
    if problem.store is None or family.trains_networks:
        return family.fit(problem, input, fits, report)
    keys = fit_keys(problem, family.name, input, fits)
    found = find_fits(problem, keys)
    missing = [i for i in range(len(fits)) if i not in found]
    if missing:
        watched = [replace(fits[i], keep=partial(keep_fit, problem, keys[i])) for i in missing]
        share = len(missing) / len(fits)
        fresh = family.fit(problem, input, watched, lambda f: report(1.0 - share + share * f))
        found |= zip(missing, fresh, strict=True)
    return [found[i] for i in range(len(fits))]


def _run_rung(family: Family, problem: Problem, input: str, report: Report) -> RungResult:
    start = time.perf_counter()
    candidates = list(family.candidates(problem, input))
    share = _choosing_share(family, problem, len(candidates))
    chosen = _choose(family, problem, input, candidates, lambda f: report(f * share, "choosing"))
    folds = problem.folds
    fits = [
        Fit(candidates[c], folds.rows_without(r, k), folds.rows(r, k))
        for (r, k), c in zip(folds.outer, chosen, strict=True)
    ]
    fitted = fit_kept(
        family, problem, input, fits, lambda f: report(share + f * (1 - share), "training")
    )
    scores = np.array([problem.score(m.outputs, f.test) for m, f in zip(fitted, fits, strict=True)])
    return RungResult(
        rung=family.name,
        input=input,
        model=_describe_choice(family, candidates, chosen),
        n_parameters=max(m.n_parameters for m in fitted),
        fold_scores=scores,
        interval=mean_posterior(scores, folds.folds).interval(),
        seconds=time.perf_counter() - start,
        predictions=_gather(problem, fits, fitted),
        curves=tuple(m.curve for m in fitted[: folds.folds] if m.curve is not None),
        choice=_commonest(chosen),
    )


def _choosing_share(family: Family, problem: Problem, n_candidates: int) -> float:
    """Share of the fits that serve only to choose."""
    if n_candidates == 1:
        return 0.0
    folds = problem.folds
    n = len(folds.pairs(family.thorough)) * folds.repeats * n_candidates
    return n / (n + len(folds.outer))


def _choose(
    family: Family,
    problem: Problem,
    input: str,
    candidates: Sequence[Any],
    report: Callable[[float], None],
) -> list[int]:
    """Choose a candidate for every outer fold on other folds of its repeat."""
    folds = problem.folds
    if len(candidates) == 1:
        return [0] * len(folds.outer)
    pairs = folds.pairs(family.thorough)
    fits = [
        Fit(candidate, folds.rows_without(r, i, j), folds.rows(r, i, j))
        for r in range(folds.repeats)
        for i, j in pairs
        for candidate in candidates
    ]
    outputs = iter(fit_kept(family, problem, input, fits, report))
    total = np.zeros((folds.repeats, folds.folds, len(candidates)))
    for r in range(folds.repeats):
        for i, j in pairs:
            fold = folds.fold_of[r, folds.rows(r, i, j)]
            rows = folds.rows(r, i, j)
            for c in range(len(candidates)):
                out = next(outputs).outputs
                for outer, judge in ((i, j), (j, i)):
                    mine = fold == judge
                    total[r, outer, c] += problem.score(out[mine], rows[mine])
    counts = np.bincount(np.ravel(pairs), minlength=folds.folds)
    # argmax takes the first, simplest, of equally good candidates
    return [int(np.argmax(total[r, k] / counts[k])) for r, k in folds.outer]


def _commonest(chosen: Sequence[int]) -> int:
    counts = Counter(chosen)
    return min(counts, key=lambda c: (-counts[c], c))


def _describe_choice(family: Family, candidates: Sequence[Any], chosen: Sequence[int]) -> str:
    best = _commonest(chosen)
    text = family.describe(candidates[best])
    n = sum(c == best for c in chosen)
    return text if n == len(chosen) else f"{text} ({n} of {len(chosen)} folds)"


def _gather(problem: Problem, fits: Sequence[Fit], fitted: Sequence[Fitted]) -> np.ndarray:
    """Put the held-out predictions of each repeat back into the order of the rows."""
    y = problem.collection.y
    predictions = np.empty((problem.folds.repeats, *y.shape), dtype=y.dtype)
    for (r, _), fit, model in zip(problem.folds.outer, fits, fitted, strict=True):
        predictions[r, fit.test] = problem.decide(model.outputs)
    return predictions
