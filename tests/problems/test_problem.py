import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import norm

from gradatim.errors import SpecError
from gradatim.problems import PROBLEMS, get_problem


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_same_seed_draws_the_same_points_and_another_seed_others(name):
    problem = get_problem(name)
    X, y = problem.sample(50, seed=3)
    again, labels = problem.sample(50, seed=3)
    assert np.array_equal(X, again)
    assert np.array_equal(y, labels)
    assert not np.array_equal(X, problem.sample(50, seed=4)[0])


@pytest.mark.parametrize("name", PROBLEMS)
def test_points_are_rows_of_the_stated_width_and_classes_are_even(name):
    problem = get_problem(name)
    X, y = problem.sample(101)
    assert X.shape == (101, problem.n_features)
    assert sorted(np.bincount(y)) == [50, 51]


def test_noise_moves_points_that_were_labeled_before():
    problem = get_problem("moons")
    still, y = problem.sample(4000, noise=0, seed=5)
    moved, labels = problem.sample(4000, noise=0.3, seed=5)
    assert np.array_equal(y, labels)
    assert np.std(moved - still) == pytest.approx(0.3, rel=0.05)


def test_without_noise_a_rule_is_right_everywhere():
    assert get_problem("xor").ceiling() == 1.0


def test_the_ceiling_of_a_noisy_threshold_is_that_of_the_normal_distribution():
    # Far from its ends the line is uniform on both sides of a gap of 2: a point errs if noise takes
    # it over 75, which for a uniform place beside the gap has this probability by integration.
    spread = 20.0
    places = np.linspace(0, 74, 20001)
    error = norm.cdf((places - 75) / spread).mean()
    assert get_problem("threshold").ceiling(spread) == pytest.approx(1 - error, abs=0.015)


def test_more_noise_lowers_the_ceiling_down_to_one_half():
    moons = get_problem("moons")
    ceilings = [moons.ceiling(noise) for noise in (0.1, 0.3, 0.6, 30.0)]
    assert ceilings == sorted(ceilings, reverse=True)
    assert ceilings[0] > 0.995
    assert ceilings[-1] < 0.55


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_samples": 1}, "at least 2 samples"),
        ({"noise": -0.1}, "finite and >= 0"),
        ({"noise": float("nan")}, "finite and >= 0"),
        ({"seed": -1}, "seed must be >= 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(options, words):
    with pytest.raises(SpecError, match=words):
        get_problem("xor").sample(**options)


def test_loading_a_problem_loads_no_other_library():
    code = (
        "import sys, gradatim.problems as p; p.load_problem('spirals'); "
        "heavy = {'jax', 'scipy', 'sklearn', 'matplotlib', 'numba'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
