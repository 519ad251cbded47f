"""Activations, slopes and dropout against the table of activations in double precision."""

import numpy as np
import pytest
from numba import njit

from gradatim.activations import ACTIVATIONS
from gradatim.training.native.elementwise import ACTIVATION_CODES, exp_down, log1p_unit
from gradatim.training.native.kernels import activate, drop
from gradatim.training.native.tiles import start_of

ELEMENTWISE = [name for name, a in ACTIVATIONS.items() if a.elementwise]
Z = np.concatenate(
    [np.linspace(-30, 30, 4001), np.geomspace(1e-12, 1, 200), -np.geomspace(1e-12, 1, 200), [0.0]]
).astype(np.float32)


@njit
def _activate(code, Z, H):
    activate(code, start_of(Z), start_of(H), len(Z))


@njit
def _drop(key, rate, places, H, Z, n_units, n):
    drop(key, rate, start_of(places), start_of(H), start_of(Z), n_units, n)


@njit
def _each(function, values):
    return np.array([function(v) for v in values])


def _run(name, z):
    slopes, values = z.copy(), np.empty_like(z)
    _activate(ACTIVATION_CODES[name], slopes, values)
    return values, slopes


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_an_activation_and_its_slope_are_those_of_the_table(name):
    values, slopes = _run(name, Z)
    exact = Z.astype(np.float64)
    np.testing.assert_allclose(values, ACTIVATIONS[name](exact), rtol=2e-6, atol=2e-7)
    np.testing.assert_allclose(slopes, ACTIVATIONS[name].derivative(exact), rtol=2e-6, atol=5e-7)


@pytest.mark.parametrize("name", ["tanh", "elu", "silu", "logistic", "softplus"])
def test_small_numbers_keep_their_relative_precision(name):
    small = Z[np.abs(Z) < 1e-3]
    values, _ = _run(name, small)
    expected = ACTIVATIONS[name](small.astype(np.float64))
    if name == "elu":  # the table's expm1 is exact
        expected = np.where(small > 0, small, np.expm1(small.astype(np.float64)))
    np.testing.assert_allclose(values, expected, rtol=1e-6)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_nan_stays_nan(name):
    values, _ = _run(name, np.array([np.nan] * 9, np.float32))
    expected = np.isnan(ACTIVATIONS[name](np.array([np.nan])))[0]
    assert np.isnan(values).all() == expected


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_huge_numbers_are_where_the_limits_are(name):
    huge = np.array([3e38, -3e38], np.float32)
    values, slopes = _run(name, huge)
    np.testing.assert_allclose(values, ACTIVATIONS[name](huge.astype(float)), rtol=1e-6, atol=1e-30)
    assert np.isfinite(slopes).all()


def test_exponential_and_logarithm_are_good_to_the_last_places():
    x = -np.geomspace(1e-8, 87, 5000).astype(np.float32)
    np.testing.assert_allclose(_each(exp_down, x), np.exp(x.astype(float)), rtol=2.5e-7)
    e = np.geomspace(1e-8, 1, 5000).astype(np.float32)
    np.testing.assert_allclose(_each(log1p_unit, e), np.log1p(e.astype(float)), rtol=2.5e-7)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_scales_the_rest(rate):
    H = np.ones((500, 40), np.float32)
    slopes = H.copy()
    _drop(12345, np.float32(rate), np.arange(40, dtype=np.int32), H, slopes, 500, 40)
    assert np.mean(H == 0) == pytest.approx(rate, abs=0.01)
    np.testing.assert_allclose(H[H > 0], 1 / (1 - rate), rtol=1e-6)
    np.testing.assert_array_equal(H, slopes)


def test_a_dropped_infinity_is_zero():
    H = np.full((50, 8), np.inf, np.float32)
    _drop(1, np.float32(0.5), np.arange(8, dtype=np.int32), H, H.copy(), 50, 8)
    assert not np.isnan(H).any()
    assert (H == 0).any()
