"""Permutation importance of the winner's inputs, by the models of the folds on held-out rows.

Conventions: the models are those that made the scores of the first repeat; a feature is shuffled
among the held-out rows of each fold [1]_. A drop is how much worse the score gets, in the metric's
own unit. What is done is bounded by multiplications, not by time, so the result is the same on
every machine.

References
----------
.. [1] L. Breiman, "Random forests", Machine Learning 45, pp. 5-32, 2001.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import takewhile

import numpy as np

from gradatim._progress import silent
from gradatim.climb.memory import FOLD_MODEL_BYTES
from gradatim.climb.result import RungResult
from gradatim.climb.rung import HeldOut, fit_all, pooled_score, said_of
from gradatim.climb.sensitivity import FeatureDrop, Importance
from gradatim.climb.task import ClimbTask
from gradatim.evaluation.evidence import degrees_of_freedom, difference_bounds
from gradatim.evaluation.metrics import METRICS
from gradatim.evaluation.scores import Pooled
from gradatim.models.families.base import Fit
from gradatim.models.families.registry import FAMILIES
from gradatim.models.model import Model
from gradatim.models.records import learner_bytes

__all__ = ["FoldModels", "first_repeat", "group_features", "importance_of", "measure_importance"]

# Multiplications in all, about half a second on one core
_BUDGET = 2e10
# What scoring some predictions of a row costs, in multiplications
_A_ROW = 5e4
_MOST_SHUFFLES = 5
# More features are shown in groups only, of which there are at most as many as these.
_MOST_FEATURES, _MOST_GROUPS, _BLOCKS = 100, 40, (20, 10, 5)

_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LAST_FIELD = re.compile(r"[\W_]+$|(?<=[\W_])[^\W_]*$")


def first_repeat(task: ClimbTask) -> ClimbTask:
    """Return the task with the folds of its first repeat alone."""
    return replace(task, folds=replace(task.folds, fold_of=task.folds.fold_of[:1]))


class FoldModels:
    """Models of the first repeat of each rung, as far as they take little memory."""

    def __init__(self, folds: int) -> None:
        self.folds, self.left = folds, FOLD_MODEL_BYTES
        self.models: dict[tuple[str, str], list[Model]] = {}

    def keep(self, pair: tuple[str, str], models: list[Model]) -> None:
        """Keep the models of a rung, or none of them if they take too much."""
        first = models[: self.folds]
        size = sum(learner_bytes(model.learner) for model in first)
        if size <= self.left:
            self.left -= size
            self.models[pair] = first


def importance_of(
    task: ClimbTask, rows: Sequence[RungResult], pair: tuple[str, str], kept: FoldModels
) -> Importance | None:
    """Measure which inputs a rung goes by; None where its models would have to be trained anew."""
    family, once = FAMILIES[pair[0]], first_repeat(task)
    row = next(row for row in rows if (row.rung, row.input) == pair)
    if not family.needs_input or not math.isfinite(row.mean):
        return None
    models = kept.models.get(pair)
    if models is None and task.store is not None:
        # The store has what an interrupted climb has trained.
        candidates, folds = list(family.candidates(task, row.input)), once.folds
        fits = [
            Fit(candidates[c], folds.rows_without(r, k), folds.rows(r, k)[:0])
            for (r, k), c in zip(folds.outer, row.choices, strict=False)
        ]
        models = [one.model for one in fit_all(family, once, row.input, fits, silent)]
    return None if models is None else measure_importance(once, row, models)


def measure_importance(
    task: ClimbTask, row: RungResult, models: Sequence[Model]
) -> Importance | None:
    """Shuffle features, and groups of them; None where even one shuffle of each costs too much.

    `task` is that of one repeat, `models` are its folds' in order.
    """
    X = task.collection.X[row.input]
    names = list(task.collection.feature_names.get(row.input, ()))
    names = names or [f"column {j + 1}" for j in range(X.shape[1])]
    alone = [(name, [j]) for j, name in enumerate(names)]
    groups = group_features(names)
    a_pass = len(task.folds.scored) * _a_row(row, X.shape[1])
    affordable = _BUDGET / a_pass
    if len(names) > _MOST_FEATURES or len(alone) + len(groups) > affordable:
        alone = []
        for n_blocks in _BLOCKS:
            if not groups or len(groups) > affordable:
                groups = _blocks(names, n_blocks)
    n_passes = len(groups) + len(alone)
    if n_passes > affordable:
        return None
    n_shuffles = int(min(_MOST_SHUFFLES, affordable // n_passes))
    shuffled = _Shuffled(task, row, models, n_shuffles)
    with ThreadPoolExecutor(task.n_jobs) as pool:
        features = tuple(pool.map(lambda one: shuffled.drop(*one), alone))
        together = tuple(pool.map(shuffled.drop, groups, groups.values()))
    return Importance(shuffled.base.value, n_shuffles, features, together)


def _a_row(row: RungResult, n_features: int) -> float:
    """Say about how many multiplications it takes to predict and score a row."""
    # A kernel machine compares a row with its support vectors, feature by feature; the others'
    # layers are applied in double precision, with exponentials.
    return _A_ROW + row.n_parameters * (max(n_features // 2, 8) if row.rung == "kernel" else 8)


def group_features(names: Sequence[str]) -> dict[str, list[int]]:
    """Put features together whose names begin with one word; nothing where that is no help.

    Examples
    --------
    >>> group_features(["mfcc_1_mean", "mfcc_2_mean", "zero_rate_mean", "zero_rate_std"])
    {'mfcc': [0, 1], 'zero_rate': [2, 3]}
    """
    found: dict[str, list[int]] = {}
    for j, name in enumerate(names):
        word = _FIRST_WORD.match(name)
        found.setdefault(word[0] if word else name, []).append(j)
    if 2 <= len(found) <= _MOST_GROUPS and len(found) < len(names):
        common = {_common([names[j] for j in columns]): columns for columns in found.values()}
        return common if len(common) == len(found) else found
    return {}


def _blocks(names: Sequence[str], n_blocks: int) -> dict[str, list[int]]:
    """Put neighbors together, in the order of the input."""
    split = np.array_split(np.arange(len(names)), min(n_blocks, len(names)))
    blocks: list[list[int]] = [block.tolist() for block in split]
    return {names[b[0]] if len(b) == 1 else f"{names[b[0]]} to {names[b[-1]]}": b for b in blocks}


def _common(names: Sequence[str]) -> str:
    """Return what names begin with, up to the end of a word."""
    if len(names) == 1:
        return names[0]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    start = "".join(letters[0] for letters in alike)
    whole = start if start in names else _LAST_FIELD.sub("", start)
    word = _FIRST_WORD.match(names[0])
    return whole.rstrip("_-. ") or (word[0] if word else names[0])


class _Shuffled:
    """Scores with some columns shuffled, against those without."""

    def __init__(
        self, task: ClimbTask, row: RungResult, models: Sequence[Model], n_shuffles: int
    ) -> None:
        X, folds = task.collection.X[row.input], task.folds
        self.task, self.row, self.models, self.n_shuffles = task, row, models, n_shuffles
        self.held_out = HeldOut(X, [folds.rows(r, k) for r, k in folds.outer])
        self.base = self._score([self.held_out])

    def _score(self, asked: Iterable[Sequence[np.ndarray]]) -> Pooled:
        """Average scores over what was asked."""
        found = []
        for inputs in asked:
            predictions, outputs = said_of(self.task, self.models, inputs)
            said = replace(self.row, predictions=predictions, outputs=outputs)
            found.append(pooled_score(self.task, said))
        value = float(np.mean([one.value for one in found]))
        return Pooled(value, np.mean([one.without for one in found], axis=0))

    def drop(self, name: str, columns: list[int]) -> FeatureDrop:
        rng = np.random.default_rng([self.task.seed, *columns[:1], len(columns)])

        asked = [self.held_out.shuffled(columns, rng) for _ in range(self.n_shuffles)]
        after, sign = self._score(asked), METRICS[self.task.metric].sign
        drop = sign * (self.base.value - after.value)
        away = sign * (self.base.without - after.without)
        ends = difference_bounds(drop, away, degrees_of_freedom(self.task.units.sizes))
        return FeatureDrop(name, len(columns), drop, ends)
