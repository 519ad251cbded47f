"""What comes without a parameter: exact without a hidden layer, good with one, never silent."""

import re

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris, load_wine, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor

from gradatim.errors import SpecError
from gradatim.estimators import NetworkClassifier, NetworkRegressor

SEEDS = range(10)


def parabola():
    x = np.linspace(-2.0, 2.0, 200)[:, None]
    return x, x[:, 0] ** 2


TABLES = {
    "two moons": (lambda: make_moons(300, noise=0.2, random_state=0), False),
    "iris": (lambda: load_iris(return_X_y=True), False),
    "wine": (lambda: load_wine(return_X_y=True), False),
    "parabola": (parabola, True),
    "diabetes": (lambda: load_diabetes(return_X_y=True), True),
}


@pytest.mark.parametrize("seed", range(4))
def test_a_line_is_found_to_rounding_whatever_the_seed(seed):
    x = 0.7 * np.arange(12)[:, None]
    model = NetworkRegressor((), random_state=seed).fit(x, 0.8 * x[:, 0] + 0.4)
    np.testing.assert_allclose([*model.coef_, model.intercept_], [0.8, 0.4], rtol=1e-14)


def test_twenty_rows_of_two_classes_get_scikit_learns_logistic_regression():
    x = np.arange(20.0)[:, None]
    y = (x[:, 0] + 6 * np.sin(5 * x[:, 0]) > 10).astype(int)
    theirs = LogisticRegression(C=1e4, tol=1e-12, max_iter=10_000).fit(x, y)
    ours = NetworkClassifier().fit(x, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-4)
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), atol=1e-6)


def test_separable_classes_are_learnt_and_refused_where_maximum_likelihood_is_asked_for():
    X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]
    assert NetworkClassifier().fit(X, y).predict(X).tolist() == y
    with pytest.raises(SpecError, match="no maximum: set alpha > 0"):
        NetworkClassifier(alpha=0).fit(X, y)


# All rows are right before the loss has come to its end.
@pytest.mark.filterwarnings("ignore:the loss was still falling")
@pytest.mark.parametrize("seed", SEEDS)
def test_eight_units_solve_xor_whatever_the_seed(seed):
    X = np.tile([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], (10, 1))
    y = np.tile([0, 1, 1, 0], 10)
    assert NetworkClassifier((8,), random_state=seed).fit(X, y).score(X, y) == 1.0


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("name", TABLES)
def test_defaults_are_as_good_as_scikit_learns_on_held_out_rows(name):
    read, regression = TABLES[name]
    X, y = read()
    X, X_new, y, y_new = train_test_split(
        X, y, test_size=0.3, random_state=0, stratify=None if regression else y
    )
    kind = NetworkRegressor if regression else NetworkClassifier
    ours = [kind((100,), random_state=seed).fit(X, y).score(X_new, y_new) for seed in range(5)]
    kind = MLPRegressor if regression else MLPClassifier
    theirs = [kind(random_state=seed).fit(X, y).score(X_new, y_new) for seed in range(3)]
    assert np.mean(ours) >= np.mean(theirs) - 0.01
    assert min(ours) >= np.mean(theirs) - 0.03
    if name == "diabetes":
        assert np.mean(ours) >= 0.3


def test_training_that_ends_while_the_loss_falls_says_what_to_do():
    X, y = load_iris(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match="raise max_iter or learning_rate_init"):
        NetworkClassifier((8,), learning_rate_init=1e-4, random_state=0).fit(X, y)


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_a_network_worse_than_one_answer_for_all_rows_says_so(kind):
    rng = np.random.default_rng(0)
    X, y = 1000 * rng.normal(size=(200, 3)), (np.arange(200) < 14).astype(int)
    expected = "most frequent class alone, 0, would be right on 93.0%|than their mean is"
    with pytest.warns(ConvergenceWarning) as told:
        kind((8,), scaling=None, max_iter=3, random_state=0).fit(X, y)
    assert any(re.search(expected, str(one.message)) for one in told)
    for sizes in ((), (8,)):
        assert NetworkClassifier(sizes, random_state=0).fit(X, y).score(X, y) >= 0.93


def test_a_rate_that_was_too_high_for_large_targets_is_none_in_their_units():
    X, y = load_diabetes(return_X_y=True)
    options = {"solver": "sgd", "learning_rate_init": 0.1, "random_state": 0}
    model = NetworkRegressor((32,), scaling=None, target_scaling=None, **options)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, 1e4 * y)
    assert np.isfinite(model.loss_curve_).all()
    assert len(model.loss_curve_)


def test_parts_that_diverge_are_told_and_leave_the_network_finite():
    X, y = load_diabetes(return_X_y=True)
    model = NetworkRegressor((32,), solver="sgd", learning_rate_init=1e4, scaling=None)
    with pytest.warns(ConvergenceWarning, match="left the finite numbers"):
        model.set_params(random_state=0, target_scaling=None).partial_fit(X, 1e4 * y)
    assert np.isfinite(model.loss_curve_).all()
    assert np.isfinite(model.predict(X)).all()


@pytest.mark.filterwarnings("ignore:the loss was still falling")
@pytest.mark.parametrize("n_members", [1, 2])
def test_both_of_two_probabilities_have_all_their_digits(n_members):
    x = np.linspace(-1.0, 1.0, 20)[:, None]
    model = NetworkClassifier((), n_members=n_members, learning_rate_init=0.1, random_state=0)
    model.fit(x, x[:, 0] > 0)
    far = np.array([[-1.0], [1.0]]) * 60 / abs(model.coef_).max()
    p, z = model.predict_proba(far), model.decision_function(far)
    assert (p > 0).all()
    np.testing.assert_allclose(np.log(p[:, 1]) - np.log(p[:, 0]), z, rtol=1e-12)
