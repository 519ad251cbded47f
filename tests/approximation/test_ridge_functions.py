"""Sums of ridges reproduce polynomials, and their units add up."""

import numpy as np
import pytest

from gradatim.approximation.ridge_functions import build_ridge_functions, find_ridge_functions


def test_a_product_is_two_ridges():
    found = find_ridge_functions(lambda s: s[:, 0] * s[:, 1], 0.05, "relu")
    assert found.error < 1e-12
    assert np.abs(found.directions).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_a_cubic_in_two_variables_is_met_to_the_tolerance():
    found = find_ridge_functions(lambda s: s[:, 0] ** 2 * s[:, 1] - s[:, 1], 0.02, "relu")
    assert found.error <= 0.01


@pytest.mark.parametrize("activation", ["relu", "heaviside", "logistic"])
def test_units_stay_within_what_their_ridges_may_err(activation):
    def function(s):
        return s[:, 0] * s[:, 1] + s[:, 1] ** 2

    ridges = find_ridge_functions(function, 0.2, activation)
    terms = build_ridge_functions(ridges, 0.1, activation)
    s = np.random.default_rng(0).uniform(-1, 1, (4_000, 2))
    z = s @ terms.weight.T + terms.bias
    units = {
        "relu": lambda z: np.maximum(z, 0),
        "heaviside": lambda z: z >= 0,
        "logistic": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
    }
    found = units[activation](z) @ terms.output + terms.constant
    assert np.max(np.abs(found - function(s))) <= 0.1 * 1.02 + ridges.error


def test_what_no_few_ridges_are_gets_the_error_that_was_met():
    found = find_ridge_functions(lambda s: np.sin(40 * s[:, 0] * s[:, 1]), 0.01, "relu")
    assert isinstance(found, float)
    assert found > 0.005
