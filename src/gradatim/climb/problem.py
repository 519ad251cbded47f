"""The problem that every rung is set: rows, targets, folds, and how predictions are scored.

Conventions: *outputs* are (n_rows, n_outputs) as `gradatim.training.targets.Targets` reads them:
one column a class (one in all for two classes), one a label, or one a target; scores are larger
for better predictions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from sklearn.metrics import r2_score

from gradatim.climb.axes import principal_axes
from gradatim.climb.protocol import Folds
from gradatim.collection import Collection
from gradatim.scalers import fit_scaler
from gradatim.training.store import Store
from gradatim.training.targets import Targets

__all__ = ["METRICS", "Problem"]

#: Metric by task; label accuracy is one minus the Hamming loss.
METRICS = {"classification": "accuracy", "multilabel": "label_accuracy", "regression": "r2"}


@dataclass(frozen=True, eq=False)
class Problem:
    """What a climb asks of every rung."""

    collection: Collection  # Rows and targets
    folds: Folds  # The splits
    seed: int  # Seed of everything random
    n_jobs: int  # Threads
    store: Store | None = None  # Where finished work is kept and looked up
    max_nets: int | None = None  # Networks trained at once
    # How the networks of the shallow and deep rungs are trained; see `gradatim.training.recipes`
    preset: str = "quick"

    _axes: dict[tuple[str, bytes], tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def task(self) -> str:
        """Task of the collection."""
        return self.collection.task

    @cached_property
    def digest(self) -> str:
        """What all work on the problem depends on: rows, targets, groups, task and seed."""
        return f"{self.collection.sha256} {self.task} {self.seed}"

    @cached_property
    def targets(self) -> Targets:
        """Targets of all rows."""
        kind = "regression" if self.task == "regression" else "classification"
        return Targets.from_y(self.collection.y, kind)

    def scaled(self, input: str, rows: np.ndarray, method: str) -> np.ndarray:
        """Scale an input by what is learnt from some rows alone."""
        X = self.collection.X[input]
        return fit_scaler(X[rows], method).transform(X)

    def axes(self, input: str, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the principal axes of some rows of an input, standardized on them.

        They are kept, since the linear and the logistic rung want the same ones.
        """
        key = (input, rows.tobytes())
        if key not in self._axes:
            self._axes[key] = principal_axes(self.scaled(input, rows, "standard")[rows])
        return self._axes[key]

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into labels, 0/1 indicators or real values."""
        return self.targets.decide(outputs)

    def score(self, outputs: np.ndarray, rows: np.ndarray) -> float:
        """Score the outputs for some rows with the protocol's metric."""
        y_true, y_pred = self.collection.y[rows], self.decide(outputs)
        if self.task == "regression":
            return float(r2_score(y_true, y_pred))
        return float(np.mean(y_true == y_pred))
