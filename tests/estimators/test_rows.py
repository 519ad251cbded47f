"""Weights of rows, and the rows held out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import SpecError
from gradatim.estimators._rows import bucket, check_sample_weight, hold_out, weigh_classes


@given(st.integers(1, 10**9))
def test_a_bucket_holds_its_rows_and_adds_a_quarter_at_most(n_rows):
    assert n_rows <= bucket(n_rows) <= max(256, n_rows + n_rows / 4 + 1)


def test_sizes_near_each_other_share_a_bucket():
    assert len({bucket(n) for n in range(920, 1020)}) == 1


def test_balanced_classes_have_equal_totals_and_the_sum_stays():
    codes, weight = np.array([0, 0, 0, 2]), np.array([1.0, 2.0, 3.0, 4.0])
    balanced = weigh_classes("balanced", np.array(["a", "b", "c"]), codes, weight)
    assert balanced.sum() == pytest.approx(10.0)
    assert balanced[3] == pytest.approx(balanced[:3].sum())


def test_a_class_that_is_not_named_weighs_one():
    weight = weigh_classes({"b": 3.0}, np.array(["a", "b"]), np.array([0, 1, 1]), np.ones(3))
    assert weight.tolist() == [1.0, 3.0, 3.0]


@pytest.mark.parametrize("bad", [[-1.0, 1.0], [np.nan, 1.0], [np.inf, 1.0], [0.0, 0.0]])
def test_weights_that_weigh_nothing_are_refused(bad):
    with pytest.raises(SpecError, match="weight"):
        check_sample_weight(bad, 2)


def test_rows_held_out_are_a_share_of_every_class():
    codes = np.repeat([0, 1], [80, 20])
    training, validation = hold_out(codes, 100, 0.1, np.random.RandomState(0))
    assert np.bincount(codes[validation]).tolist() == [8, 2]
    assert sorted([*training, *validation]) == list(range(100))
