"""Network jobs: the networks that an engine is given to train, and what it hands back.

Conventions: a network_job is one spec of one job; its parameters are NumPy arrays, weights (n_out,
n_in) and biases layer by layer, then the input factors if it learns them. Both engines start
from here and end here, so that they differ in arithmetic only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradatim.errors import ShapeError
from gradatim.network.evaluate import forward
from gradatim.network.graph import Layer, Network
from gradatim.network.initialize import initialize
from gradatim.training.jobs import PreparedJob
from gradatim.training.layout import Program
from gradatim.training.result import FitResult
from gradatim.training.specs import NetworkSpec


class Outcome(NamedTuple):
    """What is taken from an engine when a network is done."""

    layers: Sequence[tuple[np.ndarray, np.ndarray]]  # (n_out, n_in): Weights and biases
    scale: np.ndarray | None  # (n_inputs,): Input factors
    best_epoch: int  # Epoch of these weights
    stopped_early: bool  # How the training ended
    diverged: bool
    loss_curve: np.ndarray  # (n_epochs,): Losses by epoch
    validation_curve: np.ndarray


class NetworkJob(NamedTuple):
    """One network to train."""

    job_number: int  # Number of its job
    number: int  # Its place there
    job: PreparedJob  # The job

    @property
    def spec(self) -> NetworkSpec:
        """What is trained."""
        return self.job.specs[self.number]

    @property
    def key(self) -> tuple[int, int]:
        """Where the result belongs."""
        return self.job_number, self.number

    def program(self) -> Program:
        """Return what the networks of its shape share."""
        spec, job = self.spec, self.job
        return Program(
            sizes=(job.X.shape[1], *spec.hidden_layer_sizes, job.targets.n_outputs),
            activation=spec.activation,
            loss=job.targets.loss.name,
            optimizer=spec.optimizer,
            momentum=spec.momentum if spec.optimizer == "sgd" else 0.0,
            nesterov=spec.nesterov and spec.optimizer == "sgd",
            beta_2=spec.beta_2 if spec.optimizer in ("adam", "adamw") else 0.0,
            dropout=spec.dropout > 0,
            input_scale=spec.input_scale > 0,
            validate=job.validation_weight is not None,
            augmented=spec.augmentation is not None,
        )

    def initial(self) -> list[np.ndarray]:
        """Return the arrays to start from: drawn, or those of the given network."""
        spec, sizes = self.spec, self.program().sizes
        if self.job.initial is None:
            layers = initialize(sizes, spec.initialization, spec.seed, spec.activation)
        else:
            network = self.job.initial[self.number]
            if network.layer_sizes != sizes:
                raise ShapeError(
                    f"the initial network has layers {network.layer_sizes}, its spec {sizes}"
                )
            layers = [(layer.weight, layer.bias) for layer in network.layers]
        arrays = [array for layer in layers for array in layer]
        return [*arrays, np.ones(sizes[0])] if spec.input_scale > 0 else arrays

    def network(self, outcome: Outcome) -> Network:
        """Make the network that the user sees."""
        targets, arrays = self.job.targets, list(outcome.layers)
        names = [self.spec.activation] * (len(arrays) - 1) + [targets.loss.output_activation]
        if outcome.scale is not None:
            arrays[0] = (arrays[0][0] * outcome.scale, arrays[0][1])
        return Network(
            [Layer(w, b, name) for (w, b), name in zip(arrays, names, strict=True)],
            output_names=targets.output_names,
        )

    def result(self, outcome: Outcome) -> FitResult:
        """Make the result that the user sees."""
        network = self.network(outcome)
        losses, validation_losses = outcome.loss_curve, outcome.validation_curve
        if outcome.diverged:
            losses = losses[np.isfinite(losses)]
        if not len(losses):
            losses = self.loss(network, self.job.weight)
            if self.job.validation_weight is not None:
                validation_losses = self.loss(network, self.job.validation_weight)
        return FitResult(
            spec=self.spec,
            network=network,
            loss_curve=losses,
            validation_curve=validation_losses,
            best_epoch=outcome.best_epoch,
            stopped_early=outcome.stopped_early,
            diverged=outcome.diverged,
            targets=self.job.targets,
        )

    def loss(self, network: Network, weight: np.ndarray) -> np.ndarray:
        """Compute the loss of a network that diverged before an epoch was over, (1,), finite.

        `weight` (n_specs, n_samples).
        """
        rows, targets = weight[self.number].astype(np.float64), self.job.targets
        with np.errstate(over="ignore", invalid="ignore"):
            z = forward(network, self.job.X).pre_activations[-1]
            losses = targets.loss.function(targets.matrix.astype(np.float64), z)
            mean = rows @ losses / rows.sum() if rows.any() else np.nan
        # What float64 cannot hold either is as large as it gets, so that it is chosen last.
        return np.array([np.nan_to_num(mean, nan=np.finfo(float).max)])


def group_by_shape(jobs: Sequence[PreparedJob]) -> dict[Program, list[NetworkJob]]:
    """Sort the specs of all jobs by what their training program is."""
    shapes: dict[Program, list[NetworkJob]] = {}
    for number, job in enumerate(jobs):
        for i in range(len(job.specs)):
            network_job = NetworkJob(number, i, job)
            shapes.setdefault(network_job.program(), []).append(network_job)
    return shapes
