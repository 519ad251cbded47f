"""Presets: what they set, what overrides them, and what averaging members means."""

import copy
import inspect
import re
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import recall_score

from gradatim import Augmentation
from gradatim.errors import SpecError
from gradatim.estimators import NetworkClassifier, NetworkRegressor
from gradatim.estimators._presets import PRESETS, choose
from gradatim.network import Layer, Network

# Short trainings are meant here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the loss was still falling"),
    pytest.mark.filterwarnings("ignore:the network is "),
]

QUICK = {"preset": "strong", "hidden_layer_sizes": (8,), "n_members": 3, "random_state": 0}


def rings(n_samples=200):
    """Two classes that no line parts, of which one is rare."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, 2))
    return X, (np.hypot(*X.T) > 1.7).astype(int)


def test_the_table_of_the_docstring_is_what_the_presets_say():
    [flat], [deep] = choose(NetworkClassifier()), choose(NetworkClassifier((8,)))
    strong, gentle = PRESETS["strong"].recipes
    table = re.findall(
        r"^(\w+) {2,}(.+?) {2,}(.+?) {2,}(.+)$", inspect.getdoc(NetworkClassifier), re.M
    )
    told = {name: values for name, *values in table if name != "parameter"}
    for name, values in told.items():
        if name == "n_members":
            true = [1, 1, PRESETS["strong"].n_members]
        elif name == "alpha":
            assert strong.alpha is None
            true = [flat.alpha, deep.alpha, f"weight decay {strong.decay} a step"]
        else:
            both = [getattr(strong, name), getattr(gentle, name)]
            true = [getattr(flat, name), getattr(deep, name), *both[: 1 + (both[0] != both[1])]]
        if name == "hidden_layer_sizes":
            true[1] = "as given"
        assert [float_or_text(t) for t in (*values[:2], *values[2].split(" / "))] == [
            float_or_text(str(v)) for v in true
        ]
    automatic = {k for k, v in NetworkClassifier().get_params().items() if v == "auto"}
    assert set(told) == automatic


def float_or_text(text):
    try:
        return float(text)
    except ValueError:
        return text


def test_what_is_given_overrides_the_preset_in_every_member():
    given = NetworkClassifier(preset="strong", dropout=0.0, scaling=None, n_members=4)
    recipes = choose(given)
    assert [recipe.dropout for recipe in recipes] == [0.0] * 4
    assert [recipe.scaling for recipe in recipes] == [None] * 4
    assert [recipe.learning_rate_init for recipe in recipes] == [0.012, 0.004] * 2


@pytest.mark.parametrize(
    ("parameters", "solver"),
    [
        ({}, "exact"),
        ({"alpha": 2.0, "max_iter": 50, "dropout": 0}, "exact"),
        ({"hidden_layer_sizes": (3,)}, "adam"),
        ({"learning_rate_init": 0.1}, "adam"),
        ({"early_stopping": True}, "adam"),
        ({"warm_start": True}, "adam"),
        ({"n_members": 2}, "adam"),
    ],
)
def test_without_a_hidden_layer_the_network_is_solved_unless_steps_are_asked_for(
    parameters, solver
):
    assert choose(NetworkClassifier(**parameters))[0].solver == solver


@pytest.mark.parametrize("preset", ["stronger", "", 1, ["strong"]])
def test_an_unknown_preset_is_refused(preset):
    with pytest.raises(SpecError, match="preset must be one of None, 'strong'"):
        choose(SimpleNamespace(preset=preset, n_members="auto"))


@pytest.mark.parametrize("n_members", [0, -1, 1.5, True, "all", None])
def test_members_are_counted(n_members):
    with pytest.raises(SpecError, match="n_members must be"):
        NetworkClassifier(n_members=n_members).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize("n_classes", [2, 3])
def test_probabilities_are_averaged_over_the_members(n_classes):
    X, y = rings()
    y = y + (n_classes > 2) * (X[:, 0] > 0)
    model = NetworkClassifier(**QUICK).fit(X, y)
    assert len(model.networks_) == 3
    outputs = np.mean(
        [network(model.scaler_.transform(X, np.float64)) for network in model.networks_], axis=0
    )
    p = model.predict_proba(X)
    np.testing.assert_allclose(p[:, -outputs.shape[1] :], outputs, atol=1e-12)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.predict(X), p.argmax(axis=1))
    z = model.decision_function(X)
    odds = np.log(p[:, 1] / p[:, 0]) if n_classes == 2 else np.log(p)
    np.testing.assert_allclose(z, odds, atol=1e-9)


def test_labels_and_values_are_averaged_likewise():
    X, y = rings()
    Y = np.stack([y, X[:, 0] > 0], axis=1).astype(int)
    labels = NetworkClassifier(**QUICK).fit(X, Y)
    outputs = [network(labels.scaler_.transform(X, np.float64)) for network in labels.networks_]
    np.testing.assert_allclose(labels.predict_proba(X), np.mean(outputs, axis=0), atol=1e-12)
    values = NetworkRegressor(**QUICK).fit(X, X @ [[1.0, 2.0], [0.0, 1.0]] + 30.0)
    outputs = [network(values.scaler_.transform(X, np.float64)) for network in values.networks_]
    np.testing.assert_allclose(values.predict(X), np.mean(outputs, axis=0), rtol=1e-12)


def test_members_differ_and_follow_from_the_seed():
    X, y = rings()
    one, same = (NetworkClassifier(**QUICK).fit(X, y) for _ in range(2))
    assert one.networks_ == same.networks_
    assert len(set(one.networks_)) == 3
    first = NetworkClassifier(**QUICK).set_params(n_members=1).fit(X, y)
    np.testing.assert_allclose(first.coefs_[0], one.coefs_[0], atol=1e-6)


def test_the_strong_preset_parts_what_no_line_does():
    X, y = rings(500)
    model = NetworkClassifier(preset="strong", n_members=2, random_state=0).fit(X[:300], y[:300])
    assert model.score(X[300:], y[300:]) > 0.93
    assert NetworkClassifier(solver="exact").fit(X, y).score(X, y) < 0.85


def test_balanced_classes_find_more_of_the_rare_one():
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.1).astype(int)
    X = rng.normal(size=(300, 2)) + y[:, None]
    plain = NetworkClassifier(**QUICK).fit(X, y)
    balanced = NetworkClassifier(**QUICK, class_weight="balanced").fit(X, y)
    by_hand = NetworkClassifier(**QUICK, class_weight={1: 9.0}).fit(X, y)
    found = [recall_score(y, model.predict(X)) for model in (plain, balanced, by_hand)]
    assert found[0] < 0.5 < min(found[1:])


def test_the_decay_of_the_preset_does_not_depend_on_the_unit_of_weights():
    X, y = rings()
    light, heavy = (
        NetworkClassifier(**QUICK).fit(X, y, sample_weight=np.full(200, w)) for w in (1.0, 1024.0)
    )
    np.testing.assert_allclose(light.coefs_[0], heavy.coefs_[0], atol=1e-6)


@pytest.mark.parametrize(
    "parameters",
    [QUICK, {"target_scaling": "standard", "learning_rate_init": 0.05, "random_state": 0}],
)
def test_scaled_targets_are_predicted_in_their_own_units(parameters):
    X, _ = rings()
    y = X[:, 0] - X[:, 1]
    near = NetworkRegressor(**parameters).fit(X, y)
    far = NetworkRegressor(**parameters).fit(X, 4096.0 * y + 1e6)
    np.testing.assert_allclose(far.predict(X), 4096.0 * near.predict(X) + 1e6, rtol=1e-4)
    np.testing.assert_allclose(far.loss_curve_, near.loss_curve_, rtol=1e-3)
    assert far.score(X, 4096.0 * y + 1e6) > 0.8


def test_a_warm_start_goes_on_with_every_member():
    X, y = rings()
    y = 1000.0 * X[:, 0] + 5e4
    model = NetworkRegressor(**QUICK, warm_start=True).fit(X, y)
    first = model.loss_
    assert model.fit(X, y).loss_curve_[0] < 2 * first
    with pytest.raises(SpecError, match=r"networks as there are, 3, but n_members is 2"):
        model.set_params(n_members=2).fit(X, y)


def test_a_member_that_diverges_is_left_out_and_told():
    X, y = rings()
    model = NetworkClassifier((2,), solver="sgd", n_members=2, warm_start=True, random_state=0)
    model.fit(X, y)
    sound = model.networks_[0]
    first = sound.layers[0]
    wild = Layer(np.full_like(first.weight, 1e38), first.bias, first.activation)
    model.networks_[1] = Network([wild, Layer(1e38 + sound.layers[1].weight, [0.0], "sigmoid")])
    with pytest.warns(ConvergenceWarning, match="1 of 2 networks left the finite numbers"):
        model.fit(X, y)
    assert len(model.networks_) == 1
    assert np.isfinite(model.predict_proba(X)).all()


def test_a_curve_is_the_mean_over_members_who_stay_where_they_ended():
    X, y = rings()
    model = NetworkClassifier(**QUICK).set_params(n_members=2).fit(X, y)
    alone = copy.deepcopy(model).set_params(n_members=1).fit(X, y).loss_curve_
    assert model.n_iter_ == len(alone) == 60
    # The second member ends after 30 epochs, so from there only the first one moves the mean.
    np.testing.assert_allclose(np.diff(model.loss_curve_[30:]), np.diff(alone[30:]) / 2, rtol=1e-3)


def test_parts_are_learnt_by_one_network_without_factors_only():
    assert not hasattr(NetworkClassifier(preset="strong"), "partial_fit")
    assert not hasattr(NetworkClassifier(n_members=2), "partial_fit")
    X, y = rings()
    model = NetworkClassifier((8,), preset="strong", n_members=1, input_scale=0, random_state=0)
    for _ in range(60):
        model.partial_fit(X, y, classes=[0, 1])
    assert model.score(X, y) > 0.8
    assert model.n_iter_ == 60


def test_one_exact_solution_has_no_members():
    with pytest.raises(SpecError, match="set n_members=1"):
        NetworkRegressor(solver="exact", n_members=2).fit([[0.0], [1.0]], [0.0, 1.0])


@pytest.mark.parametrize("hidden", [(), (8,)])
def test_augmentation_is_for_steps_and_reaches_the_engine(hidden):
    at = 2 * np.pi * np.arange(16) / 16
    phase = np.random.default_rng(0).uniform(0, 2 * np.pi, 200)
    X, y = np.sin(at + phase[:, None]), (np.cos(phase) > 0).astype(int)
    rule = Augmentation(shift=0.5)
    fields = {"solver": "adam", "max_iter": 30, "scaling": "signal", "random_state": 0}
    plain = NetworkClassifier(hidden, **fields).fit(X, y)
    blind = NetworkClassifier(hidden, augmentation=rule, **fields).fit(X, y)
    assert plain.loss_curve_[-1] < 0.5
    assert blind.loss_curve_[-1] > 0.9 * np.log(2)
    assert choose(NetworkClassifier(hidden, augmentation=rule))[0].solver == "adam"
    assert NetworkRegressor(augmentation=rule).get_params()["augmentation"] == rule
