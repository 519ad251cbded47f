"""What a climb asks of every rung: a training set, and the folds on which rungs are scored.

Conventions: *outputs* are those of `gradatim.models.Model.outputs`; a unit is what is independent,
a group, or a sample where there are none. Candidates are judged by scores that are larger for
better ones, losses with a minus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gradatim.evaluation.folds import Folds
from gradatim.evaluation.metrics import METRICS, Truth
from gradatim.evaluation.scores import score
from gradatim.models.families.base import Family
from gradatim.models.training_set import Plan, TrainingSet

#: By task: what candidates are judged by where the metric is undefined.
_PLAIN = {"classification": "accuracy", "multilabel": "hamming", "regression": "rmse"}


@dataclass(frozen=True, eq=False)
class Units:
    """What is independent: groups, or samples."""

    codes: np.ndarray  # (n_samples,): Number of each row's unit
    sizes: np.ndarray  # (G,): Rows of each unit, or rows of one weight that it is worth
    grouped: bool
    names: tuple[str, ...] = ()  # Of groups

    @property
    def noun(self) -> str:
        """What a unit is called."""
        return "group" if self.grouped else "sample"

    @classmethod
    def of(
        cls, groups: np.ndarray | None, n_samples: int, weights: np.ndarray | None = None
    ) -> Units:
        """Tell units by their groups, or rows where there are none.

        Rows of different `weights` (n_samples,) are worth fewer rows of one weight [1]_.

        References
        ----------
        .. [1] L. Kish, "Survey sampling", Wiley, 1965.
        """
        codes, names = np.arange(n_samples), ()
        if groups is not None:
            names, codes = np.unique(groups, return_inverse=True)
        sizes = np.bincount(codes, weights)
        if weights is not None:
            sizes = sizes * weights.sum() / (weights**2).sum()
        return cls(codes, sizes, groups is not None, tuple(map(str, names)))


@dataclass(frozen=True, eq=False)
class ClimbTask(TrainingSet):
    """A training set with the folds of a climb."""

    folds: Folds = field(kw_only=True)  # The splits
    metric: str = field(kw_only=True, default="accuracy")  # What rungs are scored by

    @cached_property
    def truth(self) -> Truth:
        """What is right for every row."""
        return Truth.of(self.collection)

    @cached_property
    def scored(self) -> Truth:
        """What is right for the rows that are scored."""
        return self.truth.take(self.folds.scored)

    @cached_property
    def units(self) -> Units:
        """What is independent among the rows that are scored."""
        groups, rows = self.collection.groups, self.folds.scored
        groups = None if groups is None else groups[rows]
        return Units.of(groups, len(rows), self.scored.weights)

    @property
    def keeps_outputs(self) -> bool:
        """Whether scores read more than predictions."""
        return self.task == "multilabel" or METRICS[self.metric].reads != "predictions"

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into labels, 0/1 indicators or real values."""
        return self.targets.decide(outputs)

    def judge(self, outputs: np.ndarray, rows: np.ndarray) -> float:
        """Judge a candidate by its outputs for some rows: larger is better, never NaN."""
        truth, said = self.truth.take(rows), self.decide(outputs)
        for name in (self.metric, _PLAIN[self.task]):
            value = METRICS[name].sign * score(name, truth, said, outputs)
            if math.isfinite(value):
                return value
        return 0.0

    def plan(self, family: Family) -> Plan:
        """Count the fits of a rung."""
        folds = self.folds
        n_train = self.collection.n_samples * (folds.folds - 1) // folds.folds
        if folds.fixed:
            n_train = self.collection.n_samples - len(folds.scored)
        n_choosing = folds.repeats * len(folds.pairs(family.thorough))
        return Plan(folds.repeats * folds.folds, n_choosing, n_train)
