"""What units are chosen from and fitted with: kinks, corners, and the largest error made small."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from gradatim.approximation.corners import Corners
from gradatim.approximation.greedy_units import GreedyUnits
from gradatim.approximation.kinks import Lines, find_kinks
from gradatim.approximation.minimax import least_maximum, reweighted
from gradatim.approximation.units import values_of
from gradatim.certificates.formulas import parse_formula

NONE = Lines(np.empty((0, 2)), np.empty(0))


def kinks(text, middle=(0, 0), half=(1, 1)):
    return find_kinks(parse_formula(text), np.array(middle, float), np.array(half, float))


def test_a_straight_kink_is_one_line_on_the_square():
    lines = kinks("abs(x - 3*y + 1)")
    assert lines.weight.tolist() == [[0.25, -0.75]]
    assert lines.bias.tolist() == [0.25]
    # On [2, 4] x [0, 2] the line x = y + 2 joins two corners.
    [[a, b]], [c] = kinks("max(x, y + 2)", (3, 1))
    assert (a, b, c) == (0.5, -0.5, 0)


def test_kinks_along_either_side_of_the_square_are_found():
    lines = kinks("abs(x) + abs(y - 0.25)")
    found = [(*weight, bias) for weight, bias in zip(lines.weight, lines.bias, strict=True)]
    assert sorted(found) == [(0, 1, -0.25), (1, 0, 0)]


def test_a_smooth_function_has_no_kinks():
    assert len(kinks("sin(x)*y + sqrt(4 + x)").bias) == 0
    assert len(kinks("abs(x + 5)").bias) == 0


def test_tangents_of_a_circle_are_at_its_distance():
    lines = kinks("min(x^2 + y^2, 0.49)")
    distance = np.abs(lines.bias) / np.linalg.norm(lines.weight, axis=1)
    assert len(distance) > 40
    assert np.max(np.abs(distance - 0.7)) < 0.005


def test_reweighting_and_programs_find_the_best_cubic():
    x = np.linspace(-1, 1, 400)
    design, y = np.vander(x, 4), x**4
    # Chebyshev: the best cubic to x^4 errs by 1/8.
    start = reweighted(design, y, fast=True)
    assert start.error == pytest.approx(1 / 8, rel=0.02)
    best = least_maximum(design, y, start.solution)
    assert np.max(np.abs(design @ best - y)) == pytest.approx(1 / 8, rel=1e-4)
    assert least_maximum(design, y, start.solution, aim=0.1) is None


def test_the_best_constant_is_half_way():
    y = np.random.default_rng(0).normal(size=50)
    best = least_maximum(np.ones((50, 1)), y, np.zeros(1))
    assert best[0] == pytest.approx(0.5 * (y.min() + y.max()))
    other = minimize_scalar(lambda c: np.max(np.abs(y - c)))
    assert np.max(np.abs(y - best[0])) <= other.fun + 1e-6


def test_small_cells_between_steps_are_met_at_their_corners():
    lines = Lines(np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]), np.array([0, 0, -1e-4]))
    output = np.array([1.0, 1.0, -1.0])
    corners = Corners(lines)
    assert np.sort(corners.points, axis=0) == pytest.approx(
        np.array([[0, 0], [0, 0], [2e-4, 2e-4]]), abs=1e-12
    )
    # Only in the triangle between the three lines is the sum 2.
    points, errors = corners.worst(output, 0.0, np.zeros(3), 3)
    assert errors.tolist() == [2, 2, 2]
    assert (values_of(lines, points, "heaviside") @ output).tolist() == [2, 2, 2]


def test_units_are_chosen_until_the_aim_is_met_and_few_are_kept():
    def function(s):
        return np.maximum(s[:, 0] * s[:, 1], 0.2 * s[:, 0])

    heard = []
    greedy = GreedyUnits(function, "relu", NONE, lambda share, doing: heard.append(doing))
    wide = greedy.terms(0.1, 100)
    close = greedy.terms(0.03, 100)
    s = np.random.default_rng(0).uniform(-1, 1, (20_000, 2))
    for terms, aim in ((wide, 0.1), (close, 0.03)):
        lines = Lines(terms.weight, terms.bias)
        found = values_of(lines, s, "relu") @ terms.output + terms.constant
        assert np.max(np.abs(found - function(s))) <= 1.03 * aim
    n_units, error = map(float, heard[-1].split(" err by "))
    assert len(wide.bias) < len(close.bias) <= n_units + 1
    assert error <= 0.03


def test_what_cannot_be_met_ends_early():
    greedy = GreedyUnits(lambda s: np.sin(60 * s[:, 0] * s[:, 1]), "relu", NONE)
    assert greedy.terms(0.01, 160) is None
    assert greedy.n_units < 50
    assert 0.5 < greedy.smallest <= 1.01
