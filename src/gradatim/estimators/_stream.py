"""One pass over rows that go on a training: what `partial_fit` does.

Conventions: the native engine's arithmetic; the moments of the optimizer travel along, so that
many small passes train as one long one does. Row weights count as they are, not relative to
their mean, since nothing is known of the rows still to come.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gradatim.network.graph import Network
from gradatim.training.jobs import Batches, PreparedJob
from gradatim.training.networks import NetworkJob
from gradatim.training.specs import NetworkSpec
from gradatim.training.stepping import Stepper
from gradatim.training.targets import Targets


class Moments(NamedTuple):
    """What an optimizer remembers between steps."""

    first: np.ndarray  # (n_parameters,): mean gradient, or velocity
    second: np.ndarray  # (n_parameters,): mean squared gradient; empty for sgd
    step: int  # Steps taken so far
    updates: int  # Steps that moved the weights


class Pass(NamedTuple):
    """What one pass reads."""

    X: np.ndarray  # (n_samples, n_features): Inputs
    targets: Targets  # What to learn
    sample_weight: np.ndarray  # (n_samples,): Weights
    order: np.ndarray  # (n_samples,): Numbers of the rows in the order in which they are read
    batch_size: int  # Rows per step


def pass_over(
    rows: Pass, spec: NetworkSpec, network: Network, moments: Moments | None
) -> tuple[Network, Moments | None, float]:
    """Take one step per minibatch; return the network, its moments and the mean loss.

    The moments are None if the loss left the finite numbers.
    """
    order, n = rows.order, len(rows.X)
    job = PreparedJob(
        specs=(replace(spec, schedule="constant"),),
        X=np.ascontiguousarray(rows.X[order], dtype=np.float32),
        targets=replace(rows.targets, matrix=rows.targets.matrix[order]),
        weight=rows.sample_weight[order].astype(np.float32)[None],
        validation_weight=None,
        initial=[network],
        batches=Batches(n, n, min(rows.batch_size, n), shuffle=False, seed=0),
    )
    stepper = Stepper.of_job(job, max_epochs=1)
    if moments is not None:
        stepper.moments = moments
    losses = stepper.run(1)
    trained = replace(stepper.network, input_names=network.input_names)
    if stepper.diverged:
        return trained, None, float(NetworkJob(0, 0, job).loss(trained, job.weight)[0])
    return trained, Moments(*stepper.moments), float(losses[0])
