"""A training set: a collection as families learn from it, with what all of them share.

Conventions: *rows* are indices into the collection; scalers and axes are learnt from the rows
that a fit learns from and from no others. *Outputs* are (n_rows, n_outputs) as
`gradatim.training.targets.Targets` reads them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradatim._digest import short_hash
from gradatim.collection import Collection
from gradatim.executors.cluster import Cluster
from gradatim.models.axes import principal_axes
from gradatim.scalers import Scaler, fit_scaler
from gradatim.training.store import Store
from gradatim.training.targets import Targets


@dataclass(frozen=True)
class Plan:
    """How many fits a rung is going to need, for estimates of time and memory."""

    n_scored: int  # Splits whose held-out rows are scored
    n_choosing: int  # Splits on which candidates are judged, if there are several
    n_train: int  # Rows that a fit learns from


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """A collection, and how families are to learn from it."""

    collection: Collection
    seed: int = 0  # Seed of everything random
    n_jobs: int = 1  # Threads
    store: Store | None = None  # Where finished work is kept and looked up
    max_nets: int | None = None  # Networks trained at once
    # How the networks of the shallow and deep rungs are trained; see `gradatim.training.recipes`
    preset: str = "quick"
    engine: str = "auto"  # What trains them
    cluster: Cluster | None = None  # Where fits are carried out; None: here

    # What served to choose, by input, candidate and rows; the rungs of networks try the same
    trials: dict[tuple[str, Hashable, bytes, bytes], Any] = field(
        default_factory=dict, init=False, repr=False
    )

    # By input and rows: rungs want the same ones
    _axes: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict, init=False, repr=False
    )
    _scalers: dict[tuple[str, str, str], Scaler] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def task(self) -> str:
        """Task of the collection."""
        return self.collection.task

    @cached_property
    def digest(self) -> str:
        """What all work depends on: rows, targets, groups, task and seed."""
        return f"{self.collection.sha256} {self.task} {self.seed}"

    @cached_property
    def targets(self) -> Targets:
        """Targets of all rows; real ones in double precision until somebody has centered them."""
        if self.task != "regression":
            return Targets.from_y(self.collection.y, "classification")
        y = self.collection.y
        matrix = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        return replace(Targets.from_y(y, "regression"), matrix=matrix)

    @cached_property
    def codes(self) -> np.ndarray:
        """Number of each row's class, (n_samples,)."""
        matrix = self.targets.matrix
        return matrix[:, 0].astype(int) if matrix.shape[1] == 1 else matrix.argmax(axis=1)

    def weights(self, rows: np.ndarray) -> np.ndarray | None:
        """Return how much some rows count beside each other, 1 on average; None if all the same."""
        held = self.collection.weights
        return None if held is None else held[rows] / held[rows].mean()

    def mean(self, rows: np.ndarray) -> np.ndarray:
        """Average the targets of some rows, (n_outputs,)."""
        matrix, weights = self.targets.matrix[rows], self.weights(rows)
        mean = matrix.mean(axis=0) if weights is None else weights @ matrix / len(rows)
        return mean.astype(np.float64)

    def scaler(self, input: str, rows: np.ndarray, method: str) -> Scaler:
        """Learn the scaler of an input from some rows alone."""
        key = (input, short_hash(rows), method)
        if key not in self._scalers:
            self._scalers[key] = fit_scaler(self.collection.X[input], method, rows=rows)
        return self._scalers[key]

    def axes(self, input: str, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the principal axes of some rows of an input, standardized on them."""
        key = (input, short_hash(rows))
        if key not in self._axes:
            X = self.collection.X[input][rows]
            self._axes[key] = principal_axes(self.scaler(input, rows, "standard").transform(X))
        return self._axes[key]
