"""Formulas against plain loops and numbers worked by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from gradatim.evaluation.evidence import (
    Evidence,
    bootstrap_bounds,
    degrees_of_freedom,
    jackknife,
    p_of_arrangements,
    p_of_largest,
    score_bounds,
)
from gradatim.evaluation.metrics import Truth
from gradatim.evaluation.scores import pool, resample

RNG = np.random.default_rng(11)


def test_the_jackknife_of_means_is_the_variance_of_a_mean():
    values = RNG.normal(size=(3, 12))
    without = (values.sum(axis=1, keepdims=True) - values) / 11
    assert jackknife(without) == pytest.approx(np.cov(values) / 12, abs=1e-12)


def test_the_jackknife_is_the_plain_loop_over_units():
    without = RNG.random((2, 7))
    mean = [sum(row) / 7 for row in without]
    for s in range(2):
        for r in range(2):
            total = sum((without[s][g] - mean[s]) * (without[r][g] - mean[r]) for g in range(7))
            assert jackknife(without)[s, r] == pytest.approx(6 / 7 * total, abs=1e-9)


@pytest.mark.parametrize(
    ("sizes", "df"), [([5, 5, 5, 5], 3), ([10, 1, 1], 1), ([6, 3, 3], 144 / 54 - 1)]
)
def test_degrees_of_freedom_by_hand(sizes, df):
    assert degrees_of_freedom(np.array(sizes)) == pytest.approx(df)


def test_differences_are_the_plain_formula():
    without, sizes = RNG.random((4, 6)), np.array([3, 4, 5, 6, 7, 8])
    evidence = Evidence(RNG.random(4), without, sizes)
    A, others = jackknife(without), np.array([1, 3])
    d, se, covariance = evidence.differences(0, others, 1.25)
    for i, s in enumerate(others):
        assert d[i] == pytest.approx(evidence.scores[s] - evidence.scores[0], abs=1e-12)
        variance = 1.25 * (A[s, s] + A[0, 0] - 2 * A[s, 0])
        assert se[i] ** 2 == pytest.approx(variance + 2 / 35**2, abs=1e-9)
        for j, r in enumerate(others):
            expected = 1.25 * (A[s, r] - A[s, 0] - A[r, 0] + A[0, 0])
            assert covariance[i, j] == pytest.approx(expected, abs=1e-9)


def test_rungs_that_tie_on_every_row_are_not_certain_to_be_equal():
    same = np.tile(RNG.random(50), (2, 1))
    _, se, _ = Evidence(np.array([0.5, 0.5]), same, np.ones(50)).differences(0, np.array([1]), 1.5)
    assert se[0] == pytest.approx(np.sqrt(2) / 52)


def test_the_largest_of_one_is_students_t():
    for t in (0.5, 2.0, 3.0):
        p = p_of_largest(np.array([t]), np.array([[4.0]]), 6.0)
        assert p == pytest.approx(stats.t.sf(t, 6), abs=0.02)


def test_the_largest_of_several_is_scipys_multivariate_t():
    correlation = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])
    spread = np.array([1.0, 2.0, 0.5])
    p = p_of_largest(np.array([0.3, 2.2, 1.0]), correlation * np.outer(spread, spread), 8.0)
    inside = stats.multivariate_t(shape=correlation, df=8).cdf([2.2] * 3, random_state=0)
    assert p == pytest.approx(1 - inside, abs=0.01)


def test_a_probability_that_is_drawn_is_never_0():
    assert p_of_largest(np.array([1e9]), np.eye(1), 9.0) == 1 / 4001


def test_what_always_comes_together_needs_no_allowance_and_what_never_varies_is_let_be():
    t = np.array([2.0, 2.0])
    one = p_of_largest(t[:1], np.eye(1), 9.0)
    assert p_of_largest(t, np.ones((2, 2)), 9.0) == pytest.approx(one, abs=0.01)
    assert p_of_largest(t, np.zeros((2, 2)), 9.0) > 1.5 * one


def test_arrangements_are_counted_as_by_trying_all_of_them():
    true = np.array([0, 0, 0, 1, 1, 1, 1])
    said = RNG.integers(0, 4, (2, 7, 2)).astype(float) + 1
    said[0, np.arange(7), true] += 3

    def best(labels):
        scores = []
        for rung in said:
            recalls = []
            for c in (0, 1):
                mine = [g for g in range(7) if labels[g] == c]
                recalls.append(sum(rung[g][c] for g in mine) / sum(rung[g].sum() for g in mine))
            scores.append(np.mean(recalls))
        return max(scores)

    every = [best(labels) for labels in set(permutations(true.tolist()))]
    share = np.mean(np.array(every) >= best(true) - 1e-12)
    assert len(every) == 35
    assert p_of_arrangements(said, true) == pytest.approx(max(share, 1 / 35), abs=0.05)


def test_three_and_three_groups_can_never_show_anything():
    true = np.array([0, 0, 0, 1, 1, 1])
    said = np.zeros((1, 6, 2))
    said[0, np.arange(6), true] = 10
    assert p_of_arrangements(said, true) >= 1 / 20 - 1e-12


def test_the_interval_of_a_share_is_t_on_the_logit_by_hand():
    low, high = score_bounds(0.8, 0.002, 10_000, 9, "share")
    half = stats.t.ppf(0.975, 9) * np.sqrt(1.5 * 0.002) / 0.16
    ends = 1 / (1 + np.exp(-(np.log(4) + np.array([-half, half]))))
    assert (low, high) == pytest.approx(tuple(ends), rel=1e-9)


def test_the_interval_of_an_error_is_t_on_the_logarithm_by_hand():
    half = stats.t.ppf(0.975, 9) * np.sqrt(1.5 * 4.0) / 20
    expected = (20 * np.exp(-half), 20 * np.exp(half))
    assert score_bounds(20.0, 4.0, 10_000, 9, "positive") == pytest.approx(expected, rel=1e-9)
    left = stats.t.ppf(0.975, 9) * np.sqrt(1.5 * 0.01) / 0.6
    found = score_bounds(0.4, 0.01, 10_000, 9, "up to 1")
    assert found == pytest.approx((1 - 0.6 * np.exp(left), 1 - 0.6 * np.exp(-left)), rel=1e-9)


@pytest.mark.parametrize("kind", ["share", "up to 1", "positive"])
@pytest.mark.parametrize("value", [0.0, 0.3, 0.999, 1.0])
@pytest.mark.parametrize("variance", [0.0, 0.05])
def test_no_interval_leaves_its_range_or_is_a_point(kind, value, variance):
    low, high = score_bounds(value, variance, 40, 3, kind)
    assert low < high
    assert high <= 1 or kind == "positive"
    assert low >= 0 or kind == "up to 1"
    assert low <= value <= high


def test_what_is_undefined_has_no_interval():
    assert np.isnan(score_bounds(float("nan"), float("nan"), 40, 3, "share")).all()


def test_percentiles_lie_further_out_where_units_are_few():
    drawn = np.arange(1001) / 1000
    # Two units: t is 12.706, so the ends are the least and the largest draw.
    assert bootstrap_bounds(0.5, drawn, 2, "share") == pytest.approx((0.0, 1.0))
    # Five units: t is 2.7764, times the root of 5/4 3.1042, beyond which lie .000954.
    assert bootstrap_bounds(0.5, drawn, 5, "share") == pytest.approx((0.000954, 0.999046), abs=1e-6)
    # Of very many units the ends are the usual percentiles.
    assert bootstrap_bounds(0.5, drawn, 10**7, "share") == pytest.approx((0.025, 0.975), abs=1e-4)


def test_draws_that_all_agree_are_not_certain():
    low, high = bootstrap_bounds(1.0, np.ones(100), 50, "share")
    assert (low, high) == score_bounds(1.0, 0.0, 50, 49.0, "share")
    assert low < 0.95


def test_draws_without_a_score_do_not_count_and_nothing_is_said_of_none():
    some = np.array([np.nan, 0.2, 0.4, 0.6, np.nan])
    assert bootstrap_bounds(0.4, some, 2, "share") == (0.2, 0.6)
    for found in (
        bootstrap_bounds(0.4, np.full(5, np.nan), 9, "share"),
        bootstrap_bounds(np.nan, some, 9, "share"),
        bootstrap_bounds(0.4, some, 1, "share"),
    ):
        assert np.isnan(found).all()


@pytest.mark.parametrize("n_groups", [5, 10, 40])
def test_a_bootstrap_over_few_groups_covers_the_true_score_and_plain_percentiles_do_not(n_groups):
    rng = np.random.default_rng(1)
    unit, inside, plain = np.repeat(np.arange(n_groups), 5), 0, 0
    y = np.array(["a", "b"])[np.arange(5 * n_groups) % 2]
    truth = Truth("classification", y, np.array(["a", "b"]))
    for seed in range(400):
        share = rng.beta(4, 1, n_groups)  # The true score is .8
        right = rng.random(len(unit)) < share[unit]
        said = np.where(right, y, np.where(y == "a", "b", "a"))
        drawn = resample("accuracy", truth, said, None, unit, draws=500, seed=seed)
        value = pool("accuracy", truth, said[None], None, unit).value
        low, high = bootstrap_bounds(value, drawn, n_groups, "share")
        inside += low <= 0.8 <= high
        plain += np.quantile(drawn, 0.025) <= 0.8 <= np.quantile(drawn, 0.975)
    assert inside / 400 > 0.91
    if n_groups == 5:
        assert plain / 400 < 0.9


def test_a_class_that_no_group_has_changes_no_arrangement():
    true = np.array([0, 0, 0, 2, 2, 2, 0, 2])
    said = RNG.integers(0, 4, (2, 8, 3)) + 3.0 * np.eye(3)[true]
    swapped = said[:, :, [0, 2, 1]]
    assert p_of_arrangements(said, true) == p_of_arrangements(swapped, true // 2) < 1
