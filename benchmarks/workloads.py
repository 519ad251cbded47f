"""The workloads: how many networks of which shapes, on data of which size.

Conventions: data are generated (classes by the loudest output of a random layer, with noise), so
that nothing need be read and losses fall; a network is a shape, a learning rate and a seed, the
same for every side; biases count as parameters. Adam with scikit-learn's constants, no penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

__all__ = ["WORKLOADS", "Net", "Workload", "count_parameters", "make_data"]


class Net(NamedTuple):
    """One network of a workload.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int
        Units of each hidden layer.
    activation : str
        Activation of the hidden layers, by scikit-learn's and by our name.
    learning_rate : float
        Step size.
    seed : int
        Seed of the initial weights.
    """

    hidden_layer_sizes: tuple[int, ...]
    activation: str
    learning_rate: float
    seed: int


@dataclass(frozen=True)
class Workload:
    """Networks and the data that they learn.

    Parameters
    ----------
    name : str
        Name of the bench.
    n_features, n_samples, n_classes, batch_size, epochs : int
        Size of the data and length of the training.
    activation : str
        Activation of the hidden layers.
    shapes : tuple of tuple of int
        Units of each hidden layer.
    copies : int
        Networks of each shape.
    rates : tuple of float
        Learning rates that the copies go through in turn.
    every : int
        A peer trains one copy in `share` of each shape, and its time is multiplied.
    floor, limit : float
        Ratio that is asked for, and the one that a kernel written by hand reached.
    """

    name: str
    n_features: int
    n_samples: int
    n_classes: int
    batch_size: int
    epochs: int
    activation: str
    shapes: tuple[tuple[int, ...], ...]
    copies: int
    rates: tuple[float, ...]
    every: int
    floor: float
    limit: float

    def networks(self, every: int = 1) -> list[Net]:
        """List the networks, or one in `share` copies of each shape."""
        return [
            Net(shape, self.activation, self.rates[copy % len(self.rates)], copy)
            for copy in range(0, self.copies, every)
            for shape in self.shapes
        ]

    @property
    def n_networks(self) -> int:
        """Number of networks."""
        return self.copies * len(self.shapes)

    def n_parameters(self, shape: Sequence[int]) -> int:
        """Count the weights and biases of a network of a shape."""
        return count_parameters(self.n_features, shape, self.n_classes)

    def small(self) -> Workload:
        """Return a form that takes a second: two shapes, few rows, three networks of each."""
        return replace(
            self,
            n_samples=4 * self.batch_size,
            epochs=2,
            shapes=self.shapes[:2],
            copies=3,
            every=min(self.every, 2),
        )


def _grid(widths: Sequence[int], depths: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    return tuple((width,) * depth for width in widths for depth in depths)


#: The three sizes at which speed is promised.
WORKLOADS = {
    "w1": Workload(
        name="w1",
        n_features=2,
        n_samples=1_000,
        n_classes=2,
        batch_size=50,
        epochs=20,
        activation="tanh",
        shapes=_grid((2, 4, 8, 16), (1, 2, 3)),
        copies=84,
        rates=(0.001, 0.003, 0.01, 0.03),
        every=21,
        floor=80.0,
        limit=315.0,
    ),
    "w2": Workload(
        name="w2",
        n_features=57,
        n_samples=1_000,
        n_classes=10,
        batch_size=50,
        epochs=20,
        activation="relu",
        shapes=((), *_grid((8, 16, 32, 64, 128), (1, 2, 3))),
        copies=31,
        rates=(0.001,),
        every=8,
        floor=11.0,
        limit=13.6,
    ),
    "w3": Workload(
        name="w3",
        n_features=256,
        n_samples=10_000,
        n_classes=10,
        batch_size=200,
        epochs=3,
        activation="relu",
        shapes=_grid((64, 128, 192, 256, 384, 512), (1, 2, 3, 4)),
        copies=1,
        rates=(0.001,),
        every=1,
        floor=1.3,
        limit=1.8,
    ),
}


def make_data(
    n_samples: int, n_features: int, n_classes: int, seed: int, noise: float = 0.3
) -> tuple[np.ndarray, np.ndarray]:
    """Generate rows and their classes.

    Parameters
    ----------
    n_samples, n_features, n_classes : int
        Size.
    seed : int
        Seed.
    noise : float, default 0.3
        Standard deviation of what is added to outputs of the layer, which are in (-1, 1).

    Returns
    -------
    array of shape (n_samples, n_features)
        Standard normal, float64.
    array of shape (n_samples,)
        Classes from 0; each occurs.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    scores = np.tanh(X @ rng.normal(size=(n_features, n_classes)) / np.sqrt(n_features))
    y = (scores + noise * rng.normal(size=scores.shape)).argmax(axis=1)
    y[:n_classes] = np.arange(n_classes)
    return X, y


def count_parameters(n_features: int, shape: Sequence[int], n_classes: int) -> int:
    """Count weights and biases; two classes have one output.

    Parameters
    ----------
    n_features : int
        Inputs.
    shape : sequence of int
        Units of each hidden layer.
    n_classes : int
        Classes.

    Returns
    -------
    int
        Parameters.

    Examples
    --------
    2 * 8 + 8 of the hidden layer, 8 + 1 of the output:

    >>> count_parameters(2, (8,), 2)
    33
    """
    sizes = (n_features, *shape, n_classes if n_classes > 2 else 1)
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
