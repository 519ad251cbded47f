"""What a climb asks of every rung: a training set, and the folds on which rungs are scored.

Conventions: *outputs* are those of `gradatim.models.Model.outputs`; scores are larger for better
predictions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradatim.evaluation.folds import Folds
from gradatim.evaluation.scores import score
from gradatim.models.families.base import Family
from gradatim.models.training_set import Plan, TrainingSet

__all__ = ["ClimbTask"]


@dataclass(frozen=True, eq=False)
class ClimbTask(TrainingSet):
    """A training set with the folds of a climb."""

    folds: Folds = field(kw_only=True)  # The splits

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into labels, 0/1 indicators or real values."""
        return self.targets.decide(outputs)

    def score(self, outputs: np.ndarray, rows: np.ndarray) -> float:
        """Score the outputs for some rows with the protocol's metric."""
        return score(self.task, self.collection.y[rows], self.decide(outputs))

    def plan(self, family: Family) -> Plan:
        """Count the fits of a rung."""
        folds = self.folds
        n_train = self.collection.n_samples * (folds.folds - 1) // folds.folds
        n_choosing = folds.repeats * len(folds.pairs(family.thorough))
        return Plan(folds.repeats * folds.folds, n_choosing, n_train)
