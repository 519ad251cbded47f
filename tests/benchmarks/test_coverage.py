"""Coverage in groups left out, on a collection whose groups are known to be alike."""

import numpy as np
import pytest

from benchmarks.coverage import ANSWERED, WAYS, Covered, measure, measure_other, table
from gradatim.collection import Collection


def test_the_interval_is_that_of_the_mean_over_groups():
    one = Covered("logistic", 0.8, "by group", np.array([1.0, 0.5, 0.75, 0.75]), 1.5)
    # A standard deviation of .2041, over 2 for four groups, times 3.182 of Student's t.
    assert one.interval == pytest.approx((0.75 - 0.3248, 1.0), abs=1e-3)
    assert table([one]).splitlines()[2] == (
        "| logistic | 0.8 | by group | 0.750 (0.425 to 1.000) | 0.50 | 1.50 |"
    )
    low, high = Covered("logistic", 0.8, "by group", np.ones(20), 1.0).interval
    assert 0.5 < low < 0.95
    assert high == 1.0


def test_every_group_is_left_out_once_and_a_seed_repeats_it():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(["a", "b", "c"], 40))
    X = rng.normal(size=(120, 4))
    X[:, 0] += 2.0 * (y == "b") + 4.0 * (y == "c")
    made = Collection("made", {"x": X}, y, "classification", np.arange(120), np.arange(120) % 15)
    found = measure(made, ["logistic"], [0.5, 0.8], parts=3)
    ways = (*WAYS, ANSWERED)
    assert [(one.coverage, one.way) for one in found] == [(p, w) for p in (0.5, 0.8) for w in ways]
    assert all(one.by_group.shape == (15,) for one in found if one.way != ANSWERED)
    # Fewer answers, more of them right; a third of the labels would be right by chance.
    some, fewer = (one for one in found if one.way == ANSWERED)
    assert 0 < fewer.size < some.size < 1
    assert 0.6 < some.by_group.mean() < fewer.by_group.mean()
    assert len(fewer.by_group) <= len(some.by_group) <= 15
    by_group = {one.coverage: one for one in found if one.way == "by group"}
    assert by_group[0.8].by_group.mean() > 0.7
    assert by_group[0.8].size >= by_group[0.5].size >= 1
    other = measure_other(
        made.take(made.groups < 12), made.take(made.groups >= 12), ["logistic"], [0.8]
    )
    assert [len(one.by_group) for one in other if one.way != ANSWERED] == [3, 3, 3]
    again = measure(made, ["logistic"], [0.5], parts=3)[0]
    np.testing.assert_array_equal(again.by_group, by_group[0.5].by_group)
