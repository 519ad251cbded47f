"""What training one spec gave.

Conventions: a loss curve has one entry per epoch, the mean training loss over that epoch's steps,
as the weights were at each step; for ``lbfgs`` an epoch is an iteration, and its entry the loss
after it. Training losses have the penalty (but for ``adamw``), smoothed labels and dropout in them,
validation losses do not. Log losses are in nats, squared errors in half squared units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gradatim._text import plural
from gradatim.errors import SpecError
from gradatim.network.evaluate import evaluate, forward
from gradatim.network.graph import Network
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets, both_tails

__all__ = ["FitResult"]


@dataclass(frozen=True, eq=False, repr=False)
class FitResult:
    """A trained network and how it came about.

    Parameters
    ----------
    spec : NetworkSpec
        What was trained.
    network : Network
        The network, with the weights of the best epoch where there were validation rows.
    loss_curve : array of shape (n_epochs,)
        Training loss by epoch. Of a network that diverged in its first epoch it is the loss of the
        weights that it has; the curve is never empty, and its entries are finite.
    validation_curve : array of shape (n_epochs,)
        Loss on the validation rows after each epoch; NaN if this network had none, empty if no
        network of its job had, and for ``lbfgs``.
    best_epoch : int
        Epoch, from 1, whose weights the network has; 0 if those are the initial ones.
    stopped_early : bool
        Whether early stopping ended the training.
    diverged : bool
        Whether the loss left the finite numbers; the network then has the last finite weights.
    targets : Targets
        How outputs are read.
    """

    spec: NetworkSpec
    network: Network
    loss_curve: np.ndarray
    validation_curve: np.ndarray
    best_epoch: int
    stopped_early: bool
    diverged: bool
    targets: Targets

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.network.layer_sizes))
        ended = "diverged" if self.diverged else f"loss {self.loss_curve[-1]:.4g}"
        return f"FitResult: {sizes}: {plural(self.n_epochs, 'epoch')}, {ended}"

    @property
    def n_epochs(self) -> int:
        """Number of epochs trained."""
        return 0 if self.diverged and self.best_epoch == 0 else len(self.loss_curve)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict labels, 0/1 indicators or real values of rows (n_samples, n_features).

        They have the form of the `y` that was learnt.
        """
        return self.targets.decide(evaluate(self.network, X))

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Predict the probability of each class or label for rows (n_samples, n_features).

        Columns are in the order of the sorted classes, or of the labels; regression has none.
        """
        if self.targets.loss.name == "squared":
            raise SpecError("a regression network has no probabilities; use predict")
        passed, classes = forward(self.network, X), self.targets.classes
        if classes is not None and len(classes) == 2:
            return both_tails(passed.pre_activations[-1])
        return passed.activations[-1]
