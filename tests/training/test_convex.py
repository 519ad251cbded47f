"""L-BFGS reaches the optimum that scikit-learn and least squares find."""

import tracemalloc

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPRegressor

from gradatim import NetworkSpec, fit_many, scalers
from gradatim.training import FitJob, fit_jobs


def _spec(decay: float, **fields) -> NetworkSpec:
    return NetworkSpec(
        optimizer="lbfgs",
        initialization="zeros",
        weight_decay=decay,
        **{"max_epochs": 200, **fields},
    )


def _scikit_learn(X, y, decay, weight=None):
    # C multiplies the summed loss, the decay belongs to its mean
    n = len(X) if weight is None else weight.sum()
    return LogisticRegression(C=1 / (decay * n), solver="newton-cg", tol=1e-8, max_iter=1000).fit(
        X, y, weight
    )


@pytest.mark.parametrize("kind", ["multiclass", "binary"])
def test_probabilities_are_those_of_scikit_learns_logistic_regression(rows, kind):
    # The weaker the penalty, the farther a gradient of `TOLERANCE` may be from the optimum.
    y, decays, tolerances = getattr(rows, kind), (1e-3, 1e-2), (3e-3, 1e-3)
    results = fit_many([_spec(decay) for decay in decays], rows.X, y)
    for result, decay, atol in zip(results, decays, tolerances, strict=True):
        expected = _scikit_learn(rows.X.astype(float), y, decay).predict_proba(rows.X)
        np.testing.assert_allclose(result.predict_proba(rows.X), expected, atol=atol)
        assert result.network.depth == 1
        assert not result.diverged


def test_row_weights_and_neighbours_do_not_move_the_optimum(rows):
    weight = np.random.default_rng(0).integers(0, 4, (2, len(rows.X))).astype(float)
    specs = [_spec(1e-2), _spec(1e-1)]
    results = fit_many(specs, rows.X, rows.multiclass, sample_weight=weight)
    for i, decay in enumerate((1e-2, 1e-1)):
        expected = _scikit_learn(rows.X.astype(float), rows.multiclass, decay, weight[i])
        np.testing.assert_allclose(
            results[i].predict_proba(rows.X), expected.predict_proba(rows.X), atol=1e-3
        )
    alone = fit_many([specs[0]], rows.X, rows.multiclass, sample_weight=weight[0])[0]
    np.testing.assert_allclose(
        alone.predict_proba(rows.X), results[0].predict_proba(rows.X), atol=1e-4
    )


def test_rows_are_not_copied_to_be_solved(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 400)).astype(np.float32)
    monkeypatch.setattr(scalers, "_AT_ONCE", 4000)
    tracemalloc.start()
    try:
        fit_many([_spec(1e-2, max_epochs=2)], X, X[:, 0] > 0)
        assert tracemalloc.get_traced_memory()[1] < X.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_regression_reaches_least_squares_in_any_units(rows, scale):
    y = scale * rows.regression
    plain, ridge = fit_many([_spec(0.0), _spec(0.1)], rows.X, y, task="regression")
    design = np.column_stack([rows.X, np.ones(len(rows.X))]).astype(float)
    solution = np.linalg.lstsq(design, y, rcond=None)[0]
    np.testing.assert_allclose(plain.predict(rows.X), design @ solution, atol=1e-3 * scale)
    expected = Ridge(alpha=0.1 * len(rows.X)).fit(rows.X.astype(float), y).predict(rows.X)
    np.testing.assert_allclose(ridge.predict(rows.X), expected, atol=1e-3 * scale)


def test_inputs_of_very_different_scale_are_solved_too(rows):
    scales = np.array([1e-2, 1.0, 1e2, 1.0, 1.0])
    result = fit_many([_spec(1e-3)], rows.X * scales, rows.binary)[0]
    expected = _scikit_learn(rows.X * scales, rows.binary, 1e-3).predict_proba(rows.X * scales)
    np.testing.assert_allclose(result.predict_proba(rows.X * scales), expected, atol=2e-3)


def test_the_loss_never_rises_and_iterations_end_at_the_solution(rows):
    short, long = fit_many([_spec(1e-2, max_epochs=3), _spec(1e-2)], rows.X, rows.multiclass)
    assert short.n_epochs == short.best_epoch == 3
    assert 3 < long.n_epochs < 60
    assert (np.diff(long.loss_curve) <= 1e-6).all()
    np.testing.assert_allclose(short.loss_curve, long.loss_curve[:3], rtol=1e-6)
    p = long.predict_proba(rows.X)[np.arange(len(rows.X)), rows.multiclass]
    penalty = 0.5 * 1e-2 * (long.network.layers[0].weight ** 2).sum()
    assert long.loss_curve[-1] == pytest.approx(-np.log(p).mean() + penalty, rel=1e-4)


def test_a_network_that_starts_at_its_solution_stays_there(rows):
    first = fit_many([_spec(1e-2)], rows.X, rows.multiclass)[0]
    again = fit_many([_spec(1e-2)], rows.X, rows.multiclass, initial=[first.network])[0]
    assert again.n_epochs == 1
    assert again.network == first.network


def test_separable_classes_without_a_penalty_end_at_finite_weights():
    X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    result = fit_many([_spec(0.0)], X, [0, 0, 1, 1])[0]
    assert result.predict(X).tolist() == [0, 0, 1, 1]
    assert np.isfinite(result.network.layers[0].weight).all()
    assert not result.diverged


def test_jobs_of_different_sizes_are_solved_as_they_are_apart(rows):
    jobs = [FitJob([_spec(1e-2)], rows.X[:n], rows.multiclass[:n]) for n in (120, 77)]
    for job, (result,) in zip(jobs, fit_jobs(jobs), strict=True):
        expected = _scikit_learn(np.asarray(job.X, dtype=float), job.y, 1e-2)
        np.testing.assert_allclose(
            result.predict_proba(rows.X), expected.predict_proba(rows.X), atol=1e-3
        )


def test_a_network_with_a_hidden_layer_descends_as_far_as_scikit_learns(rows):
    X, y = rows.X.astype(float), rows.regression[:, 0]
    specs = [
        NetworkSpec((6,), "tanh", optimizer="lbfgs", max_epochs=300, weight_decay=0.01, seed=s)
        for s in range(5)
    ]
    losses = [r.loss_curve[-1] for r in fit_many(specs, X, y, task="regression")]
    theirs = []
    for seed in range(5):
        model = MLPRegressor(
            hidden_layer_sizes=(6,),
            activation="tanh",
            solver="lbfgs",
            alpha=0.01 * len(X),
            max_iter=2000,
            random_state=seed,
        ).fit(X, y)
        errors = 0.5 * ((model.predict(X) - y) ** 2).mean()
        theirs.append(errors + 0.005 * sum((w**2).sum() for w in model.coefs_))
    assert min(losses) == pytest.approx(min(theirs), abs=2e-4)
    assert max(losses) < max(theirs) + 2e-4
