import sys
from fractions import Fraction

import numpy as np
import pytest
from sklearn.svm import SVC

from gradatim.separability import separate
from gradatim.separability.planes import pairs
from gradatim.separability.planes import widest as widest_module


def planted(seed, n, d):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n, d)), rng.normal(size=d)
    scores = X @ w / np.linalg.norm(w)
    kept = abs(scores - 0.3) > 0.1
    return X[kept], (scores[kept] > 0.3).astype(int)


@pytest.mark.parametrize(("seed", "n", "d"), [(0, 50, 2), (1, 200, 5), (2, 400, 10), (3, 30, 20)])
def test_the_margin_is_that_of_a_support_vector_machine(seed, n, d):
    X, y = planted(seed, n, d)
    found = separate(X, y)
    machine = SVC(kernel="linear", C=1e9, tol=1e-9).fit(X, y)
    assert found.widest.is_exact
    assert found.margin == pytest.approx(1 / np.linalg.norm(machine.coef_), rel=1e-5)
    weights = np.array([float(w) for w in found.widest.weights])
    assert weights == pytest.approx(machine.coef_[0], rel=1e-3, abs=1e-3)


def test_the_conditions_of_the_optimum_hold_exactly():
    """No search is trusted: complementary scores and a normal that is in the cone of the rows."""
    X, y = planted(4, 120, 4)
    found = separate(X, y)
    w, w0, support = found.widest.weights, found.widest.bias, found.widest.support
    exact = [[Fraction(value) for value in row] for row in X.tolist()]
    scores = [sum(a * b for a, b in zip(w, x, strict=True)) + w0 for x in exact]
    assert all(abs(score) >= 1 for score in scores)
    assert all(abs(scores[i]) == 1 for i in support)
    # The squared margin is exactly one over the squared length of the normal.
    assert found.widest.squares == (1 / sum(a * a for a in w),) * 2


def test_two_points_have_half_their_distance_as_margin():
    found = separate([[0.0, 0.0], [3.0, 4.0]], [0, 1])
    assert found.margin == 2.5
    assert found.widest.squares == (Fraction(25, 4),) * 2


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_margins_of_very_small_and_large_numbers_are_not_lost(scale):
    found = separate(np.array([[0.0, 0.0], [3.0, 4.0]]) * scale, [0, 1])
    assert found.margin == pytest.approx(2.5 * scale, rel=1e-12)


def test_bounds_hold_the_margin_where_fractions_are_too_much_work(monkeypatch):
    X, y = planted(5, 300, 6)
    exact = separate(X, y).widest
    monkeypatch.setattr(widest_module, "_MOST_PAIRS", 0)
    found = separate(X, y)
    assert not found.widest.is_exact
    assert found.widest.squares[0] < exact.squares[0] < found.widest.squares[1]
    assert found.widest.bounds[0] == pytest.approx(found.widest.bounds[1], rel=1e-9)
    assert found.verify()


def test_a_search_that_is_cut_short_still_gives_a_separating_plane(monkeypatch):
    monkeypatch.setattr(widest_module, "_MOST_PAIRS", 0)
    monkeypatch.setattr(pairs, "_MOST_FLOAT_WORK", 1)
    monkeypatch.setattr(pairs, "nearest_rows", lambda *_: (np.empty(0, dtype=np.intp), np.empty(0)))
    X, y = planted(6, 300, 6)
    found = separate(X, y)
    assert 0 < found.widest.squares[0] < found.widest.squares[1]
    assert found.verify()


def test_bounds_enclose_the_root_of_the_square():
    found = separate([[0.0], [1.0]], [0, 1])
    low, high = found.widest.bounds
    assert low < 0.5 < high
    assert high - low < 1e-15


def test_a_margin_beyond_floats_has_bounds():
    found = separate([[-1.7e308] * 4, [1.7e308] * 4], [0, 1])
    assert found.widest.is_exact
    assert found.margin == float("inf")
    assert found.widest.bounds == (sys.float_info.max, float("inf"))
    assert found.verify()
