"""The forward pass against plain loops over units, and the networks of the lecture by hand."""

import math
from itertools import pairwise

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.activations import ACTIVATIONS, get_activation
from gradatim.errors import ShapeError
from gradatim.network import Layer, Network, evaluate, forward

NAMES = sorted(name for name in ACTIVATIONS if name != "softmax")


def _loop(network: Network, row: list[float]) -> list[float]:
    """Compute one row's outputs unit by unit, edge by edge."""
    values = row
    for layer in network.layers:
        z = [
            u.bias + math.fsum(w * values[source] for source, w in u.weights.items())
            for u in layer.units
        ]
        if layer.activation == "softmax":
            total = sum(math.exp(v - max(z)) for v in z)
            values = [math.exp(v - max(z)) / total for v in z]
        else:
            names = [u.activation for u in layer.units]
            values = [
                float(get_activation(n)(np.float64(v))) for n, v in zip(names, z, strict=True)
            ]
    return values


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, np.ndarray]:
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layers = []
    for n_in, n_out in pairwise(sizes):
        activation = draw(
            st.sampled_from(NAMES)
            | st.just("softmax")
            | st.lists(st.sampled_from(NAMES), min_size=n_out, max_size=n_out)
        )
        mask = rng.random((n_out, n_in)) < 0.8 if draw(st.booleans()) else None
        layers.append(
            Layer(rng.normal(size=(n_out, n_in)), rng.normal(size=n_out), activation, mask)
        )
    return Network(layers), rng.normal(size=(4, sizes[0]))


@settings(max_examples=100, deadline=None)
@given(networks())
def test_outputs_agree_with_a_plain_loop_over_units(case):
    network, X = case
    # Where a jump's pre-activation is within rounding of 0, either side is right.
    jumps = [
        z[:, [name in ("sign", "heaviside") for name in layer.activations]]
        for layer, z in zip(network.layers, forward(network, X).pre_activations, strict=True)
    ]
    if any((np.abs(z) < 1e-9).any() for z in jumps):
        return
    expected = np.array([_loop(network, row.tolist()) for row in X])
    np.testing.assert_allclose(evaluate(network, X), expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(networks())
def test_pre_activations_activations_and_outputs_fit_each_other(case):
    network, X = case
    z, a = forward(network, X)
    assert len(z) == network.depth
    assert len(a) == network.depth + 1
    np.testing.assert_array_equal(a[0], X)
    np.testing.assert_array_equal(a[-1], evaluate(network, X))
    for layer, below, pre in zip(network.layers, a, z, strict=False):
        np.testing.assert_allclose(pre, below @ layer.weight.T + layer.bias)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_arithmetic_is_in_the_precision_asked_for(dtype):
    rng = np.random.default_rng(3)
    layers = [
        Layer(rng.normal(size=(6, 3)), rng.normal(size=6), ["tanh", "gelu", "elu"] * 2),
        Layer(rng.normal(size=(2, 6)), rng.normal(size=2), "softmax"),
    ]
    X = rng.normal(size=(5, 3))
    result = forward(Network(layers), X, dtype)
    assert {array.dtype for part in result for array in part} == {np.dtype(dtype)}
    exact = evaluate(Network(layers), X)
    tolerance = 1e-6 if dtype is np.float32 else 0.0
    np.testing.assert_allclose(result.activations[-1], exact, atol=tolerance)
    assert dtype is np.float64 or (result.activations[-1] != exact).any()


def test_a_network_of_float32_weights_is_evaluated_in_float64_unless_asked():
    network = Network([Layer(np.float32([[0.1]]), np.float32([0.2]))])
    assert evaluate(network, [[3.0]])[0, 0] == float(np.float32(0.1)) * 3.0 + float(np.float32(0.2))


def test_each_unit_applies_its_own_activation():
    z = [[-2.0, -1.0, 0.0, 0.5]]
    layer = Layer(np.eye(4), np.zeros(4), ["relu", "identity", "step", "sign"])
    assert evaluate(Network([layer]), z).tolist() == [[0.0, -1.0, 1.0, 1.0]]


def test_a_missing_edge_reads_nothing_not_even_a_missing_value_made_finite():
    layer = Layer([[1.0, 99.0]], [0.5], "identity", [[True, False]])
    assert evaluate(Network([layer]), [[2.0, 1e300]]).tolist() == [[2.5]]


def test_softmax_acts_along_the_units():
    network = Network([Layer(np.eye(3), np.zeros(3), "softmax")])
    outputs = evaluate(network, [[0.0, 0.0, 0.0], [0.0, math.log(2.0), math.log(5.0)]])
    np.testing.assert_allclose(outputs, [[1 / 3] * 3, [1 / 8, 2 / 8, 5 / 8]])


def test_calling_a_network_evaluates_it_and_changes_no_input():
    network = Network([Layer([[1.0]], [-5.0], "relu")])
    X = np.array([[3.0], [7.0]])
    assert network(X).tolist() == [[0.0], [2.0]]
    assert X.tolist() == [[3.0], [7.0]]


def test_an_empty_batch_gives_no_rows():
    assert evaluate(Network([Layer([[1.0, 1.0]], [0.0])]), np.empty((0, 2))).shape == (0, 1)


def test_jax_arrays_are_read_like_numpys():
    network = Network([Layer([[2.0]], [1.0], "tanh")])
    np.testing.assert_array_equal(evaluate(network, jnp.ones((2, 1))), network(np.ones((2, 1))))


@pytest.mark.parametrize("X", [[[1.0]], [1.0, 2.0], [[1.0, 2.0, 3.0]], [[[1.0, 2.0]]]])
def test_rows_without_one_column_an_input_are_refused(X):
    with pytest.raises(ShapeError, match="reads 2 inputs"):
        evaluate(Network([Layer([[1.0, 1.0]], [0.0])]), X)


def test_two_threshold_units_and_one_more_compute_xor():
    network = Network(
        [
            Layer([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], "heaviside"),  # or, and
            Layer([[1.0, -1.0]], [-0.5], "heaviside"),  # or, but not and
        ]
    )
    assert network([[0, 0], [0, 1], [1, 0], [1, 1]]).ravel().tolist() == [0, 1, 1, 0]


# The lecture's transformation, L12 to L14: points below 50 or above 100 are of one class. The
# slides write z = a(-x + 50) + a(x - 100), then z + w0.
LINE = np.array([0.0, 20.0, 49.0, 51.0, 75.0, 99.0, 101.0, 130.0])
OUTSIDE = [1, 1, 1, 0, 0, 0, 1, 1]


def _interval(activation: str, w0: float) -> Network:
    hidden = Layer([[-1.0], [1.0]], [50.0, -100.0], activation)
    return Network([hidden, Layer([[1.0, 1.0]], [w0], "heaviside")])


def test_lecture_l12_sign_units_sum_to_zero_outside_and_to_minus_two_inside():
    z = forward(_interval("sign", 0.0), LINE[:, None]).pre_activations[1].ravel()
    assert z.tolist() == [0, 0, 0, -2, -2, -2, 0, 0]


def test_lecture_l13_with_steps_of_zero_and_one_the_plane_z_minus_one_separates():
    assert _interval("step", -1.0)(LINE[:, None]).ravel().tolist() == OUTSIDE


def test_lecture_l13_with_signs_w0_of_plus_one_separates():
    assert _interval("sign", 1.0)(LINE[:, None]).ravel().tolist() == OUTSIDE


def test_lecture_l13_with_signs_w0_of_minus_one_puts_every_point_on_one_side():
    assert set(_interval("sign", -1.0)(LINE[:, None]).ravel()) == {0.0}


@pytest.mark.parametrize(("activation", "w0"), [("step", -1.0), ("sign", 1.0)])
def test_lecture_l14_holds_at_the_ends_of_the_interval_by_each_convention(activation, w0):
    at_ends = _interval(activation, w0)([[50.0], [100.0]]).ravel()
    # step(0) = 1, so the ends are outside; sign(0) = 0, so z is -1 there, and -1 + 1 >= 0 too
    assert at_ends.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("weights", "w0", "activation", "row", "output"),
    [
        ([0.8], 0.4, "identity", [1.0], 1.2),  # L3: a(0.8 x1 + 0.4)
        ([0.8], 0.4, "identity", [-0.5], 0.0),
        ([1.0], -5.0, "tanh", [5.0], 0.0),  # L7: a(x1 - 5)
        ([1.0], -5.0, "relu", [8.0], 3.0),  # L8
        ([2.0, 0.0, 1.0], 3.0, "relu", [1.0, 9.0, 4.0], 9.0),  # a(x2 + 2 x0 + 3)
        ([2.0, 0.0, 3.0, -1.0, 1.0], -1.0, "relu", [1.0, 9.0, 1.0, 2.0, 3.0], 5.0),
    ],
)
def test_units_of_the_lecture_give_what_a_hand_computes(weights, w0, activation, row, output):
    network = Network([Layer([weights], [w0], activation, [[w != 0 for w in weights]])])
    assert network([row])[0, 0] == pytest.approx(output, abs=1e-15)
