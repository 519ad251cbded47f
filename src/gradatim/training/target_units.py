"""Units of targets: real targets are learnt in standard units and predicted in their own.

Conventions: ``(y - center) / spread`` per column; what is constant has spread 1. Classes and labels
have no units, so theirs is the identity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from gradatim.network.graph import Layer, Network
from gradatim.training.targets import Targets


@dataclass(frozen=True, eq=False)
class TargetUnits:
    """An affine map of each target."""

    center: np.ndarray  # (n_outputs,): Standard units are :math:`(y - center) / spread`
    spread: np.ndarray

    @classmethod
    def none(cls, n_outputs: int) -> Self:
        """Keep targets as they are."""
        return cls(np.zeros(n_outputs), np.ones(n_outputs))

    @classmethod
    def learn(cls, Y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Take mean and standard deviation of rows, which may be weighted.

        `Y` (n_samples, n_outputs); `weight` (n_samples,).
        """
        Y = Y.astype(np.float64)
        share = np.full(len(Y), 1.0 / len(Y)) if weight is None else weight / weight.sum()
        center = share @ Y
        spread = np.sqrt(share @ (Y - center) ** 2)
        # A spread of nothing but rounding is none.
        rounding = 10 * np.finfo(np.float64).eps * np.abs(Y).max(axis=0)
        return cls(center, np.where(spread > rounding, spread, 1.0))

    def standard(self, Y: np.ndarray, targets: Targets) -> Targets:
        """Write targets in standard units. `Y` (n_samples, n_outputs)."""
        return replace(targets, matrix=((Y - self.center) / self.spread).astype(np.float32))

    def restore(self, network: Network) -> Network:
        """Make a network of standard units predict in the targets' own."""
        last = network.layers[-1]
        weight = last.weight * self.spread[:, None]
        bias = last.bias * self.spread + self.center
        return replace(network, layers=[*network.layers[:-1], Layer(weight, bias, last.activation)])

    def reduce(self, network: Network) -> Network:
        """Make a network of the targets' own units predict in standard ones."""
        last = network.layers[-1]
        weight = last.weight / self.spread[:, None]
        bias = (last.bias - self.center) / self.spread
        return replace(network, layers=[*network.layers[:-1], Layer(weight, bias, last.activation)])
