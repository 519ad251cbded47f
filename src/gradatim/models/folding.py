"""Folding: a scaler into the first layer, and an average of networks into one network.

Conventions: float64; what cannot be folded exactly gives None.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.network.graph import Layer, Network
from gradatim.scalers import Scaler

#: Rounding of a pre-activation from which a folded network is not the same within 1e-9.
MOST_ROUNDING = 1e-10


def fold_scaler(network: Network, scaler: Scaler) -> Network | None:
    """Make a network on scaled inputs one on raw inputs; None if that is not the same."""
    if scaler.clip is not None:
        return None
    first, *rest = network.layers
    weight = first.weight.astype(np.float64) / scaler.scale
    # What a unit adds up and takes away again: of a column of times it is most of its digits.
    rounded = np.finfo(np.float64).eps * (np.abs(weight) @ np.abs(scaler.center)).max(initial=0.0)
    if rounded > MOST_ROUNDING:
        return None
    layer = Layer(weight, first.bias - weight @ scaler.center, first.activation, first.mask)
    return Network([layer, *rest], network.input_names, network.output_names)


def average(networks: Sequence[Network]) -> Network | None:
    """Average networks of one depth; None if a softmax would have to be split into parts."""
    if len(networks) == 1:
        return networks[0]
    stacked = side_by_side(networks)
    if stacked is None:
        return None
    n, n_outputs = len(networks), networks[0].n_outputs
    mean = np.tile(np.eye(n_outputs) / n, (1, n))
    last = Layer(mean, np.zeros(n_outputs), "identity", mean != 0)
    return Network([*stacked.layers, last], networks[0].input_names, networks[0].output_names)


def side_by_side(networks: Sequence[Network]) -> Network | None:
    """Put networks on the same inputs beside each other, without edges between them."""
    layers = []
    if len({network.depth for network in networks}) > 1:
        return None
    for depth, parts in enumerate(zip(*(network.layers for network in networks), strict=True)):
        if any(part.activation == "softmax" for part in parts):
            return None
        weights = [part.weight.astype(np.float64) for part in parts]
        mask = None
        if depth:
            shape = tuple(np.sum([w.shape for w in weights], axis=0))
            weight, mask, corner = np.zeros(shape), np.zeros(shape, dtype=bool), np.zeros(2, int)
            for w in weights:
                place = tuple(slice(a, a + b) for a, b in zip(corner, w.shape, strict=True))
                weight[place], mask[place] = w, True
                corner += w.shape
        else:
            weight = np.concatenate(weights)
        names = [name for part in parts for name in part.activations]
        layers.append(Layer(weight, np.concatenate([p.bias for p in parts]), tuple(names), mask))
    outputs = [name for network in networks for name in network.output_names]
    return Network(layers, networks[0].input_names, outputs)
