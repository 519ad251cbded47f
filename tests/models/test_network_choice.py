import numpy as np
import pytest

from gradatim import climb_collection, load_model
from gradatim.climb.task import ClimbTask
from gradatim.collection import Collection
from gradatim.evaluation.folds import make_folds
from gradatim.models.families import networks
from gradatim.models.families.base import Fit
from gradatim.models.families.registry import FAMILIES
from gradatim.models.training_set import TrainingSet
from gradatim.training.recipes import GENTLE, NEAR_LINEAR, PRESETS, Ensemble


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Train narrow networks."""
    monkeypatch.setattr(networks.Shallow, "hidden_layer_sizes", (16,))
    monkeypatch.setattr(networks.Deep, "hidden_layer_sizes", (16, 16))
    monkeypatch.setattr(networks, "TRIAL", ((16,), Ensemble(2, length=0.7)))


def collection(kind, n=300, d=20):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    if kind == "line":
        y = X[:, :6].sum(axis=1) + 2.0 * rng.normal(size=n) > 0
    else:
        y = X[:, 0] * X[:, 1] > 0
        X = X[:, :2]
    return Collection(kind, {"x": X}, y.astype(int), "classification", np.arange(n).astype(str))


def test_a_noisy_line_is_told_from_what_only_a_network_can_learn():
    for kind, chosen in (("line", 1), ("corners", 0)):
        found = climb_collection(collection(kind), rungs=["shallow"], repeats=1, n_jobs=1)
        choices = found.rungs[0].choices
        assert np.mean(np.array(choices) == chosen) >= 0.6
        assert ("and linear" in found.rungs[0].model) == bool(chosen)


def test_the_model_for_a_line_averages_a_gentle_network_with_lines(tmp_path):
    data = TrainingSet(collection("line"))
    rows = np.arange(200)
    fit = Fit(FAMILIES["deep"].candidates(data, "x")[1], rows, rows[:0])
    [fitted] = FAMILIES["deep"].fit(data, "x", [fit], lambda *told: None)
    nets = fitted.model.networks
    assert [net.depth for net in nets] == [3, 1, 1]
    assert fitted.model.network is None
    path = fitted.model.save(tmp_path / "m.gradatim")
    X = data.collection.X["x"][200:]
    assert np.array_equal(load_model(path).outputs(X), fitted.model.outputs(X))


def test_shallow_and_deep_share_their_trials():
    made = collection("line")
    task = ClimbTask(made, folds=make_folds(made, 5, 1, 0))
    fits = [Fit(c, np.arange(200), np.arange(200, 300)) for c in PRESETS.values()]
    first = FAMILIES["shallow"].fit(task, "x", fits[:1], lambda *told: None)
    again = FAMILIES["deep"].fit(task, "x", fits[:1], lambda *told: None)
    assert again[0] is first[0]
    assert [net.layer_sizes for net in first[0].model.networks] == [(20, 16, 1)] * 2


@pytest.mark.parametrize("preset", PRESETS)
def test_a_third_of_the_networks_for_a_line_are_gentle(preset):
    specs = NEAR_LINEAR[preset].specs((8,), "classification", 0, n_rows=50)
    assert len(specs) % 3 == 0
    assert [s.hidden_layer_sizes for s in specs[:3]] == [(8,), (), ()]
    assert specs[0].learning_rate == GENTLE.learning_rate
    # scikit-learn's C, of a loss that is a mean
    assert specs[1].weight_decay == pytest.approx(1 / (0.03 * 50))
    assert specs[2].weight_decay == pytest.approx(1 / (0.3 * 50))
