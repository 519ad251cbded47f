"""Gradient descent by hand: against jax.grad, finite differences, and a step on paper."""

from fractions import Fraction
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradatim.activations import ACTIVATIONS, get_activation
from gradatim.errors import DivergedError, ShapeError, SpecError
from gradatim.losses import LOSSES
from gradatim.network import Layer, Network, parse
from gradatim.network.descent import descend

SMOOTH = ["identity", "logistic", "tanh", "elu", "gelu", "silu", "softplus", "relu", "leaky_relu"]


def random_network(seed, sizes, hidden, output):
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in pairwise(sizes):
        last = len(layers) == len(sizes) - 2
        mask = rng.random((n_out, n_in)) < 0.8
        layers.append(
            Layer(
                rng.normal(size=(n_out, n_in)),
                rng.normal(size=n_out),
                output if last else hidden,
                mask,
            )
        )
    return Network(layers)


def jax_loss(params, network, X, y, loss):
    """Return the mean loss as `gradatim.losses` has it, in JAX."""
    a = X
    for (weight, bias), layer in zip(params, network.layers, strict=True):
        mask = 1.0 if layer.mask is None else layer.mask
        z = jnp.sum((weight * mask)[None] * a[:, None, :], axis=2) + bias[None]
        a = get_activation(layer.activations[0])(z)
    if loss == "squared":
        return jnp.mean(0.5 * jnp.sum((a - y) ** 2, axis=1))
    return jnp.mean(LOSSES[loss].function(y, z))


CASES = [
    *(("squared", name, "identity") for name in SMOOTH),
    ("squared", "tanh", "logistic"),
    ("binary", "relu", "logistic"),
    ("multiclass", "silu", "softmax"),
]


def problem(loss, hidden, output):
    """Return a network and samples for it."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(5, 3))
    y = rng.normal(size=(5, 2)) if loss == "squared" else np.eye(2)[rng.integers(2, size=5)]
    return random_network(3, (3, 4, 2), hidden, output), X, y


# JAX compiles each function anew: of the hidden ones a smooth one and one with a kink.
@pytest.mark.parametrize(("loss", "hidden", "output"), [CASES[2], CASES[7], *CASES[9:]])
def test_gradients_are_those_of_jax(loss, hidden, output):
    network, X, y = problem(loss, hidden, output)
    with jax.enable_x64(True):
        params = [(jnp.array(layer.weight), jnp.array(layer.bias)) for layer in network.layers]
        value, slopes = jax.value_and_grad(jax_loss)(params, network, X, y, loss)
    [step] = descend(network, X.tolist(), y.tolist(), loss=loss, learning_rate=0.01)
    assert step.loss == pytest.approx(float(value), rel=1e-9)
    for changes, (by_weight, by_bias) in zip(step.changes, slopes, strict=True):
        for i, change in enumerate(changes):
            assert change.bias[1] == pytest.approx(float(by_bias[i]), abs=1e-9)
            for j, old, gradient, new in change.weights:
                assert gradient == pytest.approx(float(by_weight[i, j]), abs=1e-9)
                assert new == old - 0.01 * gradient


@pytest.mark.parametrize(("loss", "hidden", "output"), CASES)
def test_gradients_are_finite_differences(loss, hidden, output):
    network, X, y = problem(loss, hidden, output)
    [step] = descend(network, X.tolist(), y.tolist(), loss=loss, learning_rate=0.01)
    layer = network.layers[0]
    h = 1e-6
    for i, change in enumerate(step.changes[0]):
        moved = [
            descend(
                Network(
                    [
                        Layer(layer.weight, layer.bias + d * np.eye(4)[i], hidden, layer.mask),
                        network.layers[1],
                    ]
                ),
                X.tolist(),
                y.tolist(),
                loss=loss,
            )[0].loss
            for d in (h, -h)
        ]
        assert change.bias[1] == pytest.approx((moved[0] - moved[1]) / (2 * h), abs=1e-6)


def test_a_step_of_linear_regression_by_hand():
    # L = 1/2 (1.2 - 2)^2 = 8/25; dL/dz = -4/5 = dL/dw1 = dL/dw0
    [step] = descend(parse("0.8x1 + 0.4"), [[1]], [[2]], exact=True)
    [[change]] = step.changes
    assert step.loss == Fraction(8, 25)
    assert change.weights == ((0, Fraction(4, 5), Fraction(-4, 5), Fraction(22, 25)),)
    assert change.bias == (Fraction(2, 5), Fraction(-4, 5), Fraction(12, 25))
    assert str(step.after) == "0.88x1 + 0.48"


def test_fractions_go_back_through_hidden_units():
    # h = relu(2) = 2, y = 3h = 6, dL/dy = 6 - 4 = 2, dL/dh = 6, dL/dw = 6 * 1
    [step] = descend(parse("3relu(2x)"), [["1"]], [["4"]], learning_rate="1/10", exact=True)
    [[hidden], [output]] = step.changes
    assert output.weights[0][1:] == (3, 4, Fraction(26, 10))
    assert hidden.weights[0][1:] == (2, 6, Fraction(14, 10))
    assert step.after.layers[0].exact_units[0].bias == Fraction(-6, 10)


def test_several_steps_go_on_from_each_other_and_the_loss_falls():
    taken = descend(parse("0.1x1"), [[1], [2], [3]], [[2], [4], [6]], steps=30)
    assert all(a.after == b.network for a, b in pairwise(taken))
    losses = [step.loss for step in taken]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.05 * losses[0]


def test_a_missing_edge_stays_missing():
    [step] = descend(parse("x0, x1 -> 2x0"), [{"x0": 1}], [[0]])
    assert step.after.layers[0].units[0].weights.keys() == {0}


def test_units_that_pass_a_value_on_stay_as_they_are():
    network = parse("tanh(x1 + tanh(x2))")
    [step] = descend(network, [[1, 2]], [[0]])
    assert [change.is_fixed for change in step.changes[0]] == [True, False]
    assert step.after.layers[0].units[0] == network.layers[0].units[0]
    assert step.changes[0][0].weights[0][2] != 0


def test_steps_and_signs_have_no_slope():
    [step] = descend(parse("step(x) + sign(x)"), [[1]], [[0]])
    assert [change.weights[0][2] for change in step.changes[0]] == [0, 0]


def test_a_saturated_output_has_a_gradient_all_the_same():
    [step] = descend(parse("sigmoid(x)"), [[1000]], [[0]], loss="binary", learning_rate=1e-3)
    assert step.loss == 1000
    assert step.rows[0].slopes[0][0].by_value is None
    assert step.changes[0][0].weights[0][2] == 1000


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("tanh(x)", {"loss": "binary"}, "goes with logistic outputs, not tanh"),
        ("tanh(x)", {"loss": "multiclass"}, "goes with softmax"),
        ("softmax(x)", {"loss": "squared"}, "multiclass"),
        ("tanh(x)", {"exact": True}, "tanh gives no fractions"),
        ("softmax(p = x, q = 2x); p", {}, "hidden softmax"),
        ("a(x)", {}, "left open"),
    ],
)
def test_what_does_not_go_together_is_refused(text, options, says):
    with pytest.raises(SpecError, match=says):
        descend(parse(text), [[1]], [[1]], **options)


def test_rows_that_do_not_fit_are_refused():
    for X, y in ([[1]], []), ([], []), ([[1]], [[1, 2]]), ([[1, 2]], [[1]]):
        with pytest.raises(ShapeError):
            descend(parse("x"), X, y)
    with pytest.raises(SpecError, match="sum to 1"):
        descend(parse("softmax(x, 2x)"), [[1]], [[1, 1]], loss="multiclass")


def test_leaving_the_finite_numbers_is_an_error():
    with pytest.raises(DivergedError, match="smaller learning rate"):
        descend(parse("x"), [[1e200]], [[0]], steps=3, learning_rate=1e200)


def test_every_activation_has_a_slope():
    for name in ACTIVATIONS.keys() - {"softmax"}:
        [step] = descend(parse(f"{name}(x)"), [[0.3]], [[1]])
        assert step.rows[0].slopes[0][0].slope == pytest.approx(
            float(get_activation(name).derivative(np.float64(0.3)))
        )
