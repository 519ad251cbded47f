"""Looking into layers: what a network has learnt from is never held out from it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gradatim import climb_collection
from gradatim.errors import InputError, SpecError
from gradatim.probing import analysis, layers, layers_of_climb
from gradatim.sources.registry import Options


@pytest.fixture(scope="module")
def shown(cycles, model):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(analysis, "read_rows", lambda *_: (cycles, cycles.X["wave"]))
        return layers(model, "cycles", Options(n_jobs=1), n_units=2)


def test_a_network_that_has_learnt_from_the_samples_is_trained_anew(shown):
    assert shown.has_learnt
    assert "trained anew without each fold" in shown.unfolded
    assert [one.name for one in shown.layers] == ["input", "hidden 1", "output"]
    assert [one.layer for one in shown.probes_of("label")] == ["input", "hidden 1", "output"]


def test_a_network_of_another_input_beside_cycles_is_trained_anew(cycles, monkeypatch):
    levels = np.abs(np.fft.rfft(cycles.X["wave"], axis=1))[:, 1:7]
    both = replace(cycles, X={**cycles.X, "levels": levels}, cycles=["wave"])
    model = climb_collection(
        both, rungs=["shallow"], inputs=["levels"], repeats=1, folds=3, n_jobs=1
    ).model
    monkeypatch.setattr(analysis, "read_rows", lambda *_: (both, both.X["levels"]))
    found = layers(model, "cycles", Options(n_jobs=1), n_units=0)
    assert "trained anew without each fold" in found.unfolded
    assert found.probes_of("label")


def test_every_layer_and_unit_is_in_the_json_object(shown, cycles):
    found = json.loads(json.dumps(shown.to_dict(), allow_nan=False))
    assert [len(one["units"]) for one in found["layers"]] == [32, 256, 1]
    unit = found["layers"][1]["units"][3]
    activations = shown.layers[1].activations[:, 3]
    assert unit["most"][0]["id"] == cycles.ids[activations.argmax()]
    assert unit["least"][0]["activation"] == pytest.approx(activations.min(), rel=1e-5)
    assert len(unit["to_pitch"]) == len(found["layers"][1]["pitch"])
    assert set(unit["correlations"]) == {"loudness", "brightness"}


def test_units_that_are_shown_have_weights_in_the_first_layer_and_optimized_inputs_in_all(shown):
    first, second = shown.layers[1].shown, shown.layers[2].shown
    assert (len(first), len(second)) == (2, 1)
    assert all(one.weights is not None and one.optimized is not None for one in first)
    assert all(one.weights is None and one.optimized is not None for one in second)
    for layer, units in ((shown.layers[1], first), (shown.layers[2], second)):
        # SiLU is below its input where that is positive.
        best = [layer.activations[:, one.unit].max() for one in units]
        assert all(one.reached >= value - 1e-6 for one, value in zip(units, best, strict=True))


def test_projections_are_principal_components_of_the_standardized_layer(shown):
    layer = shown.layers[1]
    Z = (layer.activations - layer.activations.mean(axis=0)) / layer.activations.std(axis=0)
    values = np.linalg.svd(Z, compute_uv=False) ** 2
    assert layer.explained == pytest.approx(values[:2] / values.sum())
    assert (layer.projection**2).sum(axis=0) == pytest.approx(values[:2])


def test_samples_of_large_collections_are_whole_groups(cycles):
    rows, notice = analysis._sample(cycles, 20, 0)
    assert len(rows) == 20
    assert len(np.unique(cycles.groups[rows])) == 5
    assert notice.message.startswith("20 of 72 samples")
    assert analysis._sample(cycles, 72, 0)[1] is None


def test_a_climb_is_looked_into_by_the_networks_of_its_folds(climb, cycles):
    found = layers_of_climb(climb)
    assert len(climb.fold_models) == 3
    assert [one.name for one in found.layers] == ["input", "hidden 1", "output"]
    assert "had not learnt from it" in found.unfolded
    # The last layer's probe can say what the network says, so neither is far from the other.
    own = found.probes_of("label")[-1].score
    assert own == pytest.approx(climb.winner.mean, abs=0.1)
    assert not any(layer.shown for layer in found.layers)
    plain = climb_collection(cycles, rungs=["majority", "linear"], repeats=1, folds=3)
    assert layers_of_climb(plain) is None


def test_what_cannot_be_looked_into_is_said(tmp_path, model):
    with pytest.raises(SpecError, match="the pretrained net is called musicnn, not vgg"):
        layers("vgg", tmp_path)
    with pytest.raises(InputError, match="hears sounds; give it a folder of audio"):
        layers("musicnn", "timbre")
    with pytest.raises(SpecError, match="leave --features out"):
        layers("musicnn", tmp_path, Options(features=("mel",)))
    with pytest.raises(InputError, match="there is no file, folder or dataset"):
        layers(model, "nowhere")
