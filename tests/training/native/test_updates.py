"""Optimizers and schedule against optax."""

import numpy as np
import optax
import pytest
from numba import njit

from gradatim.training.native.kernels import adam, add_penalty, sgd
from gradatim.training.native.tiles import start_of
from gradatim.training.native.updates import cosine_factor

RNG = np.random.default_rng(0)
N = 37


@njit
def _adam(p, g, m, v, rate, decay, beta_2, correct_1, correct_2):
    adam(
        start_of(p), start_of(g), start_of(m), start_of(v), len(p),
        rate, decay, beta_2, correct_1, correct_2,
    )  # fmt: skip


@njit
def _sgd(p, g, t, rate, momentum, nesterov):
    sgd(start_of(p), start_of(g), start_of(t), len(p), rate, momentum, nesterov)


@njit
def _penalty(p, g, decay):
    return add_penalty(start_of(p), start_of(g), len(p), decay)


def _reals(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def _optax(transform, params, gradients):
    state = transform.init(params)
    for gradient in gradients:
        updates, state = transform.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
    return np.asarray(params)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("beta_2", [0.999, 0.95, 0.0])
def test_adam_moves_as_optax_does(decay, beta_2):
    params, gradients = _reals(N), _reals(25, N)
    expected = _optax(optax.adamw(0.01, b2=beta_2, weight_decay=decay), params.copy(), gradients)
    m, v = np.zeros_like(params), np.zeros_like(params)
    for step, gradient in enumerate(gradients, 1):
        corrections = (np.float32(1 / (1 - b**step)) for b in (0.9, beta_2))
        _adam(params, gradient, m, v, *map(np.float32, (0.01, decay, beta_2)), *corrections)
    # optax computes 1 - 0.999^t in float32, which is good to 6e-5 at first.
    np.testing.assert_allclose(params, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_moves_as_optax_does(momentum, nesterov):
    params, gradients = _reals(N), _reals(25, N)
    transform = optax.sgd(0.01, momentum=momentum, nesterov=nesterov)
    expected = _optax(transform, params.copy(), gradients)
    trace = np.zeros_like(params)
    for gradient in gradients:
        _sgd(params, gradient, trace, np.float32(0.01), np.float32(momentum), int(nesterov))
    np.testing.assert_allclose(params, expected, rtol=1e-5, atol=1e-6)


def test_a_penalty_adds_decay_times_weight_and_returns_the_squares():
    params, gradient = _reals(N), _reals(N)
    before = gradient.copy()
    squares = _penalty(params, gradient, np.float32(0.5))
    np.testing.assert_allclose(gradient, before + 0.5 * params, rtol=1e-6)
    assert squares == pytest.approx((params.astype(float) ** 2).sum())


@pytest.mark.parametrize("n_steps", [1, 2, 10, 400])
def test_the_schedule_rises_over_a_twentieth_and_falls_to_nothing(n_steps):
    factors = [cosine_factor(step, n_steps) for step in range(n_steps + 1)]
    warm_up = max(n_steps // 20, 1)
    assert factors[warm_up - 1] == pytest.approx(1.0)
    assert factors[0] == pytest.approx(1 / warm_up)
    if n_steps > 1:
        assert factors[-1] == pytest.approx(0.0, abs=1e-9)
    assert all(a >= b for a, b in zip(factors[warm_up:-1], factors[warm_up + 1 :], strict=True))
