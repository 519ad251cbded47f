"""Training many networks: specs are sorted into blocks, and blocks run from a thread a core.

Conventions: a *job* is one data set with the specs to train on it; specs of one shape make up
*lanes* of blocks that are run, and repacked, by one thread. The order of minibatches depends on
the job's seed alone, so a network is the same alone or in company. Everything handed over is
NumPy's; float32 inside.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Network
from gradatim.training.lanes import Lane, make_lanes
from gradatim.training.result import FitResult
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets

__all__ = ["FitJob", "fit_jobs", "fit_many"]

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class FitJob:
    """One data set and the networks to train on it; fields as in `fit_many`.

    Parameters
    ----------
    specs : sequence of NetworkSpec
        Networks to train.
    X : array-like of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), or Targets
        What to learn; `Targets` to name classes of which this job may lack some.
    sample_weight, validation_weight : array-like, optional
        Of shape (n_samples,) or (n_specs, n_samples).
    initial : sequence of Network, optional
        Networks to start from, one a spec.
    """

    specs: Sequence[NetworkSpec]
    X: ArrayLike
    y: ArrayLike | Targets
    sample_weight: ArrayLike | None = None
    validation_weight: ArrayLike | None = None
    initial: Sequence[Network] | None = None


def fit_many(
    specs: Sequence[NetworkSpec],
    X: ArrayLike,
    y: ArrayLike,
    *,
    task: str = "classification",
    max_epochs: int = 200,
    batch_size: int = 50,
    sample_weight: ArrayLike | None = None,
    validation_weight: ArrayLike | None = None,
    early_stopping: int | None = None,
    shuffle: bool = True,
    random_state: int = 0,
    initial: Sequence[Network] | None = None,
    n_jobs: int | None = None,
    callback: Progress | None = None,
) -> list[FitResult]:
    """Train many networks on the same data at once.

    Networks of one shape are trained as one program; the same spec gives the same network alone
    or among others.

    Parameters
    ----------
    specs : sequence of NetworkSpec
        Networks to train.
    X : array-like of shape (n_samples, n_features)
        Inputs; scale them first (`gradatim.scalers`).
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels; 0/1 indicators, a column a label; or real targets.
    task : {"classification", "regression"}, default "classification"
        How `y` is read.
    max_epochs : int, default 200
        Epochs (iterations of ``lbfgs``), unless a spec has its own.
    batch_size : int, default 50
        Rows a step; ``lbfgs`` takes all.
    sample_weight : array-like of shape (n_samples,) or (n_specs, n_samples), optional
        Weight of each row in training, >= 0; 0 leaves a row out of that network's training.
    validation_weight : array-like of shape (n_samples,) or (n_specs, n_samples), optional
        Rows whose loss is watched for early stopping; they are not left out of training unless
        `sample_weight` says so.
    early_stopping : int, optional
        Epochs without improvement of the validation loss after which a network stops. With
        `validation_weight`, a network gets the weights of its best epoch in any case.
    shuffle : bool, default True
        Whether rows are drawn in a new order each epoch.
    random_state : int, default 0
        Seed of that order, common to all networks.
    initial : sequence of Network, optional
        Networks to start from, one a spec, instead of drawn weights.
    n_jobs : int, optional
        Threads; as many as cores unless given.
    callback : callable, optional
        Called with the finished share of the work, in [0, 1], from a training thread.

    Returns
    -------
    list of FitResult
        One a spec, in the order of the specs.

    Raises
    ------
    ShapeError
        If the arrays do not fit each other.
    LabelError
        If `y` cannot be learnt.
    SpecError
        If an option is out of its range.

    Examples
    --------
    >>> X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> specs = [NetworkSpec(hidden_layer_sizes=(8,), activation="tanh", learning_rate=0.05)]
    >>> xor = fit_many(specs, X, [0, 1, 1, 0], max_epochs=200, batch_size=4)[0]
    >>> xor.predict(X)
    array([0, 1, 1, 0])
    """
    job = FitJob(specs, X, Targets.from_y(y, task), sample_weight, validation_weight, initial)
    return fit_jobs(
        [job],
        max_epochs=max_epochs,
        batch_size=batch_size,
        early_stopping=early_stopping,
        shuffle=shuffle,
        random_state=random_state,
        n_jobs=n_jobs,
        callback=callback,
    )[0]


def fit_jobs(
    jobs: Sequence[FitJob],
    *,
    task: str = "classification",
    max_epochs: int = 200,
    batch_size: int = 50,
    early_stopping: int | None = None,
    shuffle: bool = True,
    random_state: int = 0,
    n_jobs: int | None = None,
    callback: Progress | None = None,
) -> list[list[FitResult]]:
    """Train networks on several data sets at once, such as the folds of a protocol.

    Jobs are padded to a common number of rows, so that networks of one shape share one compiled
    program across jobs.

    Parameters
    ----------
    jobs : sequence of FitJob
        Data sets and specs.
    task, max_epochs, batch_size, early_stopping, shuffle, random_state, n_jobs, callback
        As in `fit_many`.

    Returns
    -------
    list of list of FitResult
        Results of each job, in the order of its specs.

    Raises
    ------
    ShapeError, LabelError, SpecError
        As in `fit_many`.
    """
    for name, value in (("max_epochs", max_epochs), ("batch_size", batch_size)):
        if value < 1:
            raise SpecError(f"{name} must be at least 1, not {value}")
    if early_stopping is not None and early_stopping < 1:
        raise SpecError(f"early_stopping is a patience of at least 1 epoch, not {early_stopping}")
    n_jobs = n_jobs or os.cpu_count() or 1
    checked = [_checked(job, task) for job in jobs]
    n_rows = max((len(job.X) for job in checked), default=0)
    results: list[list[FitResult | None]] = [[None] * len(job.specs) for job in checked]
    lanes: list[tuple[int, Lane]] = []
    for i, job in enumerate(checked):
        order = _Batches(len(job.X), batch_size, n_rows, shuffle, random_state)
        made = make_lanes(job, order, n_rows, max_epochs, early_stopping, n_jobs)
        lanes += [(i, lane) for lane in made]
    _run([lane for _, lane in lanes], n_jobs, callback)
    for i, lane in lanes:
        for index, result in lane.results.items():
            results[i][index] = result
    return [[result for result in row if result is not None] for row in results]


def _checked(job: FitJob, task: str) -> FitJob:
    X = np.asarray(job.X, dtype=np.float32)
    targets = job.y if isinstance(job.y, Targets) else Targets.from_y(job.y, task)
    if X.ndim != 2 or len(X) != len(targets.matrix):
        raise ShapeError(
            f"X must be (n_samples, n_features) with a row for each of the {len(targets.matrix)} "
            f"targets, not {X.shape}"
        )
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise ShapeError(f"X has a missing or infinite value in row {row}, column {column}")
    if job.initial is not None and len(job.initial) != len(job.specs):
        raise ShapeError(f"{len(job.initial)} initial networks for {len(job.specs)} specs")
    return FitJob(
        tuple(job.specs),
        X,
        targets,
        _row_weights(job.sample_weight, len(job.specs), len(X), "sample_weight"),
        None
        if job.validation_weight is None
        else _row_weights(job.validation_weight, len(job.specs), len(X), "validation_weight"),
        job.initial,
    )


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
    return np.broadcast_to(weight, (n_specs, n_samples))


class _Batches:
    """Rows of every minibatch, epoch by epoch: (n_epochs, max_batches, batch_size), -1 padded."""

    def __init__(
        self, n_samples: int, batch_size: int, n_rows: int, shuffle: bool, seed: int
    ) -> None:
        self.n_samples, self.shuffle, self.seed = n_samples, shuffle, seed
        self.batch_size = min(batch_size, n_rows)
        self.n_batches = -(-n_samples // self.batch_size)
        self.max_batches = -(-n_rows // self.batch_size)

    def __call__(self, first_epoch: int, n_epochs: int) -> np.ndarray:
        shape = (n_epochs, self.max_batches * self.batch_size)
        rows = np.full(shape, -1, dtype=np.int32)
        for i in range(n_epochs):
            order = np.arange(self.n_samples)
            if self.shuffle:
                rng = np.random.default_rng([self.seed, first_epoch + i])
                order = rng.permutation(self.n_samples)
            rows[i, : self.n_samples] = order
        return rows.reshape(n_epochs, self.max_batches, self.batch_size)


def _run(lanes: Sequence[Lane], n_jobs: int, callback: Progress | None) -> None:
    """Run all lanes, the costliest first; the first error ends the others."""
    whole = sum(lane.work for lane in lanes) or 1.0
    done = dict.fromkeys(range(len(lanes)), 0.0)

    def run(i: int) -> None:
        def report(work: float) -> None:
            done[i] = work
            if callback is not None:
                callback(min(sum(done.values()) / whole, 1.0))

        lanes[i].run(report)
        report(lanes[i].work)

    order = sorted(range(len(lanes)), key=lambda i: -lanes[i].work)
    if n_jobs == 1:
        for i in order:
            run(i)
        return
    with ThreadPoolExecutor(max_workers=n_jobs, thread_name_prefix="gradatim") as pool:
        futures = [pool.submit(run, i) for i in order]
        try:
            finished, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in finished:
                future.result()
        except BaseException:
            for lane in lanes:
                lane.cancel()
            pool.shutdown(cancel_futures=True)
            raise
