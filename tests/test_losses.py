"""Losses against scikit-learn and scipy, and the laws they obey."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.special
from sklearn.metrics import log_loss

from gradatim.activations import get_activation
from gradatim.losses import LOSSES

LOSS = {name: jax.jit(loss.function) for name, loss in LOSSES.items()}
RNG = np.random.default_rng(0)
LOGITS = RNG.normal(scale=2.0, size=(7, 3)).astype(np.float32)
TARGETS = {
    "multiclass": np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1, 2, 2]],
    "binary": RNG.integers(0, 2, (7, 3)).astype(np.float32),
    "squared": RNG.normal(size=(7, 3)).astype(np.float32),
}


def test_multiclass_log_loss_agrees_with_scikit_learn():
    labels = TARGETS["multiclass"].argmax(axis=1)
    expected = log_loss(labels, scipy.special.softmax(LOGITS.astype(float), axis=1))
    losses = LOSS["multiclass"](jnp.asarray(TARGETS["multiclass"]), jnp.asarray(LOGITS))
    assert losses.shape == (7,)
    np.testing.assert_allclose(losses.mean(), expected, rtol=1e-6)


def test_binary_log_loss_is_the_sum_of_scikit_learns_over_the_labels():
    y = TARGETS["binary"]
    p = scipy.special.expit(LOGITS.astype(float))
    expected = sum(log_loss(y[:, k], p[:, k], labels=[0, 1]) for k in range(3))
    losses = LOSS["binary"](jnp.asarray(y), jnp.asarray(LOGITS))
    assert losses.shape == (7,)
    np.testing.assert_allclose(losses.mean(), expected, rtol=1e-6)


def test_squared_error_is_half_the_squared_distance():
    expected = 0.5 * np.linalg.norm(LOGITS - TARGETS["squared"], axis=1) ** 2
    losses = LOSS["squared"](jnp.asarray(TARGETS["squared"]), jnp.asarray(LOGITS))
    np.testing.assert_allclose(losses, expected, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_gradient_is_prediction_minus_target(name):
    loss = LOSSES[name]
    y, z = jnp.asarray(TARGETS[name]), jnp.asarray(LOGITS)
    gradient = jax.jit(jax.grad(lambda z: loss.function(y, z).sum()))(z)
    predictions = get_activation(loss.output_activation)(LOGITS)
    np.testing.assert_allclose(gradient, predictions - TARGETS[name], atol=1e-6)


def test_the_binary_slope_is_right_at_zero_too():
    slope = jax.grad(lambda z: LOSSES["binary"].function(jnp.array([0.05]), z))(jnp.zeros(1))
    np.testing.assert_allclose(slope, 0.45, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_numpy_gives_what_jax_gives(name):
    found = LOSSES[name].function(TARGETS[name], LOGITS)
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, LOSS[name](TARGETS[name], LOGITS), rtol=1e-5)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_losses_are_not_negative_and_leading_axes_are_kept(name):
    y, z = jnp.asarray(TARGETS[name]), jnp.asarray(np.stack([LOGITS, -LOGITS]))
    losses = LOSS[name](y[None], z)
    assert losses.shape == (2, 7)
    assert (losses >= 0).all()
    np.testing.assert_allclose(losses[0], LOSS[name](y, z[0]), rtol=1e-6)


@pytest.mark.parametrize("name", ["multiclass", "binary"])
def test_a_confident_mistake_costs_its_margin_and_stays_finite(name):
    y, z = jnp.asarray([[1.0, 0.0]]), jnp.asarray([[-1e4, 1e4]])
    loss, gradient = jax.jit(jax.value_and_grad(lambda z: LOSS[name](y, z).sum()))(z)
    np.testing.assert_allclose(loss, 2e4)
    np.testing.assert_allclose(gradient, [[-1.0, 1.0]])


def test_two_classes_lose_the_same_by_softmax_and_by_one_logistic_unit():
    difference = LOGITS[:, 1:2] - LOGITS[:, 0:1]
    y = TARGETS["binary"][:, :1]
    by_softmax = LOSS["multiclass"](jnp.asarray(np.hstack([1 - y, y])), jnp.asarray(LOGITS[:, :2]))
    by_logistic = LOSS["binary"](jnp.asarray(y), jnp.asarray(difference))
    np.testing.assert_allclose(by_softmax, by_logistic, rtol=1e-5)


def test_each_loss_stands_under_its_name():
    assert all(key == loss.name for key, loss in LOSSES.items())


@pytest.mark.parametrize("scale", [700.0, 40.0, 1.0])
def test_log_losses_have_all_digits(scale):
    rng = np.random.default_rng(3)
    logits, classes = rng.uniform(-scale, scale, (60, 4)), rng.integers(0, 4, 60)
    labels = rng.integers(0, 2, (60, 4)).astype(float)
    of_classes = LOSSES["multiclass"].function(np.eye(4)[classes], logits)
    of_labels = LOSSES["binary"].function(labels, logits)
    with mp.workdps(400):
        for i, z in enumerate(logits.tolist()):
            total = mp.log(mp.fsum(map(mp.exp, z)))
            assert off(of_classes[i], [total - max(z), max(z) - mp.mpf(z[classes[i]])]) <= 4
            signed = [x if y == 0 else -x for x, y in zip(z, labels[i], strict=True)]
            assert off(of_labels[i], [mp.log1p(mp.exp(mp.mpf(x))) for x in signed]) <= 4


def off(value, terms):
    """Measure an error in units in the last place of the largest term, or of the sum."""
    exact = mp.fsum(terms)
    size = float(max([abs(exact), *map(abs, terms)]))
    return float(abs(mp.mpf(float(value)) - exact) / mp.mpf(float(np.spacing(size))))


def test_a_saturated_unit_still_loses_something():
    assert LOSSES["binary"].function(np.array([1.0]), np.array([40.0])) == pytest.approx(
        float(mp.exp(-40)), rel=1e-15
    )
    assert LOSSES["multiclass"].function(np.array([1.0, 0.0]), np.array([40.0, 0.0])) == (
        pytest.approx(float(mp.exp(-40)), rel=1e-15)
    )
