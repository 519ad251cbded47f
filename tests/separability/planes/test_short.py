from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gradatim.separability import separate
from gradatim.separability.planes.short import simplest_between, whole_weights

fractions = st.fractions(-50, 50, max_denominator=60)


@settings(deadline=None)
@given(fractions, fractions)
@example(Fraction(91, 30), Fraction(13, 4))
def test_the_simplest_fraction_has_the_smallest_denominator(low, high):
    assume(low <= high)
    found = simplest_between(low, high)
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        assert -(-low * denominator // 1) > high * denominator


@settings(deadline=None)
@given(st.lists(fractions, min_size=1, max_size=4).filter(any))
def test_whole_weights_point_where_the_weights_do(weights):
    whole = whole_weights(weights)
    [factor] = {b / a for a, b in zip(weights, whole, strict=True) if a}
    assert factor > 0
    assert all(value.denominator == 1 for value in whole) or max(map(abs, whole)) < 10


@pytest.mark.parametrize(("low", "high", "found"), [(7, 23, 10), (95, 112, 100), (-3, -1, -1)])
def test_of_whole_numbers_the_roundest_is_taken(low, high, found):
    assert simplest_between(Fraction(low), Fraction(high)) == found


def test_weights_are_short_where_the_gap_allows_it():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = (X @ [0.31, -0.62] > 0.001).astype(int)
    far = abs(X @ [0.31, -0.62]) > 0.05
    found = separate(X[far], y[far])
    assert found.weights == (1, -2)
    assert found.bias == 0


def test_weights_follow_the_scale_of_their_columns():
    rng = np.random.default_rng(1)
    Z = rng.normal(size=(100, 2))
    y = (Z[:, 0] + Z[:, 1] > 0).astype(int)
    kept = abs(Z[:, 0] + Z[:, 1]) > 0.4
    found = separate(Z[kept] * [1.0, 1e6], y[kept])
    assert max(len(str(abs(w))) for w in found.weights) <= 8
    assert found.verify()


def test_a_column_that_is_not_needed_has_no_edge():
    X = [[0.0, 5.1], [1.0, 3.3], [10.0, 4.2], [11.0, 2.9]]
    found = separate(X, [0, 0, 1, 1])
    assert found.weights == (1, 0)
    assert dict(found.hyperplane.layers[0].units[0].weights) == {0: 1.0}
