"""The smallest hidden layer that training finds: widths from 1 up, many seeds each.

Conventions: a width is solved by a seed if its trained network is proved to give every row its
class (`gradatim.comparisons.separable.proved`). Inputs are standardized while training, and the
scaling is then a part of the first layer's weights. That no seed solved a width proves nothing
about it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._progress import Progress, scaled, steady
from gradatim._text import name_inputs
from gradatim.certificates.labels import read_table_labels
from gradatim.comparisons.separable.proved import BALLS, wrong_rows
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network
from gradatim.training import NetworkSpec, fit_many

__all__ = ["TrainedLayer", "TriedWidth", "train_hidden"]


@dataclass(frozen=True)
class TriedWidth:
    """What the seeds of one width came to."""

    width: int  # Hidden units
    n_seeds: int  # Networks trained
    n_solved: int  # Networks that are right on every row
    fewest_errors: int  # Rows that the best of them gets wrong


@dataclass(frozen=True, eq=False)
class TrainedLayer:
    """The network of the smallest width that a seed solved, with all widths tried."""

    # One hidden layer; a logistic output for two classes, softmax for more. None if no width was
    # solved
    network: Network | None
    tried: tuple[TriedWidth, ...]  # Every width in the order in which it was tried
    seed: int | None  # Seed of the network
    activation: str  # Activation of the hidden units
    max_epochs: int  # Epochs of every network
    table: np.ndarray  # (n_samples, n_inputs): The rows
    codes: np.ndarray  # (n_samples,): Number of each row's class
    classes: tuple[Hashable, ...]  # The classes in ascending order

    @property
    def n_units(self) -> int | None:
        """Number of hidden units; None if no width was solved."""
        return None if self.network is None else self.network.layers[0].n_out

    def verify(self) -> bool:
        """Prove in ball arithmetic that every row gets its class."""
        return self.network is not None and not wrong_rows(self.network, self.table, self.codes)

    def to_dict(self) -> dict[str, Any]:
        """Return what was trained as JSON holds it."""
        return {
            "equation": None if self.network is None else str(self.network),
            "n_units": self.n_units,
            "seed": self.seed,
            "activation": self.activation,
            "max_epochs": self.max_epochs,
            "tried": [vars(one) for one in self.tried],
        }


def train_hidden(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    activation: str = "tanh",
    max_width: int = 12,
    n_seeds: int = 20,
    max_epochs: int = 1000,
    learning_rate: float = 0.03,
    random_state: int = 0,
    input_names: Sequence[str] = (),
    progress: Progress | None = None,
) -> TrainedLayer:
    """Train networks of one hidden layer, wider and wider, until a seed is right on every row.

    `X` (n_samples, n_inputs).
    """
    from gradatim.activations import get_activation

    name = get_activation(activation).name
    if name not in BALLS:
        raise SpecError(f"hidden units must be tanh, relu or sigmoid, not {activation}")
    if min(max_width, n_seeds, max_epochs) < 1 or random_state < 0:
        raise SpecError("max_width, n_seeds and max_epochs must be at least 1, random_state 0")
    table, classes, codes = read_table_labels(X, y)
    names = name_inputs(input_names, table.shape[1])
    tell = steady(progress)
    tried: list[TriedWidth] = []
    network, seed = None, None
    for width in range(1, max_width + 1):
        specs = [
            NetworkSpec(
                hidden_layer_sizes=(width,),
                activation=name,
                learning_rate=learning_rate,
                schedule="cosine",
                seed=random_state + k,
            )
            for k in range(n_seeds)
        ]
        share = scaled(
            tell, (width - 1) / max_width, width / max_width, f"training hidden layers of {width}"
        )
        networks = _train(specs, table, codes, max_epochs, names, classes, share)
        errors = [len(wrong_rows(network, table, codes)) for network in networks]
        tried.append(TriedWidth(width, n_seeds, errors.count(0), min(errors)))
        if not min(errors):
            best = errors.index(0)
            network, seed = networks[best], random_state + best
            break
    return TrainedLayer(
        network=network,
        tried=tuple(tried),
        seed=seed,
        activation=name,
        max_epochs=max_epochs,
        table=table,
        codes=codes,
        classes=classes,
    )


def _train(
    specs: Sequence[NetworkSpec],
    table: np.ndarray,
    codes: np.ndarray,
    max_epochs: int,
    names: tuple[str, ...],
    classes: tuple[Hashable, ...],
    progress: Progress,
) -> list[Network]:
    center, spread = table.mean(axis=0), table.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    results = fit_many(
        specs,
        (table - center) / scale,
        codes,
        max_epochs=max_epochs,
        batch_size=min(len(table), 64),
        progress=progress,
    )
    outputs = ("y",) if len(classes) == 2 else tuple(map(str, classes))
    return [_unscaled(result.network, center, scale, names, outputs) for result in results]


def _unscaled(
    network: Network,
    center: np.ndarray,
    scale: np.ndarray,
    names: tuple[str, ...],
    outputs: tuple[str, ...],
) -> Network:
    """Make a network of standardized inputs one of the inputs themselves, in float64."""
    first, *others = network.layers
    weight = first.weight.astype(np.float64) / scale
    bias = first.bias.astype(np.float64) - weight @ center
    layers = [Layer(weight, bias, first.activation)]
    layers += [Layer(o.weight.astype(float), o.bias.astype(float), o.activation) for o in others]
    return Network(layers, names, outputs)
