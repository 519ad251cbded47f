from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.separability.planes.rows import ExactRows

numbers = st.floats(allow_nan=False, allow_infinity=False)
tables = st.integers(1, 3).flatmap(
    lambda d: st.lists(st.lists(numbers, min_size=d, max_size=d), min_size=2, max_size=6)
)


def rebuilt(rows, X):
    """Return the table that origin, unit and integers say."""
    whole = rows.integers(range(len(X)))
    return [
        [rows.origin[k] + rows.unit[k] * row[k] for k in range(len(rows.columns))] for row in whole
    ]


@settings(deadline=None)
@given(tables)
def test_integers_are_the_exact_values_of_all_floats(table):
    X = np.array(table)
    rows = ExactRows(X)
    exact = [[Fraction(X[i, j]) for j in rows.columns] for i in range(len(X))]
    assert rebuilt(rows, X) == exact
    assert [rows.exact(i) for i in range(len(X))] == [[Fraction(v) for v in row] for row in table]


@settings(deadline=None)
@given(tables)
def test_columns_that_vary_are_found(table):
    X = np.array(table)
    assert ExactRows(X).columns == [j for j in range(X.shape[1]) if len(set(X[:, j])) > 1]


@settings(deadline=None)
@given(tables)
def test_about_is_even_divided_and_rounded_once(table):
    rows = ExactRows(np.array(table))
    normalized = rows.normalized(range(len(table))).tolist()
    for row, about in zip(normalized, rows.about, strict=True):
        for value, rounded in zip(row[:-1], about, strict=True):
            exact = Fraction(int(value), 1 << rows.bits)
            assert abs(exact) <= 1
            assert abs(Fraction(rounded) - exact) <= abs(exact) / 2**53 + Fraction(1, 2**1070)


@settings(deadline=None)
@given(tables, st.lists(st.integers(-9, 9), min_size=4, max_size=4))
def test_signs_are_exact(table, plane):
    X = np.array(table)
    rows = ExactRows(X)
    weights, bias = [Fraction(w) for w in plane[: X.shape[1]]], Fraction(plane[3])
    normalized = rows.normalized_plane(weights, bias)
    if any(normalized):
        scores = [
            sum((w * Fraction(v) for w, v in zip(weights, row, strict=True)), start=bias)
            for row in table
        ]
        assert rows.signs(normalized).tolist() == [(s > 0) - (s < 0) for s in scores]


@settings(deadline=None)
@given(tables, st.lists(st.integers(-9, 9), min_size=4, max_size=4))
def test_a_plane_comes_back_from_even_coordinates(table, plane):
    rows = ExactRows(np.array(table))
    normalized = plane[: rows.size]
    if any(normalized):
        again = rows.normalized_plane(*rows.plane(normalized))
        factors = {Fraction(b, a) for a, b in zip(normalized, again, strict=True) if a}
        assert len(factors) == 1
        assert factors.pop() > 0
        assert [a == 0 for a in normalized] == [b == 0 for b in again]


@pytest.mark.parametrize("as_object", [False, True])
def test_a_score_may_be_wrong_by_no_more_than_it_says(as_object):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(50, 20)) * 10.0 ** rng.integers(-200, 200, size=20)
    if as_object:
        X = np.array([[Fraction(value) / 3 for value in row] for row in X.tolist()], dtype=object)
    rows = ExactRows(X)
    plane = [int(value) for value in rng.integers(-(2**62), 2**62, size=21)]
    scores, error = rows.scores(plane)
    largest = 1 << max(abs(value).bit_length() for value in plane)
    exact = [Fraction(int(v), largest << rows.bits) for v in rows.products(range(50), plane)]
    worst = max(abs(Fraction(s) - e) for s, e in zip(scores.tolist(), exact, strict=True))
    assert 0 < worst <= Fraction(error) < Fraction(1, 10**12)


def test_fractions_have_one_denominator_a_column():
    X = np.array([[Fraction(1, 3), 4], [Fraction(1, 2), 4], [1, 5]], dtype=object)
    rows = ExactRows(X)
    assert rows.unit == [Fraction(1, 6), 1]
    assert rebuilt(rows, X) == X.tolist()


def test_the_metric_brings_columns_to_one_unit():
    rows = ExactRows(np.array([[0.0, 0.0], [0.25, 3.0]]))
    metric = rows.metric()
    assert rows.unit == [Fraction(1, 4), 1] == [metric.unit * factor for factor in metric.factors]
    # The range of the second column is 3, of which normalized coordinates make 3 / 4.
    assert metric.ratios.tolist() == [0.125, 1.0]
