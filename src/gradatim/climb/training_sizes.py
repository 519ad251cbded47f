"""How the winner's score grows with what it learns from: parts of the training rows of each fold.

Conventions: parts are of whole groups (rows, where there are none), take the same share of each
class, and each holds the one before; what is held out stays the same, and so does the setting that
was chosen for the fold on all its training rows. Folds are those of the first repeat.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradatim._progress import Progress
from gradatim.climb.result import RungResult
from gradatim.climb.rung import HeldOut, fit_all, pooled_score, said_of, score_rung
from gradatim.climb.sensitivity import TrainingSize
from gradatim.climb.task import ClimbTask
from gradatim.evaluation.evidence import degrees_of_freedom, difference_bounds
from gradatim.evaluation.metrics import METRICS
from gradatim.models.families.base import Family, Fit

#: Shares of the training rows; the last is all of them, which have been learnt from already.
SHARES = (0.25, 0.5, 1.0)


def measure_sizes(
    task: ClimbTask, family: Family, row: RungResult, progress: Progress
) -> tuple[TrainingSize, ...]:
    """Train on parts of what each fold learns from, and score; `task` is that of one repeat."""
    X, folds = task.collection.X[row.input], task.folds
    candidates = list(family.candidates(task, row.input))
    chosen = [candidates[c] for c in row.choices[: len(folds.outer)]]
    learnt = [folds.rows_without(r, k) for r, k in folds.outer]
    held_out = HeldOut(X, [folds.rows(r, k) for r, k in folds.outer])
    parts = [[part_of(task, rows, share) for rows in learnt] for share in SHARES]
    fits = [
        Fit(candidate, rows, rows[:0])
        for part in parts[:-1]
        for candidate, rows in zip(chosen, part, strict=True)
    ]
    models = iter(fit_all(family, task, row.input, fits, progress))
    said = []
    for part in parts[:-1]:
        predictions, outputs = said_of(task, [next(models).model for _ in part], held_out)
        said.append(replace(row, predictions=predictions, outputs=outputs))
    first = None if row.outputs is None else row.outputs[:1]
    said.append(replace(row, predictions=row.predictions[:1], outputs=first))
    return tuple(_sizes(task, parts, said))


def part_of(task: ClimbTask, rows: np.ndarray, share: float) -> np.ndarray:
    """Return a share of some rows, ascending: whole groups, and of each class alike.

    A larger share of the same rows holds a smaller one; each class keeps a group at least.
    """
    if share >= 1.0:
        return rows
    collection = task.collection
    groups = np.arange(collection.n_samples) if collection.groups is None else collection.groups
    names, first, unit = np.unique(groups[rows], return_index=True, return_inverse=True)
    kinds = np.zeros(len(names), dtype=int)
    if task.task == "classification":
        # Of a group of several classes, that of its first row.
        kinds = task.codes[rows][first]
    order = np.random.default_rng([task.seed, len(rows), int(rows[0])]).permutation(len(names))
    chosen = np.zeros(len(names), dtype=bool)
    for kind in np.unique(kinds):
        mine = order[kinds[order] == kind]
        chosen[mine[: max(1, math.ceil(share * len(mine) - 1e-9))]] = True
    return rows[chosen[unit]]


def _sizes(
    task: ClimbTask, parts: Sequence[Sequence[np.ndarray]], said: Sequence[RungResult]
) -> list[TrainingSize]:
    groups, sign = task.collection.groups, METRICS[task.metric].sign
    df = degrees_of_freedom(task.units.sizes)
    found, before = [], None
    for part, row in zip(parts, said, strict=True):
        scored, pooled = score_rung(task, row), pooled_score(task, row)
        gain, ends = math.nan, (math.nan, math.nan)
        if before is not None:
            gain = sign * (pooled.value - before.value)
            away = sign * (pooled.without - before.without)
            ends = difference_bounds(gain, away, df)
        before = pooled
        n_groups = None
        if groups is not None:
            n_groups = float(np.mean([len(np.unique(groups[rows])) for rows in part]))
        n_samples = float(np.mean([len(rows) for rows in part]))
        size = TrainingSize(n_samples, n_groups, scored.mean, scored.interval, gain, ends)
        found.append(size)
    return found
