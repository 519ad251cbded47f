"""A worker of the JAX engine: blocks of one shape that one thread trains, round by round.

Conventions: a round is a few epochs of every block of the worker; between rounds the networks that
still learn are repacked into as few blocks as hold them. The size of a block follows from the
shape of its networks and their number; places that no network fills repeat the last one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from gradatim._progress import Progress
from gradatim.errors import SpecError
from gradatim.training.jax.blocks import BlockData, Hyper, State, initial_state, run_epochs
from gradatim.training.jax.cache import use_compilation_cache
from gradatim.training.jax.layout import Params, pack, unpack
from gradatim.training.jobs import EPOCHS_A_ROUND, PreparedJob
from gradatim.training.layout import Program, block_size
from gradatim.training.networks import NetworkJob, Outcome
from gradatim.training.result import FitResult

__all__ = ["BlockWorker", "make_workers", "share_devices"]

#: Bytes that a block may take for copies of the data of several jobs.
COPY_LIMIT = 256 * 2**20


class _Block(NamedTuple):
    """Networks that are trained as one program: their places in the worker, and its arguments."""

    places: np.ndarray
    data: BlockData
    hyper: Hyper
    state: State


def make_workers(
    program: Program,
    network_jobs: Sequence[NetworkJob],
    max_epochs: int,
    patience: int | None,
    n_workers: int,
) -> list[BlockWorker]:
    """Cut the networks of one shape into workers of whole blocks."""
    if program.augmented:
        raise SpecError(
            "the engine jax has no augmentation; choose the engine native, or preset quick"
        )
    workers = []
    for own, one_job in _shares(program, list(network_jobs)):
        size = _size(program, len(own))
        n_blocks = -(-len(own) // size)
        # Without early stopping nothing is repacked, so every block may go its own way.
        n_parts = min(n_blocks, n_workers) if patience else n_blocks
        for part in np.array_split(np.arange(n_blocks), n_parts):
            chosen = own[part[0] * size : (part[-1] + 1) * size]
            workers.append(BlockWorker(program, chosen, size, max_epochs, patience, one_job))
    return workers


def share_devices(workers: Sequence[BlockWorker]) -> None:
    """Let the devices take the workers in turn, the most expensive first."""
    use_compilation_cache()
    devices = jax.devices()
    for i, worker in enumerate(sorted(workers, key=lambda worker: -worker.work)):
        worker.device = devices[i % len(devices)]


def _size(program: Program, n_network_jobs: int) -> int:
    return min(block_size(program.n_parameters), _next_power_of_two(n_network_jobs))


def _shares(
    program: Program, network_jobs: list[NetworkJob]
) -> list[tuple[list[NetworkJob], bool]]:
    """Let networks of several jobs share blocks, unless that copies too much data.

    With each list comes whether its networks read the same data, so that a block needs it once.
    """
    one_job = all(
        network_job.job_number == network_jobs[0].job_number for network_job in network_jobs
    )
    bytes_a_block = block_size(program.n_parameters) * network_jobs[0].job.X.nbytes
    if one_job or bytes_a_block <= COPY_LIMIT:
        return [(network_jobs, one_job)]
    jobs: dict[int, list[NetworkJob]] = {}
    for network_job in network_jobs:
        jobs.setdefault(network_job.job_number, []).append(network_job)
    return [(own, True) for own in jobs.values()]


def _next_power_of_two(n: int) -> int:
    return 1 << (n - 1).bit_length()


class BlockWorker:
    """Blocks of one shape, run by one thread."""

    divisible = True

    def __init__(
        self,
        program: Program,
        network_jobs: Sequence[NetworkJob],
        size: int,
        max_epochs: int,
        patience: int | None,
        one_job: bool,
    ) -> None:
        self.program, self.network_jobs, self.size = program, list(network_jobs), size
        self.patience = patience or np.iinfo(np.int32).max
        self.n_epochs = [m.spec.max_epochs or max_epochs for m in network_jobs]
        self.results: dict[tuple[int, int], FitResult] = {}
        self.on_result: Callable[[tuple[int, int], FitResult], None] | None = None
        self._one_job = one_job
        #: Where to train; JAX's first if None.
        self.device: Any = None
        self._cancelled = threading.Event()

    @property
    def work(self) -> float:
        """Expected cost, in multiplications."""
        pairs = zip(self.network_jobs, self.n_epochs, strict=True)
        rows = sum(m.job.batches.n_samples * n_epochs for m, n_epochs in pairs)
        return float(self.program.n_parameters) * rows

    def cancel(self) -> None:
        """End at the next pause."""
        self._cancelled.set()

    def run(self, progress: Progress) -> None:
        """Train all networks of the worker; `progress` hears the share of its own work."""
        with jax.default_device(self.device):
            self._run_rounds(progress)

    def _run_rounds(self, progress: Progress) -> None:
        last, epoch = max(self.n_epochs), 0
        curves = np.full((2, last, len(self.network_jobs)), np.nan, dtype=np.float32)
        blocks = [self._block(places) for places in self._places(np.arange(len(self.network_jobs)))]
        while blocks and epoch < last and not self._cancelled.is_set():
            n_epochs = min(EPOCHS_A_ROUND, last - epoch)
            after = []
            for block in blocks:
                state, *pair = run_epochs(
                    self.program,
                    block.data,
                    block.hyper,
                    block.state,
                    self._batches(block.places, epoch),  # not named: gone before the next are drawn
                    n_epochs,
                )
                part = np.asarray(pair)[:, :n_epochs]
                curves[:, epoch : epoch + n_epochs, block.places] = part
                after.append(block._replace(state=state))
            epoch += n_epochs
            blocks = self._harvest(after, curves[:, :epoch])
            progress(epoch / last, "training")

    def _block(self, places: np.ndarray) -> _Block:
        params = self._params(places)
        hyper = self._hyper(places)
        return _Block(places, self._data(places), hyper, initial_state(self.program, params))

    def _sources(self, places: np.ndarray) -> list[PreparedJob]:
        """Return the jobs that a block reads: the one of all its networks, or one per network."""
        jobs = [self.network_jobs[i].job for i in places]
        return jobs[:1] if self._one_job else jobs

    def _data(self, places: np.ndarray) -> BlockData:
        jobs = self._sources(places)
        X, y = (jax.device_put(np.stack(a)) for a in zip(*[j.filled for j in jobs], strict=True))
        width = max(len(job.validation_rows) for job in jobs)
        rows = [np.pad(j.validation_rows, (0, width - len(j.validation_rows))) for j in jobs]
        return BlockData(X, y, jax.device_put(np.stack(rows)))

    def _batches(self, places: np.ndarray, epoch: int) -> jax.Array:
        """Draw a round's minibatches of every source, one epoch after the other to hold few."""
        jobs = self._sources(places)
        batches = jobs[0].batches
        shape = (EPOCHS_A_ROUND, batches.max_batches, len(jobs), batches.batch_size)
        drawn = np.empty(shape, dtype=np.int32)
        for i in range(EPOCHS_A_ROUND):
            own = {job: job.batches(epoch + i, 1)[0] for job in set(jobs)}
            np.stack([own[job] for job in jobs], axis=1, out=drawn[i])
        return jax.device_put(drawn)

    def _places(self, network_jobs: np.ndarray) -> list[np.ndarray]:
        """Split network_jobs into blocks; the last block is filled up with its last network_job."""
        blocks = [network_jobs[i : i + self.size] for i in range(0, len(network_jobs), self.size)]
        return [np.pad(block, (0, self.size - len(block)), mode="edge") for block in blocks]

    def _params(self, places: np.ndarray) -> Params:
        rows = [pack(self.program, self.network_jobs[i].initial()) for i in places]
        return tuple(np.stack(part) for part in zip(*rows, strict=True))

    def _hyper(self, places: np.ndarray) -> Hyper:
        network_jobs = [self.network_jobs[i] for i in places]
        batches = [m.job.batches for m in network_jobs]
        n_batches = np.array([b.n_batches for b in batches])
        weight = np.zeros((len(places), batches[0].n_rows), dtype=np.float32)
        width = max(len(m.job.validation_rows) for m in network_jobs)
        validation = np.zeros((len(places), width), dtype=np.float32)
        for slot, m in enumerate(network_jobs):
            weight[slot, : m.job.batches.n_samples] = m.job.weight[m.number]
            if m.job.validation_weight is not None:
                rows = m.job.validation_rows
                validation[slot, : len(rows)] = m.job.validation_weight[m.number, rows]
        epochs = np.array([self.n_epochs[i] for i in places])

        def each(name: str) -> np.ndarray:
            return np.array([getattr(m.spec, name) for m in network_jobs], dtype=np.float32)

        return Hyper(
            weight=jax.device_put(weight),
            validation_weight=jax.device_put(validation),
            learning_rate=each("learning_rate"),
            weight_decay=each("weight_decay"),
            label_smoothing=each("label_smoothing"),
            dropout=each("dropout"),
            input_scale=each("input_scale"),
            cosine=np.array([m.spec.schedule == "cosine" for m in network_jobs]),
            n_batches=n_batches.astype(np.int32),
            n_steps=(epochs * n_batches).astype(np.int32),
            patience=np.full(len(places), self.patience, dtype=np.int32),
            seed=np.array([m.spec.seed % 2**32 for m in network_jobs], dtype=np.uint32),
        )

    def _harvest(self, blocks: list[_Block], curves: np.ndarray) -> list[_Block]:
        """Take out the networks that are done, and repack the others into fewer blocks."""
        going: dict[int, tuple[int, int]] = {}
        for b, block in enumerate(blocks):
            active = np.asarray(block.state.active)
            for slot, place in enumerate(block.places):
                if active[slot]:
                    going.setdefault(int(place), (b, slot))
                elif self.network_jobs[place].key not in self.results:
                    self._finish(int(place), slot, block.state, curves[:, :, place])
        if -(-len(going) // self.size) == len(blocks):
            return blocks
        return self._repack(blocks, going)

    def _repack(self, blocks: list[_Block], going: dict[int, tuple[int, int]]) -> list[_Block]:
        epoch = blocks[0].state.epoch
        # The epoch is common to all; every other leaf has one row per model.
        states = [block.state._replace(epoch=()) for block in blocks]
        # In NumPy: JAX would compile a program for every shape of every leaf.
        stacked = jax.tree.map(lambda *leaves: np.concatenate(leaves), *states)
        packed = []
        for places in self._places(np.array(list(going), dtype=int)):
            rows = np.array([going[int(p)][0] * self.size + going[int(p)][1] for p in places])
            chosen = jax.tree.map(lambda leaf, r=rows: leaf[r], stacked)
            state = chosen._replace(epoch=epoch)
            packed.append(_Block(places, self._data(places), self._hyper(places), state))
        return packed

    def _finish(self, place: int, slot: int, state: State, curves: np.ndarray) -> None:
        params = state.best if self.program.validate else state.params
        losses, validation = curves
        best_epoch = int(np.asarray(state.best_epoch)[slot])
        trained = ~np.isnan(losses) | (np.arange(len(losses)) < best_epoch)
        n_epochs = int(np.flatnonzero(trained).max(initial=-1)) + 1
        self._store(
            place,
            # np.asarray first: slicing a JAX array would compile a program for it.
            tuple(np.array(np.asarray(p)[slot]) for p in params),
            best_epoch=best_epoch,
            stopped_early=bool(np.asarray(state.since_best)[slot] >= self.patience),
            diverged=bool(np.asarray(state.diverged)[slot]),
            loss_curve=losses[:n_epochs],
            validation_curve=validation[:n_epochs] if self.program.validate else np.empty(0),
        )

    def _store(self, place: int, params: Params, **how: Any) -> None:
        network_job = self.network_jobs[place]
        layers, scale = unpack(self.program, tuple(row[None] for row in params))
        outcome = Outcome(
            [(weight[0], bias[0]) for weight, bias in layers],
            None if scale is None else scale[0],
            **how,
        )
        result = network_job.result(outcome)
        self.results[network_job.key] = result
        if self.on_result is not None:
            self.on_result(network_job.key, result)
