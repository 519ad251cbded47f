"""Contributions against finite differences of what a model predicts, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.svm import SVC

from gradatim.models.contributions import TOLERANCE, contribute
from gradatim.models.learners import (
    AveragedNetworks,
    Constant,
    KernelMachines,
    LandmarkMachine,
    Perceptrons,
    SupportVectors,
)
from gradatim.models.margins import Margin, find_margin
from gradatim.network import Layer, Network
from tests.models.conftest import RUNGS
from tests.models.test_model import model_of

EVERY = [(kind, rung) for kind, rungs in RUNGS.items() for rung in rungs if rung != "majority"]
# Votes have no derivative: pairs are held against scikit-learn's below.
EVERY.remove(("three", "kernel"))
ROWS = (0, 7, 31)


def raw(model, Z):
    """Return the raw rows that a scaler maps to scaled ones."""
    if model.scaler.clip is not None:
        Z = Z / np.sqrt(1 - (Z / model.scaler.clip) ** 2)
    return model.scaler.center + model.scaler.scale * Z


def public_margin(model, kind, first, second):
    """Return the margin as a user reads it off predictions in raw units."""

    def logit(p):
        return np.log(p) - np.log1p(-p)

    def margin(Z):
        X = raw(model, Z)
        if kind in ("value", "values"):
            return model.predict(X).reshape(len(X), -1)[:, first]
        if model.learner.probabilistic:
            p = model.predict_proba(X)
            return logit(p[:, first]) if second is None else np.log(p[:, first] / p[:, second])
        scores = model.decision_function(X).reshape(len(X), -1)
        if second is None or kind == "two":
            return scores[:, 0 if kind == "two" else first] * (
                -1 if kind == "two" and not first else 1
            )
        return scores[:, first] - scores[:, second]

    return margin


def differences(margin, z, n_steps=400, h=1e-5):
    """Integrate differences of a margin along the line from zero, by the midpoint rule."""
    places = (np.arange(n_steps) + 0.5) / n_steps
    found = []
    for j in range(len(z)):
        step = h * np.eye(len(z))[j]
        Z = places[:, None] * z
        found.append(z[j] * np.mean((margin(Z + step) - margin(Z - step)) / (2 * h)))
    return np.array(found)


@pytest.mark.parametrize(("kind", "rung"), EVERY)
def test_contributions_are_integrated_differences_of_predictions(climbs, kind, rung):
    climb = climbs(kind)
    model = model_of(climb, rung)
    second = {"two": 0, "three": 2}.get(kind)
    Z = model.scaler.transform(climb.collection.X["sounds"][list(ROWS)], np.float64)
    first, real = (0 if kind == "value" else 1), kind in ("value", "values")
    margin = find_margin(model.learner, first, second, real=real)
    theirs = public_margin(model, kind, first, second)
    for z in Z:
        found = contribute(margin, z)
        assert found.is_complete
        assert found.output == pytest.approx(theirs(z[None])[0], rel=1e-9, abs=1e-9)
        zero = np.zeros_like(z)[None]
        assert found.baseline_output == pytest.approx(theirs(zero)[0], rel=1e-9, abs=1e-9)
        size = np.abs(found.values).sum()
        np.testing.assert_allclose(found.values, differences(theirs, z), atol=2e-5 * size)
    # One linear map after the scaler is the same everywhere.
    assert margin.is_affine == (rung in ("linear", "logistic", "perceptron"))


def test_contributions_of_a_linear_unit_are_weight_times_input():
    network = Network([Layer([[2.0, -3.0, 0.5]], [7.0], "logistic")])
    learner = AveragedNetworks((network,), probabilistic=True)
    found = contribute(find_margin(learner, 1, 0), np.array([1.0, -1.0, 4.0]))
    assert found.values.tolist() == [2.0, 3.0, 2.0]
    assert (found.output, found.baseline_output, found.gap) == (14.0, 7.0, 0.0)
    against = contribute(find_margin(learner, 0, 1), np.array([1.0, -1.0, 4.0]))
    assert against.values.tolist() == [-2.0, -3.0, -2.0]


@pytest.mark.parametrize("activation", ["softmax", "logistic", "tanh", "identity"])
@pytest.mark.parametrize("real", [False, True])
def test_averages_of_networks_are_explained_as_one(activation, real):
    rng = np.random.default_rng(5)
    members = tuple(
        Network(
            [
                Layer(rng.normal(size=(6, 4)), rng.normal(size=6), "silu"),
                Layer(rng.normal(size=(5, 6)), rng.normal(size=5), "softmax"),
                Layer(2 * rng.normal(size=(3, 5)), rng.normal(size=3), activation),
            ]
        )
        for _ in range(3)
    )
    learner = AveragedNetworks(members, activation in ("softmax", "logistic"))
    margin = find_margin(learner, 2, None if real else 0, real=real)

    def theirs(Z):
        values = learner.outputs(Z) if real else learner.scores(Z)
        return values[:, 2] if real else values[:, 2] - values[:, 0]

    z = np.array([0.4, -1.2, 2.0, 0.0])
    found = contribute(margin, z)
    assert found.is_complete
    assert found.values[3] == 0.0
    np.testing.assert_allclose(found.values, differences(theirs, z, 2000), atol=1e-5)


def machine_of(peer, X):
    return SupportVectors(
        degree=peer.degree if peer.kernel == "poly" else 0,
        gamma=peer.gamma,
        vectors=X[peer.support_],
        coefficients=peer.dual_coef_,
        intercepts=peer.intercept_,
        codes=(0, 1, 2, 3),
        counts=tuple(peer.n_support_.tolist()),
    )


@pytest.mark.parametrize(
    "options",
    [{"kernel": "rbf", "gamma": 0.7}, {"kernel": "poly", "degree": 3, "gamma": 0.4, "coef0": 1.0}],
)
def test_pairs_of_a_kernel_machine_are_scikit_learns(options):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(80, 3))
    y = (X[:, 0] > 0) + 2 * (X[:, 1] + 0.3 * X[:, 2] > 0)
    peer = SVC(decision_function_shape="ovo", **options).fit(X, y)
    learner = KernelMachines((machine_of(peer, X),), 4)
    pairs = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    for k, (a, b) in enumerate(pairs):

        def theirs(Z, k=k):
            return peer.decision_function(Z)[:, k]

        for (first, second), sign in (((a, b), 1), ((b, a), -1)):
            margin = find_margin(learner, first, second)
            np.testing.assert_allclose(margin.value(X[:9]), sign * theirs(X[:9]), atol=1e-9)
            found = contribute(margin, X[0])
            assert found.is_complete
            np.testing.assert_allclose(found.values, sign * differences(theirs, X[0]), atol=1e-4)


def test_a_kernel_of_degree_one_is_linear():
    machine = SupportVectors(
        1, 0.5, np.array([[2.0, 0.0]]), np.array([[3.0]]), np.array([1.0]), (), (), 10.0, 2.0
    )
    found = contribute(find_margin(KernelMachines((machine,), 1), 0, None), np.array([1.0, 5.0]))
    # 2 * (3 * (0.5 * 2 x + 1) + 1) + 10
    assert (found.values.tolist(), found.baseline_output, found.n_gradients) == (
        [6.0, 0.0],
        18.0,
        1,
    )


def test_what_no_input_can_change_has_no_margin():
    assert find_margin(Constant(np.array([0.2, 0.8])), 1, 0) is None
    assert find_margin(Perceptrons(((None, (1,)),), 3), 1, 0) is None
    machine = SupportVectors(2, 1.0, np.zeros((0, 2)), np.zeros((0, 0)), np.zeros(0), (2,))
    assert find_margin(KernelMachines((machine,), 3), 2, 0) is None


def test_a_perceptron_of_two_classes_among_three_has_twice_its_score():
    unit = (Network([Layer([[1.0, -2.0]], [0.5], "heaviside")]), (0, 2))
    learner = Perceptrons((unit,), 3)
    z = np.array([3.0, 1.0])
    found = contribute(find_margin(learner, 2, 0), z)
    scores = learner.scores(z[None])[0]
    assert found.output == scores[2] - scores[0] == 3.0
    assert found.values.tolist() == [6.0, -4.0]


def test_what_a_step_hides_from_gradients_is_missed_and_known():
    layers = [Layer([[1.0]], [-0.5], "heaviside"), Layer([[4.0]], [0.0])]
    learner = AveragedNetworks((Network(layers),), probabilistic=False)
    found = contribute(find_margin(learner, 0, None, real=True), np.array([1.0]))
    assert (found.values.tolist(), found.gap, found.is_complete) == ([0.0], 4.0, False)


def test_a_sum_that_fits_by_chance_is_no_reason_to_stop():
    def value(Z):
        return np.sin(400 * Z[:, 0]) - np.sin(400 * Z[:, 1])

    def gradient(Z):
        return 400 * np.cos(400 * Z) * (1, -1)

    found = contribute(Margin(value, gradient, is_affine=False), np.array([1.0, 1.0]))
    np.testing.assert_allclose(found.values, [np.sin(400), -np.sin(400)], atol=TOLERANCE)


def test_kinks_are_met_by_cutting_finer():
    layers = [Layer([[1.0, 1.0], [1.0, -1.0]], [-0.3, -0.1], "relu"), Layer([[1.0, 2.0]], [0.0])]
    learner = AveragedNetworks((Network(layers),), probabilistic=False)
    found = contribute(find_margin(learner, 0, None, real=True), np.array([1.0, 0.25]))
    # The first unit is on over 1 - 0.3 / 1.25 of the line, the second over 1 - 0.1 / 0.75.
    first, second = 1 - 0.3 / 1.25, 2 * (1 - 0.1 / 0.75)
    assert found.values == pytest.approx([first + second, 0.25 * (first - second)], abs=1e-3)
    assert abs(found.gap) < 1e-3


def test_a_row_like_the_baseline_has_no_contributions(climbs):
    for rung in ("logistic", "kernel", "deep"):
        learner = model_of(climbs("two"), rung).learner
        found = contribute(find_margin(learner, 1, 0), np.zeros(3))
        assert found.is_complete
        assert not found.values.any()


def test_values_that_stay_but_do_not_add_up_are_no_reason_to_stop():
    # A ramp from 0.516 to 0.532 lies between the nodes of the whole line and of its halves.
    layers = [Layer([[62.5], [62.5]], [-32.25, -33.25], "relu"), Layer([[1.0, -1.0]], [0.0])]
    learner = AveragedNetworks((Network(layers),), probabilistic=False)
    found = contribute(find_margin(learner, 0, None, real=True), np.array([1.0]))
    assert found.output == 1.0
    assert found.values[0] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("degree", [0, 1, 3])
@pytest.mark.parametrize(
    ("codes", "n_machines", "n_outputs", "first", "second"),
    [
        ((0, 1), 1, 1, 0, 1),
        ((0, 1), 1, 1, 1, 0),
        ((0, 1, 2), 3, 3, 2, 0),
        ((0, 2), 1, 3, 0, 2),
        ((1, 2, 3), 3, 4, 3, 1),
        ((), 2, 2, 1, None),
    ],
)
def test_machines_on_landmarks_are_explained_by_their_scores(
    degree, codes, n_machines, n_outputs, first, second
):
    rng = np.random.default_rng(9)
    learner = LandmarkMachine(
        degree=degree,
        gamma=0.3,
        landmarks=rng.normal(size=(7, 3)),
        coefficients=rng.normal(size=(n_machines, 7)),
        intercepts=rng.normal(size=n_machines),
        n_outputs=n_outputs,
        codes=codes,
        decides=bool(codes),
    )

    def theirs(Z):
        scores = learner.scores(Z)
        if n_outputs == 1:
            return scores[:, 0] * (1 if first else -1)
        return scores[:, first] - (0 if second is None else scores[:, second])

    z = np.array([1.5, -0.5, 0.7])
    found = contribute(find_margin(learner, first, second, real=not codes), z)
    assert found.is_complete
    assert found.output == pytest.approx(theirs(z[None])[0])
    np.testing.assert_allclose(found.values, differences(theirs, z), atol=1e-4)


def test_a_machine_on_landmarks_that_met_one_class_has_no_margin():
    empty = np.zeros((0, 2))
    learner = LandmarkMachine(0, 1.0, empty, np.zeros((0, 0)), np.zeros(0), 3, (2,))
    assert find_margin(learner, 2, 0) is None
