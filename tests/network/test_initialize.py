"""Initial weights: shapes, spreads, and dependence on the seed alone."""

import numpy as np
import pytest

from gradatim.errors import SpecError
from gradatim.network.initialize import initialize

METHODS = ("glorot", "he", "variance", "zeros")
SIZES = (300, 200, 100)


@pytest.mark.parametrize("method", METHODS)
def test_weights_are_float32_and_fit_the_layer_sizes(method):
    layers = initialize((4, 3, 2), method, seed=0)
    assert [(w.shape, b.shape) for w, b in layers] == [((3, 4), (3,)), ((2, 3), (2,))]
    assert {array.dtype for layer in layers for array in layer} == {np.dtype(np.float32)}


@pytest.mark.parametrize("method", ["glorot", "he", "variance"])
def test_draws_depend_on_the_seed(method):
    first, again, other = (initialize((4, 3, 2), method, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first[0][0], again[0][0])
    assert (first[0][0] != other[0][0]).all()


@pytest.mark.parametrize(
    ("activation", "factor"), [("tanh", 6.0), ("relu", 6.0), ("logistic", 2.0)]
)
def test_glorot_fills_the_bound_of_scikit_learn(activation, factor):
    for (w, b), n_in, n_out in zip(
        initialize(SIZES, "glorot", 0, activation), SIZES, SIZES[1:], strict=False
    ):
        bound = np.sqrt(factor / (n_in + n_out))
        assert 0.99 * bound < np.abs(w).max() <= bound * (1 + 1e-6)
        assert 0.5 * bound < np.abs(b).max() <= bound * (1 + 1e-6)
        assert w.std() == pytest.approx(bound / np.sqrt(3), rel=0.02)


def test_he_has_variance_two_over_inputs_and_no_bias():
    for (w, b), n_in in zip(initialize(SIZES, "he", 0), SIZES, strict=False):
        assert w.var() == pytest.approx(2 / n_in, rel=0.05)
        assert not b.any()


def test_variance_keeps_the_spread_of_silu_layers_and_starts_the_output_at_zero():
    (first, _), (second, _), (last, _) = initialize((300, 200, 100, 2), "variance", 0)
    assert first.std() == pytest.approx(1 / np.sqrt(300), rel=0.02)
    assert second.std() == pytest.approx(1.68 / np.sqrt(200), rel=0.02)
    assert not last.any()


def test_variance_gives_units_of_every_layer_about_unit_spread():
    a = np.random.default_rng(1).normal(size=(500, 300))
    for weight, bias in initialize((300, 300, 300, 300, 1), "variance", seed=0)[:-1]:
        z = a @ weight.T + bias
        assert z.std() == pytest.approx(1.0, rel=0.1)
        a = z / (1 + np.exp(-z))


def test_zeros_are_zero():
    assert not any(array.any() for layer in initialize((3, 2), "zeros", 0) for array in layer)


def test_an_unknown_method_is_refused():
    with pytest.raises(SpecError, match="no initialization 'xavier'"):
        initialize((3, 2), "xavier", 0)
