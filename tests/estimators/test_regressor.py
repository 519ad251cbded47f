"""The regressor: exact solutions, several targets, and the same laws as the classifier."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, Ridge

from gradatim.estimators import NetworkRegressor

# Short trainings are meant here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the loss was still falling"),
    pytest.mark.filterwarnings("ignore:the network is "),
]


def lines(n_targets=None):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3))
    shape = (3,) if n_targets is None else (3, n_targets)
    y = X @ rng.normal(size=shape) + 4.0
    return X, y + 0.1 * rng.normal(size=y.shape)


@pytest.mark.parametrize("n_targets", [None, 1, 2])
def test_exact_solutions_have_scikit_learns_form_and_values(n_targets):
    X, y = lines(n_targets)
    for alpha, theirs in ((0.0, LinearRegression()), (2.0, Ridge(alpha=2.0))):
        ours = NetworkRegressor(solver="exact", alpha=alpha).fit(X, y)
        theirs.fit(X, y)
        np.testing.assert_allclose(ours.predict(X), theirs.predict(X).reshape(y.shape), rtol=1e-6)
        np.testing.assert_allclose(ours.coef_, np.reshape(theirs.coef_, ours.coef_.shape), 1e-6)
        assert np.shape(ours.predict(X)) == np.shape(y)
        assert np.ndim(ours.intercept_) == y.ndim - 1


def test_targets_far_from_zero_keep_their_digits():
    X, y = lines()
    ours = NetworkRegressor(solver="exact").fit(X, y + 1e6)
    theirs = LinearRegression().fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-6)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_other_solvers_come_near_the_exact_one(solver):
    X, y = lines()
    model = NetworkRegressor(
        solver=solver, learning_rate_init=0.1, max_iter=300, learning_rate="cosine", random_state=0
    )
    exact = NetworkRegressor(solver="exact").fit(X, y)
    np.testing.assert_allclose(model.fit(X, y).coef_, exact.coef_, atol=1e-2)
    assert model.loss_ == pytest.approx(exact.loss_, abs=1e-3)


def test_a_hidden_layer_learns_what_no_line_fits():
    x = np.linspace(-1.0, 1.0, 60)[:, None]
    model = NetworkRegressor((16,), "tanh", learning_rate_init=0.05, max_iter=400, random_state=0)
    assert NetworkRegressor(solver="exact").fit(x, x[:, 0] ** 2).score(x, x[:, 0] ** 2) < 0.01
    assert model.fit(x, x[:, 0] ** 2).score(x, x[:, 0] ** 2) > 0.95


def test_the_order_of_rows_and_the_weights_follow_from_the_seed():
    X, y = lines()
    settings = {"batch_size": 10, "max_iter": 5, "dropout": 0.2, "learning_rate_init": 0.01}
    one, same, other = (
        NetworkRegressor((8,), random_state=seed, **settings).fit(X, y) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.coefs_[0], same.coefs_[0])
    assert not np.allclose(one.coefs_[0], other.coefs_[0])


def test_a_warm_start_goes_on_where_the_last_fit_ended():
    X, y = lines()
    model = NetworkRegressor(warm_start=True, max_iter=20, learning_rate_init=0.05, random_state=0)
    first = model.fit(X, y).loss_curve_
    assert model.fit(X, y).loss_curve_[0] < first[-1]


def test_parts_are_learnt_one_by_one():
    X, y = lines()
    model = NetworkRegressor(learning_rate_init=0.1, scaling="standard", random_state=0)
    for _ in range(120):
        model.partial_fit(X, y)
    assert model.score(X, y) > 0.9
    assert model.n_iter_ == 120


def test_a_loss_that_leaves_the_finite_numbers_is_told():
    X, y = lines()
    with pytest.warns(ConvergenceWarning, match="left the finite numbers"):
        model = NetworkRegressor(solver="sgd", learning_rate_init=1e4, random_state=0).fit(X, y)
    assert np.isfinite(model.coef_).all()


def test_the_network_bears_the_names_of_the_columns():
    X, y = lines()
    table = pa.table(dict(zip(("tempo", "energy", "flatness"), X.T, strict=True)))
    model = NetworkRegressor(solver="exact").fit(table, y)
    assert model.network_.input_names == ("tempo", "energy", "flatness")


def test_targets_of_held_out_rows_do_not_move_the_weights(monkeypatch):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), rng.normal(size=50)
    held_out = np.arange(0, 50, 7)
    training = np.setdiff1d(np.arange(50), held_out)
    monkeypatch.setattr("gradatim.estimators._base.hold_out", lambda *_: (training, held_out))
    changed = y.copy()
    changed[held_out] += 100.0
    # One epoch, since the held-out rows may choose among several.
    options = {"early_stopping": True, "max_iter": 1, "random_state": 0}
    first, second = (NetworkRegressor((4,), **options).fit(X, t) for t in (y, changed))
    for a, b in zip(
        first.coefs_ + first.intercepts_, second.coefs_ + second.intercepts_, strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_predictions_are_in_the_units_of_the_targets():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    y = 5000.0 + 20.0 * X[:, 0]
    options = {"target_scaling": "standard", "learning_rate_init": 0.1, "random_state": 0}
    found = NetworkRegressor((4,), max_iter=60, **options).fit(X, y).predict(X)
    assert abs(found - y).max() < 20.0
