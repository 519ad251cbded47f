"""Layers are what the network computes, seen through an independent trace."""

import numpy as np
import pytest

from gradatim.errors import SpecError
from gradatim.models import Model
from gradatim.models.learners import AveragedNetworks, Constant
from gradatim.music.embeddings import musicnn_features, run_musicnn
from gradatim.network import Layer, Network
from gradatim.network.trace import trace
from gradatim.probing.activations import layer_network, layers_of_model, musicnn_layers
from gradatim.scalers import fit_scaler


def test_layers_are_those_of_a_trace():
    rng = np.random.default_rng(0)
    sizes = ((4, 3), (3, 4), (1, 3))
    layers = [Layer(rng.normal(size=size), rng.normal(size=size[0]), "silu") for size in sizes]
    network, X = Network(layers), rng.normal(size=(5, 3))
    scaler = fit_scaler(X, "robust")
    model = Model("deep", "x", "regression", AveragedNetworks((network,), False), scaler)
    found = layers_of_model(model, X)
    assert list(found) == ["input", "hidden 1", "hidden 2", "output"]
    for i, z in enumerate(scaler.transform(X, np.float64)):
        row = trace(network, z.tolist())
        for name, units in zip(["hidden 1", "hidden 2"], row.layers, strict=False):
            assert found[name][i] == pytest.approx([unit.value for unit in units])
        assert found["output"][i] == pytest.approx([row.outputs[0].pre_activation])


@pytest.mark.parametrize("rung", ["majority", "logistic"])
def test_a_model_without_hidden_layers_says_so(rung):
    network = Network([Layer([[1.0]], [0.0], "logistic")])
    learner = Constant(np.ones(1)) if rung == "majority" else AveragedNetworks((network,), True)
    model = Model(rung, "x", "classification", learner, fit_scaler([[0.0], [1.0]]))
    with pytest.raises(SpecError, match=f"the {rung} model has no hidden layers"):
        layer_network(model)


def test_layers_of_the_pretrained_net_are_those_that_it_computes():
    time = np.arange(32000) / 16000
    y = (0.4 * np.sin(2 * np.pi * 330 * time)).astype(np.float32)
    inputs = {"musicnn": musicnn_features(y, 16000)[None], "mel": np.zeros((1, 4))}
    found, whole = musicnn_layers(inputs), run_musicnn(y, 16000)
    assert len(whole.tags) == 1
    for name in ("timbral", "temporal", "mid 1", "mid 2", "mid 3"):
        frames = getattr(whole, name.replace(" ", "_"))[0]
        assert found[name][0] == pytest.approx(frames.mean(axis=0), abs=1e-4)
    assert found["penultimate"][0] == pytest.approx(whole.penultimate[0], abs=1e-3)
    assert 1 / (1 + np.exp(-found["tags"][0])) == pytest.approx(whole.tags[0], abs=1e-4)
