"""A worker of the native engine: networks of one shape and data set, trained by one thread.

Conventions: as in `gradatim.training.engines.Worker`. A round is as many epochs as
take a fraction of a second; between rounds the worker reports, and what is done is handed over.
Nothing is filled up or repacked: every network is trained by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from gradatim._progress import Progress, silent
from gradatim.training.jobs import FitJob, PreparedJob
from gradatim.training.layout import Program
from gradatim.training.native.elementwise import ACTIVATION_CODES
from gradatim.training.native.epochs import BoundRecords
from gradatim.training.native.outputs import LOSS_CODES
from gradatim.training.native.records import Counted, Nets, Rows, Shape, make_room, make_round
from gradatim.training.native.updates import OPTIMIZER_CODES
from gradatim.training.networks import NetworkJob, Outcome
from gradatim.training.result import FitResult
from gradatim.training.specs import Augmentation, NetworkSpec
from gradatim.training.targets import Targets

#: Networks of a worker at most: few enough that the threads end together.
MOST_NETWORKS = 64

#: Jobs per thread from which threads end together although no job is cut apart.
_ENOUGH_JOBS = 5

#: Seconds of a round.
ROUND = 0.2

#: What else costs time, in multiplications of a weight with a row: an activation or loss; the calls
#: of a layer and minibatch; drawing a weight and handing it over; making a network and its result.
#: Fitted to the times of the shapes of the benches w1 and w2, within a factor 1.6; for the order of
#: workers, and for the time left while a shape has not been trained yet.
A_UNIT, A_CALL, A_WEIGHT, A_NETWORK = 30, 3_000, 1_400, 2_000_000


def make_workers(
    program: Program,
    network_jobs: Sequence[NetworkJob],
    max_epochs: int,
    patience: int | None,
    n_workers: int,
) -> list[NativeWorker]:
    """Cut the networks of one shape into workers, each of one job."""
    workers = []
    jobs: dict[int, list[NetworkJob]] = {}
    for network_job in network_jobs:
        jobs.setdefault(network_job.job_number, []).append(network_job)
    # Cut apart, the networks of a job each gather its minibatches: only where jobs are few.
    parts = 1 if len(jobs) >= _ENOUGH_JOBS * n_workers else n_workers
    for own in jobs.values():
        # Networks that count the same samples side by side: they share each minibatch.
        own.sort(key=_counted_key)
        rows = make_rows(own[0].job)
        size = min(MOST_NETWORKS, -(-len(own) // parts))
        for start in range(0, len(own), size):
            workers.append(
                NativeWorker(program, own[start : start + size], rows, max_epochs, patience)
            )
    return workers


def compile_all() -> None:
    """Compile everything, or load what was kept: train one network on two rows."""
    spec = NetworkSpec((2,), seed=0, max_epochs=1)
    targets = Targets.from_y([0, 1], "classification")
    job = PreparedJob.check(FitJob([spec], np.eye(2), targets), "", 2, 2, (False, 0))
    [worker] = make_workers(NetworkJob(0, 0, job).program(), [NetworkJob(0, 0, job)], 1, None, 1)
    worker.run(silent)


def make_rows(job: PreparedJob) -> Rows:
    """Lay a job's data out for compiled code."""
    X, y = np.ascontiguousarray(job.X), np.ascontiguousarray(job.targets.matrix.T)
    return Rows(X, y, X.shape[1], len(y), n_samples=len(X))


def _counted_key(network_job: NetworkJob) -> tuple[bytes, ...]:
    """Return what is the same for networks that count the same samples."""
    weights = (network_job.job.weight, network_job.job.validation_weight)
    # One row broadcast to all networks has the stride 0: nothing to tell apart.
    return tuple(
        b"" if w is None or w.strides[0] == 0 else blake2b(w[network_job.number].tobytes()).digest()
        for w in weights
    )


def _shape(program: Program) -> Shape:
    sizes = np.array(program.sizes, dtype=np.int64)
    products = sizes[:-1] * sizes[1:]
    ends = np.cumsum(products + sizes[1:])
    weights = ends - products - sizes[1:]
    return Shape(
        sizes=sizes,
        weights=weights,
        biases=weights + products,
        n_layers=len(weights),
        scale=int(ends[-1]) if program.input_scale else -1,
        n_parameters=program.n_parameters,
        activation=ACTIVATION_CODES[program.activation],
        loss=LOSS_CODES[program.loss],
        optimizer=OPTIMIZER_CODES[program.optimizer],
        nesterov=int(program.nesterov),
        constants=np.array([program.momentum, program.beta_2]),
    )


class NativeWorker:
    """Networks of one shape and one job, run by one thread."""

    divisible = True

    def __init__(
        self,
        program: Program,
        network_jobs: Sequence[NetworkJob],
        rows: Rows,
        max_epochs: int,
        patience: int | None,
    ) -> None:
        self.program, self.network_jobs = program, list(network_jobs)
        self.patience = patience or np.iinfo(np.int32).max
        self.n_epochs = [m.spec.max_epochs or max_epochs for m in network_jobs]
        self.results: dict[tuple[int, int], FitResult] = {}
        self.on_result: Callable[[tuple[int, int], FitResult], None] | None = None
        self._rows = rows
        self._stop = np.zeros(1, dtype=np.uint8)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what hears of results, which stays here when the worker goes to a cluster."""
        return {**self.__dict__, "on_result": None}

    @property
    def work(self) -> float:
        """Expected cost, in multiplications."""
        n_parameters, units = self.program.n_parameters, self.program.sizes[1:]
        a_row, a_batch = n_parameters + A_UNIT * sum(units), A_CALL * len(units)
        total = len(self.network_jobs) * (A_NETWORK + A_WEIGHT * n_parameters)
        for network_job, n_epochs in zip(self.network_jobs, self.n_epochs, strict=True):
            batches = network_job.job.batches
            total += n_epochs * (a_row * batches.n_samples + a_batch * batches.n_batches)
        return float(total)

    def cancel(self) -> None:
        """End within a minibatch."""
        self._stop[0] = 1

    def run(self, progress: Progress) -> None:
        """Train all networks of the worker; `progress` hears the share of its own work."""
        nets, job = self.make_nets(), self.network_jobs[0].job
        last, epoch, at_once = max(self.n_epochs), 0, 1
        curves = np.full((2, len(self.network_jobs), last), np.nan)
        groups = self.groups()
        bound = self.bind(nets, max(len(places) for _, places in groups))
        while epoch < last and nets.active.any() and not self._stop[0]:
            n_epochs = min(at_once, last - epoch)
            order = job.batches(epoch, n_epochs)[:, : job.batches.n_batches]
            order = np.ascontiguousarray(order)
            started = time.perf_counter()
            for counted, places in groups:
                going = places[nets.active[places] > 0]
                if len(going):
                    bound.train(counted, make_round(going, order, curves, self._stop))
            if self._stop[0]:
                return
            seconds = max(time.perf_counter() - started, 1e-6)
            # At most four times as many as before: the first round may have had to compile.
            at_once = max(1, min(4 * n_epochs, int(ROUND / seconds * n_epochs)))
            epoch += n_epochs
            self._harvest(nets, curves)
            progress(epoch / last, "training")

    def bind(self, nets: Nets, n_members: int) -> BoundRecords:
        """Make everything ready for training `n_members` networks per round."""
        shape, job = _shape(self.program), self.network_jobs[0].job
        size, augmented = job.batches.batch_size, self.program.augmented
        room = make_room(shape, self._rows, size, n_members, augmented)
        return BoundRecords(shape, self._rows, nets, *room)

    def groups(self) -> list[tuple[Counted, np.ndarray]]:
        """Bring together the networks that count the same samples: their places in the worker."""
        places: dict[tuple[bytes, ...], list[int]] = {}
        for i, network_job in enumerate(self.network_jobs):
            places.setdefault(_counted_key(network_job), []).append(i)
        return [
            (self._counted(self.network_jobs[group[0]]), np.array(group))
            for group in places.values()
        ]

    def _counted(self, network_job: NetworkJob) -> Counted:
        job, number = network_job.job, network_job.number
        watched = np.zeros(0, dtype=np.int64)
        weight = np.zeros(0, dtype=np.float32)
        if job.validation_weight is not None:
            watched = np.flatnonzero(job.validation_weight[number] > 0)
            weight = job.validation_weight[number, watched]
        return Counted(np.ascontiguousarray(job.weight[number]), watched, weight, len(watched))

    def make_nets(self) -> Nets:
        """Draw or take the weights to start from."""
        n, job = len(self.network_jobs), self.network_jobs[0].job
        specs = [network_job.spec for network_job in self.network_jobs]
        arrays = [np.ravel(a) for network_job in self.network_jobs for a in network_job.initial()]
        params = np.concatenate(arrays).astype(np.float32)
        none = np.zeros(0, dtype=np.float32)
        moments, width = self.program.optimizer != "sgd", self.program.sizes[0]
        rules = [spec.augmentation or Augmentation() for spec in specs]
        reaches = [
            rule.reach(width) if spec.augmentation else -1
            for spec, rule in zip(specs, rules, strict=True)
        ]

        def each(name: str) -> np.ndarray:
            return np.array([getattr(spec, name) for spec in specs], dtype=np.float32)

        def zeros(dtype: type) -> np.ndarray:
            return np.zeros(n, dtype=dtype)

        return Nets(
            params=params,
            first=np.zeros_like(params),
            second=np.zeros_like(params) if moments else none,
            best=params.copy() if self.program.validate else none,
            keeps_best=int(self.program.validate),
            learning_rate=each("learning_rate"),
            weight_decay=each("weight_decay"),
            label_smoothing=each("label_smoothing"),
            dropout=each("dropout"),
            input_scale=each("input_scale"),
            length=np.array([rule.length or width for rule in rules], dtype=np.int64),
            reach=np.array(reaches, dtype=np.int64),
            level=np.array([rule.level for rule in rules], dtype=np.float32),
            cosine=np.array([spec.schedule == "cosine" for spec in specs], dtype=np.int64),
            n_steps=np.array(self.n_epochs, dtype=np.int64) * job.batches.n_batches,
            patience=np.full(n, self.patience, dtype=np.int64),
            seed=np.array([spec.seed % 2**32 for spec in specs], dtype=np.int64),
            step=zeros(np.int64),
            updates=zeros(np.int64),
            epoch=zeros(np.int64),
            best_epoch=zeros(np.int64),
            since_best=zeros(np.int64),
            active=np.ones(n, dtype=np.int64),
            diverged=zeros(np.int64),
            best_loss=np.full(n, np.inf),
        )

    def _harvest(self, nets: Nets, curves: np.ndarray) -> None:
        """Hand over the networks that are done."""
        for i in np.flatnonzero(nets.active == 0):
            network_job = self.network_jobs[i]
            if network_job.key in self.results:
                continue
            result = network_job.result(self.outcome(nets, int(i), curves[:, i]))
            self.results[network_job.key] = result
            if self.on_result is not None:
                self.on_result(network_job.key, result)

    def outcome(self, nets: Nets, i: int, curves: np.ndarray) -> Outcome:
        """Return network i as it stands, with its curves of shape (2, n_epochs)."""
        params = nets.best if self.program.validate else nets.params
        row = params.reshape(len(self.network_jobs), -1)[i]
        layers, start = [], 0
        for n_in, n_out in zip(self.program.sizes[:-1], self.program.sizes[1:], strict=True):
            weight = row[start : start + n_in * n_out].reshape(n_out, n_in)
            start += n_in * n_out
            layers.append((weight, row[start : start + n_out]))
            start += n_out
        losses, validation = curves[:, : nets.epoch[i]].copy()
        return Outcome(
            layers,
            row[start:] if self.program.input_scale else None,
            best_epoch=int(nets.best_epoch[i]),
            stopped_early=bool(nets.since_best[i] >= self.patience),
            diverged=bool(nets.diverged[i]),
            loss_curve=losses,
            validation_curve=validation if self.program.validate else np.empty(0),
        )
