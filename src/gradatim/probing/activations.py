"""What the layers of a network hold of some rows: of a model's own network, or of MSD_musicnn.

Conventions: a layer is (n_rows, n_units), float64; layers are named and in order, what the network
reads first. Of several averaged networks the first that has hidden layers is taken. A layer of
MSD_musicnn is its mean over the frames of a sound.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradatim._text import show_name
from gradatim.errors import SpecError
from gradatim.models.learners import AveragedNetworks
from gradatim.models.model import Model
from gradatim.network.evaluate import forward
from gradatim.network.graph import Layer, Network

#: Names of what a network reads, and of what its last units see.
INPUT, OUTPUT = "input", "output"


def layer_network(model: Model) -> Network:
    """Return the network whose layers are looked into, or say that there are none."""
    learner = model.learner
    members = learner.members if isinstance(learner, AveragedNetworks) else ()
    # Where truth is nearly linear, members without hidden layers stand beside those that have some.
    deep = [network for network in members if network.depth > 1]
    if not deep:
        raise SpecError(
            f"the {show_name(model.rung)} model has no hidden layers to look into; save a shallow "
            "or deep one (climb --save-rung deep FILE)"
        )
    return deep[0]


def layers_of_network(network: Network, Z: np.ndarray) -> dict[str, np.ndarray]:
    """Return the scaled inputs, the activations of hidden layers, and what the outputs see."""
    passed = forward(network, Z)
    hidden = {f"hidden {k}": a for k, a in enumerate(passed.activations[1:-1], start=1)}
    return {INPUT: passed.activations[0], **hidden, OUTPUT: passed.pre_activations[-1]}


def untrained_like(network: Network, seed: int) -> Network:
    """Return a network of the same shape whose weights keep the variance, as before training."""
    rng = np.random.default_rng([seed, 5])
    return Network(
        [
            Layer(
                rng.standard_normal(layer.weight.shape) / np.sqrt(layer.weight.shape[1]),
                np.zeros(len(layer.bias)),
                layer.activation,
            )
            for layer in network.layers
        ]
    )


def layers_of_model(model: Model, X: np.ndarray) -> dict[str, np.ndarray]:
    """Return the layers of a model's first network, of rows in raw units."""
    assert model.scaler is not None
    return layers_of_network(layer_network(model), model.scaler.transform(X, np.float64))


def musicnn_layers(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the layers of MSD_musicnn from its pooled features, after a summary of mel bands.

    `inputs` holds ``"musicnn"`` (n_rows, 1506), as `musicnn_features` gives it, and ``"mel"``. The
    back end reads the pooled frames of the whole sound.
    """
    from gradatim.music.embeddings.forward import read_net, run_back_end
    from gradatim.music.embeddings.musicnn import FRAME_LAYERS

    both = inputs["musicnn"].astype(np.float32).reshape(len(inputs["musicnn"]), -1, 2)
    mean, highest = both[:, :, 0], both[:, :, 1]
    found, start = {"mel bands": inputs["mel"].astype(np.float64)}, 0
    for name, n_units in FRAME_LAYERS.items():
        found[name.replace("_", " ")] = mean[:, start : start + n_units].astype(np.float64)
        start += n_units
    penultimate, tags = run_back_end(read_net(), highest, mean)
    return found | {"penultimate": penultimate.astype(float), "tags": tags.astype(float)}
