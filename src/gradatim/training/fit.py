"""Training many networks: specs are sorted into blocks, and blocks run from one thread per core.

Conventions: a *job* is one data set with the specs to train on it; specs of one shape make up
*workers* of blocks that are run, and repacked, by one thread. A network is the same alone or in
company, and the same from the store as trained again. Everything handed over is NumPy's; float32
inside.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from gradatim._progress import Progress, steady
from gradatim._text import plural
from gradatim.errors import ShapeError, SpecError
from gradatim.executors.cluster import Cluster
from gradatim.network.graph import Network
from gradatim.training.checkpoint import Checkpoint
from gradatim.training.engines import Worker, choose_engine, make_workers
from gradatim.training.jobs import FitJob, PreparedJob
from gradatim.training.layout import block_size
from gradatim.training.memory import require_memory, training_need
from gradatim.training.result import FitResult
from gradatim.training.running import run_workers
from gradatim.training.specs import NetworkSpec, whole_number
from gradatim.training.store import Store
from gradatim.training.targets import Targets


def fit_many(
    specs: Iterable[NetworkSpec] | NetworkSpec,
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
    progress: Progress | None = None,
    store: Store | None = None,
    max_nets: int | None = None,
    engine: str = "auto",
) -> list[FitResult]:
    """Train many networks on the same data at once.

    Networks of one shape are trained as one program; the same spec gives the same network alone
    or among others.

    Parameters
    ----------
    specs : iterable of NetworkSpec, or one
        Networks to train.
    X : array-like of shape (n_samples, n_features)
        Inputs; scale them first (`gradatim.scalers`).
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels; 0/1 indicators, one column per label; or real targets.
    task : {"classification", "regression"}, default "classification"
        How `y` is read.
    max_epochs : int, default 200
        Epochs (iterations of ``lbfgs``), unless a spec has its own.
    batch_size : int, default 50
        Rows per step; ``lbfgs`` takes all.
    sample_weight : array-like of shape (n_samples,) or (n_specs, n_samples), optional
        Weight of each row in training, >= 0; 0 leaves a row out of that network's training.
    validation_weight : array-like of shape (n_samples,) or (n_specs, n_samples), optional
        Rows whose loss is watched for early stopping; they are not left out of training unless
        `sample_weight` says so. ``lbfgs`` watches none and refuses them.
    early_stopping : int, optional
        Epochs without improvement of the validation loss after which a network stops; needs
        `validation_weight`. With that, a network gets the weights of its best epoch in any case.
    shuffle : bool, default True
        Whether rows are drawn in a new order each epoch.
    random_state : int, default 0
        Seed of that order, common to all networks.
    initial : sequence of Network, optional
        Networks to start from, one per spec, instead of drawn weights.
    n_jobs : int, optional
        Threads; as many as cores unless given.
    progress : callable, optional
        Called with the finished share of the expected time, in [0, 1], and what is done, from a
        training thread, one call at a time; an exception that it raises ends the training.
    store : Store, optional
        Where finished networks are kept and looked up: those in it are not trained again.
    max_nets : int, optional
        Networks held in memory for training at once, though at least one block per thread; the
        results are the same.
    engine : {"auto", "native", "jax"}, default "auto"
        What trains; see `gradatim.training.engines`.

    Returns
    -------
    list of FitResult
        One per spec, in the order of the specs.

    Raises
    ------
    ShapeError
        If the arrays do not fit each other.
    LabelError
        If `y` cannot be learnt.
    SpecError
        If an option is out of its range.
    NotEnoughMemoryError
        If this would not fit into memory.

    Warns
    -----
    ConvergenceWarning
        If the loss of a network left the finite numbers; its `diverged` is then True.

    Examples
    --------
    >>> X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> specs = [NetworkSpec(hidden_layer_sizes=(8,), activation="tanh", learning_rate=0.05)]
    >>> xor = fit_many(specs, X, [0, 1, 1, 0], max_epochs=200, batch_size=4)[0]
    >>> xor.predict(X)
    array([0, 1, 1, 0])
    """
    specs = [specs] if isinstance(specs, NetworkSpec) else list(specs)
    for spec in specs:
        if not isinstance(spec, NetworkSpec):
            raise SpecError(f"specs must be of the class NetworkSpec, not {spec!r}")
    try:
        X = np.asarray(X)
    except ValueError as error:
        raise ShapeError(f"X must be numbers, as many in each row ({error})") from error
    job = FitJob(specs, X, y, sample_weight, validation_weight, initial)
    [results] = fit_jobs(
        [job],
        task=task,
        max_epochs=max_epochs,
        batch_size=batch_size,
        early_stopping=early_stopping,
        shuffle=shuffle,
        random_state=random_state,
        n_jobs=n_jobs,
        progress=progress,
        store=store,
        max_nets=max_nets,
        engine=engine,
    )
    _warn_of_divergence(results)
    return results


def fit_jobs(
    jobs: Sequence[FitJob],
    *,
    task: str = "classification",
    max_epochs: int = 200,
    batch_size: int = 50,
    early_stopping: int | None = None,
    shuffle: bool = True,
    random_state: int = 0,
    pad_rows: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
    max_nets: int | None = None,
    engine: str = "auto",
    cluster: Cluster | None = None,
) -> list[list[FitResult]]:
    """Train networks on several data sets at once, such as the folds of a protocol.

    Jobs are padded to a common number of rows, at least `pad_rows`, so that networks of one shape
    share one compiled program across jobs and calls. Other parameters are those of `fit_many`. On a
    `cluster`, `n_jobs` still says into how many parts networks of one shape are cut, on which the
    last bits of ``lbfgs`` depend. Results are by job, in the order of its specs.
    """
    began = time.perf_counter()
    max_epochs = whole_number("max_epochs", max_epochs, least=1)
    batch_size = whole_number("batch_size", batch_size, least=1)
    early_stopping = _count("early_stopping", early_stopping)
    n_jobs, max_nets = _count("n_jobs", n_jobs), _count("max_nets", max_nets)
    if early_stopping is not None and any(job.validation_weight is None for job in jobs):
        raise SpecError("early_stopping needs validation_weight, the rows whose loss it watches")
    n_jobs, engine = n_jobs or os.cpu_count() or 1, choose_engine(engine)
    if cluster is not None and engine != "native":
        raise SpecError("a cluster trains networks by the native engine; leave --engine jax out")
    n_rows = max([pad_rows, *(np.size(job.X, axis=0) for job in jobs if np.ndim(job.X))])
    order = (shuffle, random_state)
    jobs = [
        job if isinstance(job.y, Targets) else replace(job, y=Targets.from_y(job.y, task))
        for job in jobs
    ]
    if all(np.ndim(job.X) == 2 for job in jobs):  # what is not is refused below
        need = training_need(
            jobs,
            engine=engine,
            max_epochs=max_epochs,
            batch_size=batch_size,
            early_stopping=early_stopping,
            pad_rows=pad_rows,
            n_jobs=n_jobs,
            block_size=block_size,
        )
        require_memory(need, max_nets)
    prepared = [PreparedJob.check(job, task, n_rows, batch_size, order) for job in jobs]
    found: dict[tuple[int, int], FitResult] = {}
    n_workers = _n_workers(sum(len(job.specs) for job in prepared), max_nets, n_jobs)
    workers = make_workers(prepared, max_epochs, early_stopping, n_workers, engine)
    if store is not None:
        checkpoint = Checkpoint(store, prepared, (engine, max_epochs, early_stopping))
        found = checkpoint.known()
        workers = _without(workers, found)
        for worker in workers:
            worker.on_result = checkpoint.keep
    try:
        run_workers(workers, n_jobs, steady(progress), began, cluster)
    finally:
        if store is not None:
            store.flush()
    for worker in workers:
        found |= worker.results
    return [[found[i, k] for k in range(len(job.specs))] for i, job in enumerate(prepared)]


def _warn_of_divergence(results: Sequence[FitResult]) -> None:
    """Say which networks' loss left the finite numbers."""
    numbers = [i for i, result in enumerate(results) if result.diverged]
    if numbers:
        from sklearn.exceptions import ConvergenceWarning

        which = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
        warnings.warn(
            f"the loss of {len(numbers)} of {plural(len(results), 'network')} left the finite "
            f"numbers (result {which}; `diverged` is True): lower learning_rate, or scale inputs "
            "and targets",
            ConvergenceWarning,
            stacklevel=3,
        )


def _n_workers(n_networks: int, max_nets: int | None, n_jobs: int) -> int:
    """Choose a number of workers whose networks, all at once, are no more than allowed."""
    if max_nets is None:
        return n_jobs
    return max(n_jobs, -(-n_networks * n_jobs // max_nets))


def _without(workers: Sequence[Worker], found: Container[tuple[int, int]]) -> list[Worker]:
    """Leave out the networks that are known; blocks keep their size, and so every bit."""
    for worker in workers:
        left = [i for i, one in enumerate(worker.network_jobs) if one.key not in found]
        if left and not worker.divisible:
            continue
        worker.network_jobs = [worker.network_jobs[i] for i in left]
        worker.n_epochs = [worker.n_epochs[i] for i in left]
    return [worker for worker in workers if worker.network_jobs]


def _count(name: str, value: int | None) -> int | None:
    return None if value is None else whole_number(name, value, least=1)
