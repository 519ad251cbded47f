"""Chains and constant pieces, the fewest: within the tolerance, and none has fewer."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from gradatim.approximation.piecewise_constant import fewest_pieces
from gradatim.approximation.piecewise_linear import fewest_units, shortest_path
from gradatim.approximation.samples import Samples, sample

FUNCTIONS = {
    "sine": (lambda x: np.sin(2 * np.pi * x), 0.0, 1.0),
    "square": (np.square, 0.0, 1.0),
    "exponential": (np.exp, -1.0, 1.0),
    "root": (np.sqrt, 0.0, 1.0),
    "kink": (lambda x: np.abs(x - 0.3), 0.0, 1.0),
    "cubic": (lambda x: x**3 - x, -2.0, 2.0),
    "runge": (lambda x: 1 / (1 + 25 * x * x), -1.0, 1.0),
    "line": (lambda x: 2 * x + 1, 0.0, 1.0),
    "waves": (lambda x: np.sin(9 * x) + 0.3 * np.cos(23 * x), 0.0, 2.0),
}


def values(path, x):
    ends = np.concatenate([[x[0]], path.knots, [x[-1]]])
    heights = path.start + np.concatenate([[0], np.cumsum(path.slopes * np.diff(ends))])
    return np.interp(x, ends, heights)


@pytest.mark.parametrize("tolerance", [0.2, 0.004])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_paths_and_stairs_stay_within_the_tolerance(name, tolerance):
    function, low, high = FUNCTIONS[name]
    x = np.linspace(low, high, 10_001)
    samples = sample(function, low, high, 3_000)
    for path in (shortest_path(samples, tolerance), fewest_units(samples, tolerance)):
        assert np.max(np.abs(values(path, x) - function(x))) <= 1.0005 * tolerance
        assert np.all(np.diff(path.knots) >= 0)
        assert len(path.knots) == len(path.slopes) - 1
    pieces = fewest_pieces(sample(function, low, high, 3_000, order=1), tolerance)
    steps = pieces.levels[np.searchsorted(pieces.breaks, x, side="right")]
    assert np.max(np.abs(steps - function(x))) <= 1.01 * tolerance


def feasible(x, y, tolerance, knots):
    """Ask a linear program for a chain with given knots within the tolerance."""
    basis = np.column_stack([np.ones_like(x), x, *(np.maximum(x - k, 0) for k in knots)])
    bounds = np.concatenate([y + tolerance, tolerance - y])
    found = linprog(
        np.zeros(basis.shape[1]), np.concatenate([basis, -basis]), bounds, bounds=(None, None)
    )
    return found.status == 0


@pytest.mark.parametrize("seed", range(8))
def test_no_chain_with_fewer_lines_is_found_by_linear_programs(seed):
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(0, 1, 9))
    y = random.normal(size=9)
    tolerance = random.uniform(0.2, 0.9)
    path = shortest_path(Samples(x, y, np.zeros(9)), tolerance)
    assert np.max(np.abs(values(path, x) - y)) <= tolerance + 1e-6
    n = len(path.slopes)
    if n == 1:
        return
    # Knots between samples gain nothing that a fine choice of places would not show.
    places = np.unique(np.concatenate([x, np.linspace(x[0], x[-1], 6)]))
    fewer = min(n - 2, 2)
    chains = combinations(places, fewer)
    assert not any(feasible(x, y, tolerance - 1e-6, knots) for knots in chains)


def test_the_best_lines_to_a_square_are_known():
    samples = sample(np.square, 0.0, 1.0, 4_000)
    for n in (1, 2, 3, 5, 9):
        # n equal lines err by 1 / (8 n^2).
        assert len(shortest_path(samples, 1.001 / (8 * n * n)).slopes) == n
        assert len(shortest_path(samples, 0.999 / (8 * n * n)).slopes) == n + 1


def test_stairs_of_a_line_have_equal_steps():
    pieces = fewest_pieces(sample(lambda x: x, 0.0, 1.0, 2_000, order=1), 0.1001)
    assert pieces.levels == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9], abs=2e-3)
    assert pieces.breaks == pytest.approx([0.2, 0.4, 0.6, 0.8], abs=2e-3)


def test_theory_s_integrals_are_those_worked_by_hand():
    found = sample(lambda x: np.sin(2 * np.pi * x), 0.0, 1.0, 4_000)
    # The integral of sqrt(|sin|) over a period of 2 pi is 4.79256.
    assert found.curvature == pytest.approx(2 * np.pi * 4.79256 / (2 * np.pi), rel=1e-3)
    assert found.variation == pytest.approx(4, rel=1e-5)
    assert found.changes == 1
    assert sample(lambda x: x**3 - x, -2.0, 2.0, 2_000).changes == 1
