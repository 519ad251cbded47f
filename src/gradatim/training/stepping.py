"""Stepping: one small network, trained epoch by epoch under the eyes of whoever asked for it.

Conventions: the native engine's arithmetic and `fit_many`'s order of minibatches, so that a
network stepped through n epochs is, bit by bit, the one that `fit_many` trains for n. Validation
and early stopping are for whoever steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import SpecError
from gradatim.network.graph import Network
from gradatim.training.jobs import FitJob, PreparedJob
from gradatim.training.networks import NetworkJob
from gradatim.training.specs import NetworkSpec


class Stepper:
    """A network in training that can be looked at after every epoch.

    Parameters are those of `fit_many`, of one network and not by ``lbfgs``; inputs are scaled
    first. `max_epochs` is the length of the schedule; a constant rate has no end.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        X: ArrayLike,
        y: ArrayLike,
        *,
        task: str = "classification",
        batch_size: int = 50,
        max_epochs: int = 200,
        sample_weight: ArrayLike | None = None,
        shuffle: bool = True,
        random_state: int = 0,
        initial: Network | None = None,
    ) -> None:
        if spec.optimizer == "lbfgs":
            raise SpecError("lbfgs has no epochs to step through; choose another optimizer")
        job = PreparedJob.check(
            FitJob([spec], X, y, sample_weight, None, None if initial is None else [initial]),
            task,
            np.size(X, axis=0),
            batch_size,
            (shuffle, random_state),
        )
        self._begin(job, max_epochs)

    @classmethod
    def of_job(cls, job: PreparedJob, max_epochs: int) -> Stepper:
        """Step the only network of a job that has been checked."""
        stepper = cls.__new__(cls)
        stepper._begin(job, max_epochs)
        return stepper

    def _begin(self, job: PreparedJob, max_epochs: int) -> None:
        from gradatim.training.native.workers import NativeWorker, make_rows

        network_job = NetworkJob(0, 0, job)
        worker = NativeWorker(
            network_job.program(), [network_job], make_rows(job), max_epochs, None
        )
        if network_job.spec.schedule == "constant":
            worker.n_epochs = [np.iinfo(np.int32).max]
        self._network_job, self._worker, self._nets = network_job, worker, worker.make_nets()
        self._bound = worker.bind(self._nets, 1)
        self._counted = worker.groups()[0][0]

    @property
    def moments(self) -> tuple[np.ndarray, np.ndarray, int, int]:
        """What the optimizer remembers: first and second moments, steps, and updates."""
        nets = self._nets
        return nets.first.copy(), nets.second.copy(), int(nets.step[0]), int(nets.updates[0])

    @moments.setter
    def moments(self, moments: tuple[np.ndarray, np.ndarray, int, int]) -> None:
        first, second, step, updates = moments
        self._nets.first[:], self._nets.second[:] = first, second
        self._nets.step[0], self._nets.updates[0] = step, updates
        # The count of steps left begins where the steps taken end.
        self._nets.n_steps[0] = np.iinfo(np.int64).max

    @property
    def epoch(self) -> int:
        """Number of epochs trained."""
        return int(self._nets.epoch[0])

    @property
    def diverged(self) -> bool:
        """Whether the loss left the finite numbers; the last finite weights are kept."""
        return bool(self._nets.diverged[0])

    @property
    def parameters(self) -> np.ndarray:
        """Weights and biases layer by layer, then the input factors: flat, float32, a copy."""
        return self._nets.params.copy()

    @property
    def network(self) -> Network:
        """The network as it stands."""
        outcome = self._worker.outcome(self._nets, 0, np.full((2, self.epoch), np.nan))
        return self._network_job.network(outcome)

    def run(self, n_epochs: int = 1) -> np.ndarray:
        """Train for some epochs, fewer if the schedule ends; return the mean loss of each."""
        from gradatim.training.native.records import make_round

        job, first = self._network_job.job, self.epoch
        order = np.ascontiguousarray(job.batches(first, n_epochs)[:, : job.batches.n_batches])
        curves, start = np.full((2, 1, n_epochs), np.nan), self._nets.epoch.copy()
        # The loop writes losses by the number of the epoch: here from 0 again.
        self._nets.epoch[0] = 0
        if self._nets.active[0]:
            todo = make_round(
                np.zeros(1, dtype=np.int64), order, curves, np.zeros(1, dtype=np.uint8)
            )
            self._bound.train(self._counted, todo)
        done = int(self._nets.epoch[0])
        self._nets.epoch[0] = start[0] + done
        return curves[0, 0, :done]
