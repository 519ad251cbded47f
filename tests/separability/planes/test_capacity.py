from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import binomtest

from gradatim.errors import SpecError
from gradatim.separability import capacity, n_separable_labelings, separate, simulate_capacity


@pytest.mark.parametrize(
    ("n", "d"), [(1, 1), (3, 1), (5, 1), (3, 2), (4, 2), (6, 2), (5, 3), (6, 3)]
)
def test_cover_counts_what_trying_all_labelings_counts(n, d):
    X = np.random.default_rng(n + 10 * d).normal(size=(n, d))
    labelings = [y for y in product((0, 1), repeat=n) if 0 < sum(y) < n]
    found = sum(separate(X, y, margin=False).separable for y in labelings)
    assert found + 2 == n_separable_labelings(n, d)


@pytest.mark.parametrize("n", range(1, 12))
@pytest.mark.parametrize("d", range(2, 8))
def test_the_count_obeys_cover_s_recursion(n, d):
    assert n_separable_labelings(n + 1, d) == (
        n_separable_labelings(n, d) + n_separable_labelings(n, d - 1)
    )


@pytest.mark.parametrize("d", [1, 2, 5, 10, 50, 300])
def test_half_of_all_labelings_are_separable_at_twice_the_dimension_plus_one(d):
    [at] = capacity([d], [2 * (d + 1)], n_trials=0)
    assert at.chance == Fraction(1, 2)


@pytest.mark.parametrize("d", [1, 3, 9])
def test_every_labeling_is_separable_up_to_the_dimension_plus_one_and_not_one_further(d):
    assert n_separable_labelings(d + 1, d) == 2 ** (d + 1)
    assert n_separable_labelings(d + 2, d) == 2 ** (d + 2) - 2


def test_the_fall_is_the_sharper_the_more_dimensions():
    width = []
    for d in (2, 15, 120):
        chances = [float(one.chance) for one in capacity([d], range(1, 5 * (d + 1)), n_trials=0)]
        inside = [n for n, chance in enumerate(chances, 1) if 0.1 < chance < 0.9]
        width.append(len(inside) / (d + 1))
    assert width[0] > width[1] > width[2]
    assert width[2] < 0.35


def test_trials_agree_with_the_theorem():
    """Twelve intervals of 95 %; that more than three miss has a chance of 0.2 %."""
    found = capacity([1, 2, 4], [4, 6, 8, 10], n_trials=60, seed=4)
    assert sum(not one.agrees for one in found) <= 3
    assert all(one.n_undecided == 0 for one in found)
    total = sum(one.n_separable for one in found)
    expected = sum(60 * float(one.chance) for one in found)
    spread = np.sqrt(sum(60 * float(one.chance * (1 - one.chance)) for one in found))
    assert abs(total - expected) < 3.5 * spread


def test_the_interval_is_clopper_and_pearson_s():
    found = simulate_capacity(7, 2, n_trials=30, seed=1)
    exact = binomtest(found.n_separable, 30).proportion_ci(method="exact")
    assert found.interval == pytest.approx((exact.low, exact.high))


def test_the_same_seed_gives_the_same_trials():
    assert simulate_capacity(8, 3, n_trials=20, seed=5) == simulate_capacity(
        8, 3, n_trials=20, seed=5
    )


def test_the_chance_is_the_sum_of_binomials():
    [found] = capacity([4], [13], n_trials=0)
    assert found.chance == Fraction(2 * sum(comb(12, k) for k in range(5)), 2**13)


@pytest.mark.parametrize(
    "options",
    [{"n_points": 0, "n_features": 1}, {"n_points": 1, "n_features": 0}],
)
def test_numbers_below_one_are_refused(options):
    with pytest.raises(SpecError, match="both begin at 1"):
        n_separable_labelings(**options)
    with pytest.raises(SpecError):
        simulate_capacity(**options)


def test_no_trials_are_refused():
    with pytest.raises(SpecError, match="at least 1 trial"):
        simulate_capacity(3, 1, n_trials=0)


def test_a_capacity_is_what_the_command_line_prints_as_json(printed):
    found = simulate_capacity(4, 2, n_trials=5).to_dict()
    asked = ("capacity", "--dimensions", "2", "--points", "4", "--trials")
    assert [found] == printed(*asked, "5")["rows"]
    # Of the 16 labelings of four points in a plane, only the two XORs are out of reach.
    alone = capacity([2], [4], n_trials=0)[0].to_dict()
    assert [alone] == printed(*asked, "0")["rows"]
    counts = {"dimensions": 2, "points": 4, "chance": "7/8", "separable": 0, "undecided": 0}
    assert alone == {**counts, "interval": None}
