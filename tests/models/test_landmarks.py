"""Kernel machines on landmarks: against dense solutions, and through the whole rung."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.datasets import make_moons
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.svm import SVC

from gradatim import load_model
from gradatim.climb import climb_collection
from gradatim.errors import InputError
from gradatim.models.families import kernel, landmarks
from gradatim.models.families.landmarks import choose_landmarks, fit_on_landmarks
from gradatim.models.learners import LandmarkMachine, kernel_of
from gradatim.models.margins import find_margin
from tests.models.conftest import make_collection
from tests.models.test_files import put, rewritten


@pytest.fixture
def rows():
    rng = np.random.default_rng(1)
    return rng.normal(size=(60, 3)), rng.choice([-1.0, 1.0], size=(60, 2))


@pytest.mark.parametrize("degree", [0, 2, 3])
def test_kernels_are_those_of_scikit_learn(rows, degree):
    Z, _ = rows
    V = Z[:7] + 0.1
    theirs = (
        polynomial_kernel(Z, V, degree=degree, gamma=0.3, coef0=1.0)
        if degree
        else rbf_kernel(Z, V, gamma=0.3)
    )
    np.testing.assert_allclose(kernel_of(Z, V, degree, 0.3), theirs, rtol=1e-12)


@pytest.mark.parametrize("degree", [0, 2])
def test_least_squares_solves_the_normal_equations(rows, degree):
    Z, Y = rows
    L, C = Z[::6], 3.0
    K, M = kernel_of(Z, L, degree, 0.5), kernel_of(L, L, degree, 0.5)
    [(a, b)] = fit_on_landmarks(Z, L, degree, 0.5, [C], Y, False)
    D = np.column_stack([K, np.ones(len(Z))])
    P = np.zeros((len(L) + 1, len(L) + 1))
    P[:-1, :-1] = M / C
    dense = np.linalg.solve(D.T @ D + P, D.T @ Y)
    np.testing.assert_allclose(K @ a.T + b, D @ dense, atol=1e-5)


def test_the_squared_hinge_reaches_the_minimum_that_another_solver_finds(rows, monkeypatch):
    monkeypatch.setattr(landmarks, "_STEPS", 500)
    Z, Y = rows
    L, C = Z[::6], 3.0
    K, M = kernel_of(Z, L, 0, 0.5), kernel_of(L, L, 0, 0.5)
    [(a, b)] = fit_on_landmarks(Z, L, 0, 0.5, [C], Y, True)
    for k in range(2):

        def loss(v, k=k):
            short = np.maximum(1 - Y[:, k] * (K @ v[:-1] + v[-1]), 0)
            pull = -C * Y[:, k] * short
            value = 0.5 * v[:-1] @ M @ v[:-1] + C / 2 * short @ short
            return value, np.append(M @ v[:-1] + K.T @ pull, pull.sum())

        best = minimize(loss, np.zeros(len(L) + 1), jac=True, method="BFGS")
        assert loss(np.append(a[k], b[k]))[0] == pytest.approx(best.fun, rel=1e-5)


def test_a_few_steps_are_as_good_as_the_exact_machine_on_two_moons():
    X, y = make_moons(3000, noise=0.25, random_state=0)
    train, test = X[:2000], X[2000:]
    signs = 2.0 * y[:2000, None] - 1.0
    [(a, b)] = fit_on_landmarks(train, train[:200], 0, 1.0, [10.0], signs, True)
    said = kernel_of(test, train[:200], 0, 1.0) @ a[0] + b[0] > 0
    exact = SVC(C=10.0, gamma=1.0).fit(train, y[:2000]).score(test, y[2000:])
    assert np.mean(said == y[2000:]) >= exact - 0.01


def test_equal_landmarks_make_no_trouble(rows):
    Z, Y = rows
    L = np.repeat(Z[:5], 4, axis=0)
    [(a, b)] = fit_on_landmarks(Z, L, 2, 0.5, [10.0], Y, True)
    assert np.isfinite(a).all()
    assert np.isfinite(b).all()


def test_few_rows_serve_to_choose_and_all_of_them_in_the_end():
    rows, places = choose_landmarks(20_000, True, 0)
    assert (len(rows), len(places)) == (8_000, 1_000)
    assert set(places) <= set(rows)
    rows, places = choose_landmarks(20_000, False, 0)
    assert (len(rows), len(places)) == (20_000, 2_000)
    assert [len(one) for one in choose_landmarks(30, False, 0)] == [30, 30]
    again = choose_landmarks(20_000, False, 0)
    assert np.array_equal(places, again[1])
    assert not np.array_equal(places, choose_landmarks(20_000, False, 1)[1])


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(kernel, "MOST_EXACT", 50)
    monkeypatch.setattr(kernel, "LANDMARKS", 20)
    monkeypatch.setattr(landmarks, "LANDMARKS", 20)
    monkeypatch.setattr(landmarks, "LANDMARKS_TO_CHOOSE", 15)

    def climb(kind):
        return climb_collection(
            make_collection(kind),
            folds=3,
            repeats=1,
            rungs=["majority", "kernel"],
            keep=["kernel"],
        )

    return climb


@pytest.mark.parametrize("kind", ["two", "three", "labels", "value", "values"])
def test_a_rung_on_landmarks_is_scored_saved_and_loaded(many, kind, tmp_path):
    found = many(kind)
    guessing, row = found.rungs
    assert row.mean > guessing.mean + 0.1
    assert "on 20 landmarks" in row.model
    [told] = [notice.message for notice in found.notices if notice.code == "landmarks"]
    assert told == (
        "kernel machines stand on 20 landmarks (Nystroem), since 60 samples are more than 50; "
        "their settings are chosen on fewer"
    )
    model = found.find_model("kernel")
    assert isinstance(model.learner, LandmarkMachine)
    assert "20 landmarks" in repr(model)
    X = found.collection.X["sounds"]
    loaded = load_model(model.save(tmp_path / "m.gradatim"))
    np.testing.assert_array_equal(loaded.outputs(X), model.outputs(X))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    said, y = model.predict(X).ravel(), found.collection.y.ravel()
    if kind.startswith("value"):
        assert np.corrcoef(said, y)[0, 1] > 0.9
    else:
        assert np.mean(said == y) > 0.8


BAD = {
    "no classes": (put("learner", "codes", [0, 1, 7]), "no codes"),
    "values of classes": (put("learner", "decides", False), "classes are decided"),
    "more landmarks than there are": (put("learner", "n_landmarks", 21), "has the shape"),
    "a kernel that is not known": (put("learner", "degree", 99), "no kernel of gradatim"),
    "no gamma": (put("learner", "gamma", 0.0), "above 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_broken_file_is_refused(many, tmp_path, case):
    change, match = BAD[case]
    with pytest.raises(InputError, match=match):
        load_model(rewritten(many("three").find_model("kernel"), tmp_path, change))


def test_what_knows_one_class_is_certain_and_a_class_that_is_not_known_never_leads():
    empty = np.zeros((0, 2)), np.zeros((0, 0)), np.zeros(0)
    one = LandmarkMachine(0, 1.0, *empty, 3, (1,))
    assert one.outputs(np.ones((2, 2))).tolist() == [[0, 1, 0], [0, 1, 0]]
    two = LandmarkMachine(0, 1.0, np.zeros((1, 2)), np.ones((1, 1)), np.array([-9.0]), 3, (0, 2))
    assert two.outputs(np.ones((2, 2))).tolist() == [[1, 0, 0], [1, 0, 0]]
    assert two.outputs(np.zeros((0, 2))).shape == (0, 3)


@pytest.mark.parametrize("degree", [0, 1, 3])
@pytest.mark.parametrize(
    ("codes", "n_outputs", "first", "second"),
    [((0, 1, 2), 3, 2, 0), ((0, 2), 3, 2, 0), ((0, 1), 1, 0, 1), ((), 2, 1, None)],
)
def test_margins_are_differences_of_scores_with_their_slopes(
    degree, codes, n_outputs, first, second
):
    rng = np.random.default_rng(5)
    n_machines = 1 if len(codes) == 2 else max(len(codes), 2)
    learner = LandmarkMachine(
        degree,
        0.4,
        rng.normal(size=(7, 3)),
        rng.normal(size=(n_machines, 7)),
        rng.normal(size=n_machines),
        n_outputs,
        codes,
        decides=bool(codes),
    )
    margin = find_margin(learner, first, second, real=not codes)
    Z = rng.normal(size=(5, 3))
    scores = learner.scores(Z)
    if n_outputs == 1:
        expected = -scores[:, 0]
    else:
        expected = scores[:, first] - (0.0 if second is None else scores[:, second])
    np.testing.assert_allclose(margin.value(Z), expected, rtol=1e-10)
    slopes = [
        (margin.value(Z + 1e-6 * step) - margin.value(Z - 1e-6 * step)) / 2e-6 for step in np.eye(3)
    ]
    np.testing.assert_allclose(margin.gradient(Z), np.transpose(slopes), rtol=1e-5, atol=1e-7)
    assert margin.is_affine == (degree == 1)


def test_what_knows_one_class_has_no_margin():
    empty = np.zeros((0, 2)), np.zeros((0, 0)), np.zeros(0)
    assert find_margin(LandmarkMachine(0, 1.0, *empty, 3, (1,)), 1, 0) is None
