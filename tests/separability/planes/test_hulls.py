"""The nearest points of two hulls in floats, against geometry and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.svm import SVC

from gradatim.separability import separate
from gradatim.separability.planes import initial_guess, pairs
from gradatim.separability.planes.hulls import nearest_in_hulls, nearest_rows


def normal(seed, n, d, gap=0.0):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n, d)), rng.normal(size=d)
    w /= np.linalg.norm(w)
    signs = np.where(X @ w > 0, 1, -1)
    X += gap * signs[:, None] * w
    return X / np.abs(X).max(), signs


def test_two_squares_are_nearest_at_their_sides():
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    rows = np.vstack([square, square + np.array([3.0, 0.25])])
    found = nearest_in_hulls(rows / 4, np.repeat([-1, 1], 4))
    assert found.normal * 4 == pytest.approx([2.0, 0.0], abs=1e-9)
    assert found.weights[:4].sum() == pytest.approx(1.0)
    assert found.support.tolist() == [2, 3, 4, 5]


def test_hulls_that_meet_have_no_distance():
    found = nearest_in_hulls(np.array([[0.0, 0], [1, 1], [0, 1], [1, 0]]), np.array([1, 1, -1, -1]))
    assert found.distance < 1e-9
    assert found.weights == pytest.approx([0.5] * 4, abs=1e-6)


@pytest.mark.parametrize("offset", [1e-3, 1e-6])
def test_a_narrow_gap_is_found_in_its_own_units(offset):
    rows = np.array([[0.0, 0.0], [1.0, 0.0], [0.3, offset], [0.9, 1.0]])
    found = nearest_in_hulls(rows, np.array([-1, -1, 1, 1]))
    assert found.distance == pytest.approx(offset, rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(4, 80))
def test_no_row_lies_nearer_than_the_points_found(seed, d, n):
    rows, signs = normal(seed, n, d, gap=0.2)
    if len(set(signs.tolist())) < 2:
        return
    found = nearest_in_hulls(rows, signs)
    scores = rows @ found.normal
    gap = scores[signs > 0].min() - scores[signs < 0].max()
    assert gap == pytest.approx(found.distance**2, rel=1e-5)


@pytest.mark.parametrize(("n", "d", "first"), [(3000, 40, 60), (2000, 5, 12)])
def test_rows_that_matter_give_the_distance_of_all(n, d, first):
    rows, signs = normal(1, n, d, gap=0.1)
    ratios = 2.0 ** -np.arange(d % 7 + 1).repeat(d)[:d]
    start = np.concatenate([np.flatnonzero(signs == sign)[: first // 2] for sign in (1, -1)])
    index, weights = nearest_rows(rows, signs, ratios, start)
    shortest = np.linalg.norm((signs[index] * weights) @ (rows[index] * ratios))
    whole = nearest_in_hulls(rows * ratios, signs)
    assert shortest == pytest.approx(whole.distance, rel=1e-6)


def test_a_wide_table_has_the_margin_of_a_support_vector_machine_within_a_billionth():
    rows, signs = normal(2, 600, 200)
    found = separate(rows, signs)
    machine = SVC(kernel="linear", C=1e12, tol=1e-7).fit(rows, signs)
    low, high = found.widest.bounds
    assert not found.widest.is_exact
    assert high - low < 1e-9 * high
    assert found.margin == pytest.approx(1 / np.linalg.norm(machine.coef_), rel=1e-4)
    assert found.verify()


def test_deep_overlap_gives_weights_that_floats_can_tell_from_zero():
    rng = np.random.default_rng(0)
    rows, signs = rng.uniform(-1, 1, size=(2400, 120)), rng.choice([-1, 1], size=2400)

    def smallest(found):
        assert not found.is_plane
        kept = found.weights[found.weights > 0]
        assert len(kept) == 122
        return kept.min() / kept.max()

    # With a thousand columns it is 1e-14 where all rows are projected at once.
    assert smallest(initial_guess._meet(rows, signs)) > 100 * smallest(
        initial_guess._project(rows, signs)
    )
    found = separate(rows, signs)
    assert found.separable is False
    assert found.witness.n_points == 122
    assert found.verify()


def test_a_solver_that_gives_up_is_replaced_by_the_projection(monkeypatch):
    monkeypatch.setattr(initial_guess, "nearest_in_hulls", lambda *_: None)
    rows, signs = normal(3, 200, 6)
    assert separate(rows, signs).separable is True
    assert separate(rows, np.where(np.arange(200) % 2, 1, -1)).separable is False


@pytest.mark.parametrize(("n", "d"), [(165, 15), (300, 70)])
def test_rows_of_a_lattice_that_tie_are_thinned_to_few_and_the_margin_is_exact(n, d):
    rows = np.random.default_rng(1).integers(0, 2, size=(n, d)).astype(float)
    found = separate(rows, rows[:, 0])
    assert found.widest.is_exact
    assert found.margin == 0.5
    assert len(found.widest.support) <= d + 2


def test_equal_rows_share_no_weight():
    rows = np.tile(np.eye(100), (5, 1))
    found = separate(rows, np.tile(np.arange(100) < 50, 5))
    assert found.margin == pytest.approx(0.1, rel=1e-12)
    assert len(found.widest.support) == 100


def test_differences_that_depend_on_each_other_have_a_shortest_combination():
    vectors = np.column_stack([np.arange(80.0) % 7, np.full(80, 2.0), np.arange(80.0) % 3])
    weights = pairs._affine_minimum(vectors)
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ vectors == pytest.approx([0.0, 2.0, 0.0], abs=1e-9)
