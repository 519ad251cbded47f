"""Exact solutions: against NumPy and scikit-learn, by hand, and where there is none."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

from gradatim.errors import SpecError
from gradatim.estimators import solve_least_squares, solve_logistic

RNG = np.random.default_rng(0)


def inputs(n_samples=80, n_features=5):
    """Draw columns of very different scale and location."""
    scale = np.array([1e-3, 1.0, 10.0, 1e3, 1.0])[:n_features]
    return RNG.normal(size=(n_samples, n_features)) * scale + [5.0, -3.0, 0.0, 1e4, 1.0]


def classes(X, n_classes):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    scores = Z @ RNG.normal(size=(X.shape[1], n_classes)) + RNG.gumbel(size=(len(X), n_classes))
    return scores.argmax(axis=1)


def one_hot(y):
    return (y[:, None] == np.unique(y)).astype(float)


# -- least squares ------------------------------------------------------------------------------


def test_least_squares_agrees_with_numpy_and_scikit_learn():
    X, Y, weight = inputs(), RNG.normal(size=(80, 2)), RNG.uniform(0.5, 2.0, 80)
    solution = solve_least_squares(X, Y, weight)
    root = np.sqrt(weight)[:, None]
    design = np.column_stack([X, np.ones(80)])
    expected = np.linalg.lstsq(design * root, Y * root)[0].T
    np.testing.assert_allclose(solution.weight, expected[:, :-1], rtol=1e-6)
    np.testing.assert_allclose(solution.bias, expected[:, -1], rtol=1e-6)
    # scikit-learn drops a column a millionth the size of another; without it all three agree.
    X = X[:, 1:] / [1.0, 1.0, 1e3, 1.0]
    solution = solve_least_squares(X, Y, weight)
    theirs = LinearRegression().fit(X, Y, sample_weight=weight)
    np.testing.assert_allclose(solution.weight, theirs.coef_, rtol=1e-6)
    np.testing.assert_allclose(solution.bias, theirs.intercept_, rtol=1e-6)


def test_ridge_agrees_with_scikit_learn():
    X, Y, weight = inputs(), RNG.normal(size=(80, 1)), RNG.uniform(0.5, 2.0, 80)
    solution = solve_least_squares(X, Y, weight, alpha=3.0)
    theirs = Ridge(alpha=3.0).fit(X, Y, sample_weight=weight)
    np.testing.assert_allclose(solution.weight, np.atleast_2d(theirs.coef_), rtol=1e-6)
    np.testing.assert_allclose(solution.bias, theirs.intercept_, rtol=1e-6)


def test_of_many_least_squares_solutions_it_is_the_smallest():
    X, Y = RNG.normal(size=(10, 30)), RNG.normal(size=(10, 1))
    X[:, 7] = X[:, 3]
    X[:, 9] = 2.5
    solution = solve_least_squares(X, Y, np.ones(10))
    theirs = LinearRegression().fit(X, Y)
    np.testing.assert_allclose(solution.weight, theirs.coef_, rtol=1e-6, atol=1e-12)
    assert solution.weight[0, 9] == pytest.approx(0.0, abs=1e-12)


def test_the_loss_of_least_squares_by_hand():
    # The mean of 0 and 2 misses each by 1: half of 1 a row.
    solution = solve_least_squares(np.zeros((2, 1)), np.array([[0.0], [2.0]]), np.ones(2))
    assert solution.loss_curve.tolist() == [0.5]


# -- logistic -----------------------------------------------------------------------------------


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("alpha", [0.0, 2.0])
def test_logistic_agrees_with_scikit_learn(n_classes, alpha):
    X = inputs(200)
    # scikit-learn's solver wants columns of like scale; ours is tested for others below.
    X = (X - X.mean(axis=0)) / X.std(axis=0) + 0.5
    y, weight = classes(X, n_classes), RNG.uniform(0.5, 2.0, 200)
    Y = one_hot(y) if n_classes > 2 else y[:, None].astype(float)
    solution = solve_logistic(X, Y, weight, alpha)
    theirs = LogisticRegression(
        C=1.0 / alpha if alpha else np.inf, tol=1e-10, max_iter=10_000, solver="newton-cg"
    ).fit(X, y, sample_weight=weight)
    assert solution.converged
    np.testing.assert_allclose(solution.weight, theirs.coef_, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(solution.bias, theirs.intercept_, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_logistic_probabilities_do_not_depend_on_the_units_of_the_columns(n_classes):
    X = inputs(150)
    y = classes(X, n_classes)
    Y = one_hot(y) if n_classes > 2 else y[:, None].astype(float)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    raw, scaled = (solve_logistic(A, Y, np.ones(150)) for A in (X, Z))
    assert raw.converged
    np.testing.assert_allclose(
        X @ raw.weight.T + raw.bias, Z @ scaled.weight.T + scaled.bias, rtol=1e-6, atol=1e-6
    )


def test_the_gradient_vanishes_at_the_maximum():
    X = inputs(150)
    Y, weight, alpha = one_hot(classes(X, 3)), RNG.uniform(0.5, 2.0, 150), 0.7
    solution = solve_logistic(X, Y, weight, alpha)
    z = X @ solution.weight.T + solution.bias
    p = np.exp(z - np.log(np.exp(z).sum(axis=1, keepdims=True)))
    errors = weight[:, None] * (p - Y)
    np.testing.assert_allclose(errors.sum(axis=0), 0.0, atol=1e-8)
    gradient = (errors.T @ X + alpha * solution.weight) / np.abs(X).max(axis=0)
    np.testing.assert_allclose(gradient, 0.0, atol=1e-7)


def test_softmax_weights_add_up_to_zero_over_classes():
    X = inputs()
    solution = solve_logistic(X, one_hot(classes(X, 3)), np.ones(80), alpha=0.1)
    np.testing.assert_allclose(solution.weight.sum(axis=0), 0.0, atol=1e-12)
    assert solution.bias.sum() == pytest.approx(0.0, abs=1e-9)


def test_the_loss_falls_from_step_to_step():
    X = inputs(200)
    curve = solve_logistic(X, one_hot(classes(X, 4)), np.ones(200)).loss_curve
    assert (np.diff(curve) <= 1e-12).all()
    assert curve[0] < np.log(4)


def separable():
    """Yield problems whose likelihood has no maximum, by name."""
    x = np.linspace(-1.0, 1.0, 21)[:, None]
    rng = np.random.default_rng(1)
    yield "two classes apart", x, (x > 0.02).astype(float)
    yield "three classes apart", x, one_hot((x[:, 0] > -0.5) * 1 + (x[:, 0] > 0.5) * 1)
    yield "more columns than rows", rng.normal(size=(20, 30)), rng.integers(0, 2, (20, 1)) * 1.0
    # Wherever the second column is 1 the class is 1; elsewhere anything goes.
    flag = rng.random(60) < 0.3
    both = np.column_stack([rng.normal(size=60), flag])
    mixed = np.where(flag, 1, rng.integers(0, 2, 60))
    yield "two classes apart in part", both, mixed[:, None].astype(float)
    third = np.where(flag, 2, rng.integers(0, 3, 60))
    yield "three classes apart in part", both, one_hot(third)


@pytest.mark.parametrize(("X", "Y"), [p[1:] for p in separable()], ids=[p[0] for p in separable()])
def test_separable_classes_need_a_penalty(X, Y):
    with pytest.raises(SpecError, match=r"linearly separable.*set alpha > 0"):
        solve_logistic(X, Y, np.ones(len(X)))
    assert solve_logistic(X, Y, np.ones(len(X)), alpha=1e-3).converged


def test_one_contradiction_is_enough_for_a_maximum():
    x = np.linspace(-1.0, 1.0, 101)[:, None]
    y = (x > 0).astype(float)
    y[-1] = 0.0
    weight = np.ones(101)
    weight[-1] = 1e-4
    solution = solve_logistic(x, y, weight)
    assert solution.converged
    p = 1.0 / (1.0 + np.exp(-(x @ solution.weight.T + solution.bias)))
    assert weight @ (p - y)[:, 0] == pytest.approx(0.0, abs=1e-9)
