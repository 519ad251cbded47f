"""A job: one data set with the networks to train on it, checked and laid out for the engine.

Conventions: arrays are float32; rows are filled up with zeros to a number that all jobs of a call
share, and never read beyond the job's own. The order of minibatches depends on the seed and the
job's number of rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Network
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets

#: Epochs between two looks at a block: a pause for progress, repacking and Ctrl-C. Its minibatches
#: are drawn together.
EPOCHS_A_ROUND = 10


@dataclass(frozen=True, eq=False)
class FitJob:
    """One data set and the networks to train on it; fields as in `fit_many`."""

    specs: Sequence[NetworkSpec]
    X: ArrayLike
    y: ArrayLike | Targets  # `Targets` to name classes of which this job may lack some
    sample_weight: ArrayLike | None = None  # (n_samples,) or (n_specs, n_samples)
    validation_weight: ArrayLike | None = None  # The same
    initial: Sequence[Network] | None = None  # Networks to start from, one per spec


@dataclass(frozen=True)
class Batches:
    """The rows of every minibatch."""

    n_samples: int  # Rows of the job
    n_rows: int  # Rows that all jobs are filled up to
    batch_size: int  # Rows a minibatch
    shuffle: bool  # Whether each epoch has an order of its own
    seed: int  # Seed of the orders

    @property
    def n_batches(self) -> int:
        """Minibatches of an epoch that hold any row of the job."""
        return -(-self.n_samples // self.batch_size)

    @property
    def max_batches(self) -> int:
        """Minibatches of an epoch of the job with the most rows."""
        return -(-self.n_rows // self.batch_size)

    def __call__(self, first_epoch: int, n_epochs: int) -> np.ndarray:
        """Return rows of shape (n_epochs, max_batches, batch_size), padded with -1."""
        rows = np.full((n_epochs, self.max_batches * self.batch_size), -1, dtype=np.int32)
        for i in range(n_epochs):
            order = np.arange(self.n_samples)
            if self.shuffle:
                rng = np.random.default_rng([self.seed, first_epoch + i])
                order = rng.permutation(self.n_samples)
            rows[i, : self.n_samples] = order
        return rows.reshape(n_epochs, self.max_batches, self.batch_size)


@dataclass(frozen=True, eq=False)
class PreparedJob:
    """A checked job."""

    specs: Sequence[NetworkSpec]  # Networks to train
    X: np.ndarray  # (n_samples, n_features): Inputs
    targets: Targets  # What to learn
    # (n_specs, n_samples): Training weight of each row; those above 0 have mean 1
    weight: np.ndarray
    # (n_specs, n_samples): Weight of each row in validation; likewise
    validation_weight: np.ndarray | None
    initial: Sequence[Network] | None  # Networks to start from
    batches: Batches  # Rows of every minibatch

    @classmethod
    def check(
        cls, job: FitJob, task: str, n_rows: int, batch_size: int, order: tuple
    ) -> PreparedJob:
        """Check a job and lay it out."""
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
            X = _inputs(job.X)
        targets = job.y if isinstance(job.y, Targets) else Targets.from_y(job.y, task)
        _check_inputs(X, targets)
        if job.initial is not None and len(job.initial) != len(job.specs):
            raise ShapeError(f"{len(job.initial)} initial networks for {len(job.specs)} specs")
        _check_edges(job.initial or ())
        shape = (len(job.specs), len(X))
        validation = job.validation_weight
        if validation is not None:
            _check_stoppable(job.specs)
        return cls(
            specs=tuple(job.specs),
            X=X,
            targets=targets,
            weight=_training_weights(job.sample_weight, *shape),
            validation_weight=None
            if validation is None
            else _row_weights(validation, *shape, "validation_weight"),
            initial=job.initial,
            batches=Batches(len(X), n_rows, min(batch_size, n_rows), *order),
        )

    @cached_property
    def filled(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets, filled up to the common number of rows."""
        extra = ((0, self.batches.n_rows - len(self.X)), (0, 0))
        return np.pad(self.X, extra), np.pad(self.targets.matrix, extra)

    @cached_property
    def validation_rows(self) -> np.ndarray:
        """Rows on which any network is validated; at least one."""
        if self.validation_weight is None:
            return np.zeros(1, dtype=np.int32)
        watched = self.validation_weight.max(axis=0, initial=0.0) > 0
        rows = np.flatnonzero(watched).astype(np.int32)
        return rows if len(rows) else np.zeros(1, dtype=np.int32)


def _inputs(X: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(X, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"X must be numbers, as many in each row ({error})") from error


def _check_inputs(X: np.ndarray, targets: Targets) -> None:
    if X.ndim != 2 or len(X) != len(targets.matrix):
        raise ShapeError(
            f"X must be (n_samples, n_features) with a row for each of the {len(targets.matrix)} "
            f"targets, not {X.shape}"
        )
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise ShapeError(f"X has a missing or infinite value in row {row}, column {column}")


def _check_edges(networks: Sequence[Network]) -> None:
    """Refuse missing edges, which training would put in again."""
    for i, network in enumerate(networks):
        if any(layer.mask is not None for layer in network.layers):
            raise SpecError(
                f"initial network {i} has missing edges, and training knows only full layers; give "
                "the edges weight 0 if they may be learnt"
            )


def _check_stoppable(specs: Sequence[NetworkSpec]) -> None:
    """Refuse watched rows for a solver that would not look at them."""
    for i, spec in enumerate(specs):
        if spec.optimizer == "lbfgs":
            raise SpecError(
                f"network {i} is solved by lbfgs, which stops where the gradient vanishes and "
                "watches no rows; leave validation_weight and early_stopping out, or choose adam"
            )


def _training_weights(weight: ArrayLike | None, n_specs: int, n_samples: int) -> np.ndarray:
    weight = _row_weights(weight, n_specs, n_samples, "sample_weight")
    idle = np.flatnonzero(~weight.any(axis=1))
    if len(idle):
        raise SpecError(f"network {idle[0]} has no row to learn from: its sample_weight is all 0")
    return weight


def _row_weights(weight: ArrayLike | None, n_specs: int, n_samples: int, name: str) -> np.ndarray:
    if weight is None:
        return np.broadcast_to(np.float32(1.0), (n_specs, n_samples))
    weight = np.asarray(weight, dtype=np.float32)
    if weight.shape not in ((n_samples,), (n_specs, n_samples)):
        raise ShapeError(
            f"{name} must be ({n_samples},) or ({n_specs}, {n_samples}), not {weight.shape}"
        )
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise SpecError(f"{name} must be finite and not negative")
    return np.broadcast_to(_to_mean_one(weight), (n_specs, n_samples))


def _to_mean_one(weight: np.ndarray) -> np.ndarray:
    """Scale the rows so that the entries above 0 of each have mean 1."""
    counted = weight > 0
    total = weight.sum(axis=-1, keepdims=True, dtype=np.float64)
    mean = total / np.maximum(counted.sum(axis=-1, keepdims=True), 1)
    return (weight / np.where(mean > 0, mean, 1.0)).astype(np.float32)
