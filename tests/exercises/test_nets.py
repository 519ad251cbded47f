from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.exercises import nets, writing
from gradatim.network import parse

F = Fraction

WEIGHTS = st.integers(-6, 6).filter(bool).map(lambda n: F(n, 2))


def two_layers(hidden, last, rows, above):
    return nets.build((hidden, rows), (last, [above]))


@given(
    hidden=st.sampled_from(["relu", "heaviside", "identity", "logistic", "tanh"]),
    last=st.sampled_from(["identity", "relu", "heaviside", "logistic"]),
    rows=st.lists(st.lists(WEIGHTS, min_size=3, max_size=3), min_size=2, max_size=2),
    above=st.lists(WEIGHTS, min_size=3, max_size=3),
    x=st.lists(st.integers(-4, 4).map(F), min_size=2, max_size=2),
)
def test_exact_arithmetic_agrees_with_the_trace_of_the_network(hidden, last, rows, above, x):
    network = two_layers(hidden, last, rows, above)
    traced = network.trace(x, exact=True, digits=40)
    for values, units in zip(nets.compute(network, x), traced.layers, strict=True):
        assert all(
            abs(a - F(unit.value)) < F(1, 10**35) for a, unit in zip(values.a, units, strict=True)
        )


def test_softmax_is_that_of_the_network():
    network = nets.build(("softmax", [[0, 1], [1, -1], [F(1, 2), 2]]))
    [values] = nets.compute(network, [F(1, 4)])
    assert [float(a) for a in values.a] == pytest.approx(network([[0.25]])[0])
    assert abs(sum(values.a) - 1) < F(1, 10**40)


def test_equations_in_the_students_notation_say_the_same_as_the_network():
    network = two_layers("relu", "identity", [[-1, 2, None], [0, 1, -1]], [3, -1, F(1, 2)])
    assert writing.equations(network) == [
        "h1 = ReLU(2 x1 - 1)",
        "h2 = ReLU(x1 - x2)",
        "y = -h1 + 0.5 h2 + 3",
    ]
    assert parse("-relu(2x1 - 1) + 0.5relu(x1 - x2) + 3")([[2, 5]]) == network([[2, 5]])


def test_the_working_of_each_unit_ends_in_its_value():
    network = two_layers("relu", "logistic", [[1, 1, -1], [-1, -2, 1]], [0, 1, 2])
    assert writing.working(network, [F(-1), F(2)]) == [
        "$h1 = ReLU(1 · (-1) - 1 · 2 + 1) = ReLU(-2) = 0$",
        "$h2 = ReLU(-2 · (-1) + 1 · 2 - 1) = ReLU(3) = 3$",
        "$y = sigmoid(1 · 0 + 2 · 3) = sigmoid(6) ≈ 0.9975$",
    ]


def test_a_unit_of_nothing_but_a_bias_of_zero_is_written():
    assert writing.equations(nets.build(("identity", [[0, None]]))) == ["y = 0"]


def test_the_exported_weights_keep_missing_edges_apart_from_zeros():
    network = nets.build(("relu", [[0, None, F(1, 10)], [1, 0, -2]]))
    assert nets.exact_weights(network) == {
        "inputs": ["x1", "x2"],
        "layers": [
            {"activation": "relu", "weights": [[None, "1/10"], ["0", "-2"]], "biases": ["0", "1"]}
        ],
    }
