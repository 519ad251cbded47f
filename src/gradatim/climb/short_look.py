"""A short look before a long climb: what some of the samples show, told first.

Conventions: the samples are whole groups, of each class alike, and are climbed by the preset
``quick`` in three folds, once. What they show is no part of the verdict, which is that of all
samples; nothing that is learnt here is used there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradatim.climb.observer import Observer
from gradatim.climb.result import EvaluationProtocol, RungResult, ShortLook
from gradatim.climb.running import expected_seconds, plan_of, run_ladder
from gradatim.climb.task import ClimbTask
from gradatim.climb.training_sizes import part_of
from gradatim.climb.verdict import decide
from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.folds import make_folds
from gradatim.evaluation.groups import without_lonely_classes
from gradatim.models.families.base import Family

#: Samples beyond which a short look is taken, and about how many it takes.
LOOK_FROM, LOOK_ROWS = 20_000, 5_000

_FOLDS = 3


class _ShareOfWork(Observer):
    """Tells an observer of a part of the work, [start, stop] of the whole."""

    def __init__(self, observer: Observer, start: float, stop: float) -> None:
        self._observer, self._start, self._stop = observer, start, stop

    def _of_all(self, total: float) -> float:
        return self._start + (self._stop - self._start) * total

    def planned(self, rows: Sequence[tuple[str, str]]) -> None:
        self._observer.planned(rows)

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        self._observer.progressed(rung, input, fraction, doing, self._of_all(total))

    def finished(self, result: RungResult, total: float) -> None:
        self._observer.finished(result, self._of_all(total))


class _LookObserver(_ShareOfWork):
    """Tells an observer of a short look, of which no rung counts as finished."""

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        super().progressed(rung, input, fraction, f"short look, {doing}", total)

    def finished(self, result: RungResult, total: float) -> None:
        self.progressed(result.rung, result.input, 1.0, "done", total)


def look_first(
    task: ClimbTask, families: Sequence[Family], protocol: EvaluationProtocol, observer: Observer
) -> tuple[ShortLook | None, Observer]:
    """Take a short look if there are samples enough; return it, and who hears the rest."""
    few = _few(task)
    if few is None:
        return None, observer
    start = time.perf_counter()
    ladder = [family for family in families if not family.reference]
    looking, whole = (
        sum(expected_seconds(one, plan_of(one, climbed)))
        for one, climbed in ((few, ladder), (task, families))
    )
    share = looking / max(looking + whole, 1e-9)
    rows = run_ladder(few, ladder, _LookObserver(observer, 0.0, share))
    told = replace(protocol, folds=few.folds.folds, repeats=few.folds.repeats, preset="quick")
    groups = few.collection.groups
    look = ShortLook(
        n_samples=few.collection.n_samples,
        n_groups=None if groups is None else len(np.unique(groups)),
        n_all=task.collection.n_samples,
        folds=few.folds.folds,
        rungs=rows,
        verdict=decide(rows, told, few.scored, few.units),
        seconds=time.perf_counter() - start,
    )
    observer.looked(look)
    return look, _ShareOfWork(observer, share, 1.0)


def _few(task: ClimbTask) -> ClimbTask | None:
    """Return the task of some of the samples; None where they are no collection to climb on."""
    n = task.collection.n_samples
    if n <= LOOK_FROM:
        return None
    rows = part_of(task, np.arange(n), LOOK_ROWS / n)
    if len(rows) > 2 * LOOK_ROWS:
        # Groups are so large that whole ones of each class are most of the samples.
        return None
    try:
        collection = without_lonely_classes(task.collection.take(rows))
        folds = make_folds(collection, _FOLDS, 1, task.seed)
    except (LabelError, SpecError):
        return None
    return replace(task, collection=collection, folds=folds, preset="quick")
