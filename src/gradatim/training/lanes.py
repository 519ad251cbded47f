"""A lane: blocks of one shape that one thread trains, round by round.

Conventions: a round is a few epochs of every block of the lane; between rounds the networks that
still learn are repacked into as few blocks as hold them. The size of a block follows from the
shape of its networks and their number; places that no network fills repeat the last one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np

from gradatim.errors import ShapeError
from gradatim.network.graph import Layer, Network
from gradatim.network.initialize import initialize
from gradatim.training import convex
from gradatim.training.blocks import (
    BlockData,
    Hyper,
    Params,
    Program,
    State,
    initial_state,
    pack,
    run_epochs,
    unpack,
)
from gradatim.training.result import FitResult
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets

__all__ = ["Batches", "Job", "Lane", "block_size", "make_lanes"]

#: Epochs between two looks at a block: a pause for progress, repacking and Ctrl-C.
EPOCHS_A_ROUND = 10


class Job(Protocol):
    """A checked `FitJob`: every field an array, weights of shape (n_specs, n_samples)."""

    specs: Sequence[NetworkSpec]
    X: np.ndarray
    y: Targets
    sample_weight: np.ndarray
    validation_weight: np.ndarray | None
    initial: Sequence[Network] | None


class Batches(Protocol):
    """Gives the rows of every minibatch of some epochs."""

    n_samples: int
    n_batches: int
    batch_size: int

    def __call__(self, first_epoch: int, n_epochs: int) -> np.ndarray:
        """Return rows of shape (n_epochs, max_batches, batch_size), padded with -1."""
        ...


def block_size(n_parameters: int) -> int:
    """Choose how many networks of a size make up a block.

    Small networks share the cost of a step's overhead; large ones fill the cores by themselves,
    and many of them would only leave the cache.

    Parameters
    ----------
    n_parameters : int
        Parameters of one network.

    Returns
    -------
    int
        Networks a block.
    """
    for limit, size in ((3_000, 28), (20_000, 16), (80_000, 8)):
        if n_parameters < limit:
            return size
    return 4


class _Member(NamedTuple):
    """One network of a lane: its place in the job, and what is trained."""

    index: int
    spec: NetworkSpec


class _Outcome(NamedTuple):
    """What is taken from a block when a network is done."""

    params: Params
    best_epoch: int
    stopped_early: bool
    diverged: bool


def make_lanes(
    job: Job,
    batches: Batches,
    n_rows: int,
    max_epochs: int,
    patience: int | None,
    n_lanes: int,
) -> list[Lane]:
    """Sort a job's specs by shape, and each shape's into lanes of whole blocks."""
    shared = _pad(job, n_rows)
    shapes: dict[Program, list[_Member]] = {}
    for i, spec in enumerate(job.specs):
        shapes.setdefault(_program(spec, job), []).append(_Member(i, spec))
    lanes = []
    for program, members in shapes.items():
        size = min(block_size(program.n_parameters), _next_power_of_two(len(members)))
        n_blocks = -(-len(members) // size)
        # Without early stopping nothing is repacked, so every block may go its own way.
        n_parts = min(n_blocks, n_lanes) if patience else n_blocks
        for part in np.array_split(np.arange(n_blocks), n_parts):
            chosen = members[part[0] * size : (part[-1] + 1) * size]
            lanes.append(Lane(job, shared, batches, program, chosen, size, max_epochs, patience))
    return lanes


def _next_power_of_two(n: int) -> int:
    return 1 << (n - 1).bit_length()


def _to_mean_one(weight: np.ndarray) -> np.ndarray:
    """Scale every row so that its entries above 0 have mean 1."""
    counted = weight > 0
    mean = weight.sum(axis=1, dtype=np.float64) / np.maximum(counted.sum(axis=1), 1)
    return weight / np.where(mean > 0, mean, 1.0)[:, None].astype(np.float32)


def _program(spec: NetworkSpec, job: Job) -> Program:
    return Program(
        sizes=(job.X.shape[1], *spec.hidden_layer_sizes, job.y.n_outputs),
        activation=spec.activation,
        loss=job.y.loss.name,
        optimizer=spec.optimizer,
        momentum=spec.momentum if spec.optimizer == "sgd" else 0.0,
        nesterov=spec.nesterov and spec.optimizer == "sgd",
        beta_2=spec.beta_2 if spec.optimizer in ("adam", "adamw") else 0.0,
        dropout=spec.dropout > 0,
        input_scale=spec.input_scale > 0,
        validate=job.validation_weight is not None,
    )


def _pad(job: Job, n_rows: int) -> tuple[BlockData, np.ndarray]:
    """Fill a job up to a common number of rows; also return its validation rows."""
    extra = ((0, n_rows - len(job.X)), (0, 0))
    rows = np.zeros(1, dtype=np.int32)
    if job.validation_weight is not None:
        rows = np.flatnonzero(job.validation_weight.max(axis=0, initial=0) > 0).astype(np.int32)
    data = BlockData(
        jnp.asarray(np.pad(job.X, extra)),
        jnp.asarray(np.pad(job.y.matrix, extra)),
        jnp.asarray(rows),
    )
    return data, rows


class Lane:
    """Blocks of one shape, run by one thread.

    Parameters
    ----------
    job : Job
        The checked job that the networks belong to.
    shared : tuple of (BlockData, array of shape (n_validation,))
        The job's padded data, and its validation rows.
    batches : Batches
        Rows of every minibatch.
    program : Program
        What is compiled in.
    members : sequence of _Member
        Networks to train.
    size : int
        Networks a block.
    max_epochs : int
        Epochs of specs that have none of their own.
    patience : int or None
        Epochs without improvement before a network stops.
    """

    def __init__(
        self,
        job: Job,
        shared: tuple[BlockData, np.ndarray],
        batches: Batches,
        program: Program,
        members: Sequence[_Member],
        size: int,
        max_epochs: int,
        patience: int | None,
    ) -> None:
        self.job, self.batches, self.program = job, batches, program
        self.data, self.validation_rows = shared
        self.members, self.size, self.patience = list(members), size, patience
        self.n_epochs = [m.spec.max_epochs or max_epochs for m in members]
        self.results: dict[int, FitResult] = {}
        self._cancelled = threading.Event()

    @property
    def work(self) -> float:
        """Expected cost, in multiplications."""
        return float(self.program.n_parameters) * self.batches.n_samples * sum(self.n_epochs)

    def cancel(self) -> None:
        """End at the next pause."""
        self._cancelled.set()

    def run(self, report: Callable[[float], None]) -> None:
        """Train all networks of the lane; `report` hears the work done so far."""
        if self.program.optimizer == "lbfgs":
            self._run_convex(report)
        else:
            self._run_rounds(report)

    # -- minibatches ---------------------------------------------------------------------------

    def _run_rounds(self, report: Callable[[float], None]) -> None:
        n_members = len(self.members)
        losses: list[np.ndarray] = []
        validations: list[np.ndarray] = []
        blocks = [
            (places, initial_state(self.program, self._params(places)), self._hyper(places))
            for places in self._places(np.arange(n_members))
        ]
        last = max(self.n_epochs)
        epoch = 0
        while blocks and epoch < last and not self._cancelled.is_set():
            n_epochs = min(EPOCHS_A_ROUND, last - epoch)
            order = jnp.asarray(self.batches(epoch, EPOCHS_A_ROUND))
            curves = np.full((2, n_epochs, n_members), np.nan, dtype=np.float32)
            after = []
            for places, before, hyper in blocks:
                state, *pair = run_epochs(
                    self.program, self.data, hyper, before, order, n_epochs, self.batches.n_batches
                )
                curves[:, :, places] = np.asarray(pair)[:, :n_epochs]
                after.append((places, state, hyper))
            losses.append(curves[0])
            validations.append(curves[1])
            epoch += n_epochs
            blocks = self._harvest(after, np.concatenate(losses), np.concatenate(validations))
            report(self.work * epoch / last)

    def _places(self, members: np.ndarray) -> list[np.ndarray]:
        """Split members into blocks; the last block is filled up with its last member."""
        blocks = [members[i : i + self.size] for i in range(0, len(members), self.size)]
        return [np.pad(block, (0, self.size - len(block)), mode="edge") for block in blocks]

    def _params(self, places: np.ndarray) -> Params:
        rows = [self._initial(self.members[i]) for i in places]
        return tuple(jnp.asarray(np.stack(part)) for part in zip(*rows, strict=True))

    def _initial(self, member: _Member) -> tuple[np.ndarray, ...]:
        spec, sizes = member.spec, self.program.sizes
        if self.job.initial is None:
            layers = initialize(sizes, spec.initialization, spec.seed, spec.activation)
        else:
            network = self.job.initial[member.index]
            if network.layer_sizes != sizes:
                raise ShapeError(
                    f"the initial network has layers {network.layer_sizes}, its spec {sizes}"
                )
            layers = [(layer.weight, layer.bias) for layer in network.layers]
        arrays = [array for layer in layers for array in layer]
        if self.program.input_scale:
            arrays.append(np.ones(sizes[0]))
        return pack(self.program, arrays)

    def _hyper(self, places: np.ndarray) -> Hyper:
        members = [self.members[i] for i in places]
        index = np.array([m.index for m in members])
        n_rows = self.data.X.shape[0]
        weight = np.zeros((len(places), n_rows), dtype=np.float32)
        weight[:, : self.batches.n_samples] = self.job.sample_weight[index]
        validation = np.zeros((len(places), len(self.validation_rows)), dtype=np.float32)
        if self.job.validation_weight is not None:
            validation = self.job.validation_weight[index][:, self.validation_rows]
        epochs = np.array([self.n_epochs[i] for i in places])

        def each(name: str) -> jax.Array:
            return jnp.asarray([getattr(m.spec, name) for m in members], dtype=jnp.float32)

        return Hyper(
            weight=jnp.asarray(_to_mean_one(weight)),
            validation_weight=jnp.asarray(_to_mean_one(validation)),
            learning_rate=each("learning_rate"),
            weight_decay=each("weight_decay"),
            label_smoothing=each("label_smoothing"),
            dropout=each("dropout"),
            input_scale=each("input_scale"),
            cosine=jnp.asarray([m.spec.schedule == "cosine" for m in members]),
            n_steps=jnp.asarray(epochs * self.batches.n_batches, dtype=jnp.int32),
            patience=jnp.full(len(places), self.patience or np.iinfo(np.int32).max, jnp.int32),
            seed=jnp.asarray([m.spec.seed % 2**32 for m in members], dtype=jnp.uint32),
        )

    def _harvest(
        self,
        blocks: list[tuple[np.ndarray, State, Hyper]],
        losses: np.ndarray,
        validations: np.ndarray,
    ) -> list[tuple[np.ndarray, State, Hyper]]:
        """Take out the networks that are done, and repack the others into fewer blocks."""
        going: list[tuple[int, int, int]] = []
        for b, (places, state, _) in enumerate(blocks):
            active = np.asarray(state.active)
            for slot, place in enumerate(places):
                if active[slot] and place not in {p for p, _, _ in going}:
                    going.append((int(place), b, slot))
                elif not active[slot] and self.members[place].index not in self.results:
                    self._finish(int(place), slot, state, losses, validations)
        if -(-len(going) // self.size) == len(blocks):
            return blocks
        return self._repack(blocks, going)

    def _repack(
        self, blocks: list[tuple[np.ndarray, State, Hyper]], going: list[tuple[int, int, int]]
    ) -> list[tuple[np.ndarray, State, Hyper]]:
        stacked = jax.tree.map(
            lambda *leaves: jnp.concatenate(leaves) if leaves[0].ndim else leaves[0],
            *[state for _, state, _ in blocks],
        )
        source = {place: b * self.size + slot for place, b, slot in going}
        packed = []
        for places in self._places(np.array([place for place, _, _ in going], dtype=int)):
            rows = jnp.asarray([source[int(p)] for p in places])
            state = jax.tree.map(lambda leaf, r=rows: leaf[r] if leaf.ndim else leaf, stacked)
            packed.append((places, state, self._hyper(places)))
        return packed

    def _finish(
        self, place: int, slot: int, state: State, losses: np.ndarray, validations: np.ndarray
    ) -> None:
        params = state.best if self.program.validate else state.params
        outcome = _Outcome(
            tuple(np.asarray(p[slot]) for p in params),
            int(state.best_epoch[slot]),
            bool(state.since_best[slot] >= (self.patience or np.inf)),
            bool(state.diverged[slot]),
        )
        trained = ~np.isnan(losses[:, place]) | (np.arange(len(losses)) < outcome.best_epoch)
        n_epochs = int(np.flatnonzero(trained).max(initial=-1)) + 1
        validation = validations[:n_epochs, place] if self.program.validate else np.empty(0)
        self._store(place, outcome, losses[:n_epochs, place], validation)

    # -- all rows at once ----------------------------------------------------------------------

    def _run_convex(self, report: Callable[[float], None]) -> None:
        for done, places in enumerate(self._places(np.arange(len(self.members)))):
            if self._cancelled.is_set():
                return
            limit = max(self.n_epochs[i] for i in places)
            solution = convex.minimize(
                self.program, self.data, self._hyper(places), self._params(places), limit
            )
            for slot, place in enumerate(places):
                params = tuple(np.asarray(p[slot]) for p in solution.params)
                n = int(solution.n_iterations[slot])
                diverged = not np.isfinite(solution.losses[:n, slot]).all()
                outcome = _Outcome(params, n, False, diverged)
                self._store(int(place), outcome, solution.losses[:n, slot], np.empty(0))
            report(self.work * min((done + 1) * self.size / len(self.members), 1.0))

    def _store(
        self, place: int, outcome: _Outcome, losses: np.ndarray, validation: np.ndarray
    ) -> None:
        member = self.members[place]
        self.results[member.index] = FitResult(
            spec=member.spec,
            network=self._network(member.spec, outcome.params),
            loss_curve=losses,
            validation_curve=validation,
            best_epoch=outcome.best_epoch,
            stopped_early=outcome.stopped_early,
            diverged=outcome.diverged,
            targets=self.job.y,
        )

    def _network(self, spec: NetworkSpec, params: Params) -> Network:
        layers, scale = unpack(self.program, tuple(row[None] for row in params))
        names = [spec.activation] * (len(layers) - 1) + [self.job.y.loss.output_activation]
        arrays = [(weight[0], bias[0]) for weight, bias in layers]
        if scale is not None:
            arrays[0] = (arrays[0][0] * scale[0], arrays[0][1])
        return Network(
            [Layer(w, b, name) for (w, b), name in zip(arrays, names, strict=True)],
            output_names=self.job.y.output_names,
        )
