"""Every number of a row: against the forward pass, by hand, and what is decided."""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.activations import ACTIVATIONS
from gradatim.errors import ShapeError, SpecError
from gradatim.network import Layer, Network, Product, forward, parse
from gradatim.network.trace import default_threshold


def test_the_lectures_sigmoid_gives_its_four_numbers_and_classes():
    network = parse("sigmoid(x1 - 2.5)")
    traces = [network.trace([x]) for x in (0, 1, 3, 5)]
    assert [round(trace.values[0], 2) for trace in traces] == [0.08, 0.18, 0.62, 0.92]
    assert [trace.classes for trace in traces] == [(0,), (0,), (1,), (1,)]
    assert traces[0].rule == "class 1 where the output >= 0.5, else class 0"


def test_every_number_of_a_unit_is_there():
    network = parse("tanh(x4 - x3 + 3x2 + 2x0 - 1)")
    unit = network.trace({"x0": 1, "x2": 0, "x3": 2, "x4": 1}, exact=True).outputs[0]
    assert [edge.product for edge in unit.products] == [2, 0, -2, 1]
    assert (unit.sum, unit.bias, unit.pre_activation, unit.value) == (1, -1, 0, 0)
    assert unit.products[2] == Product(2, "x3", Fraction(-1), Fraction(2), Fraction(-2))
    assert (unit.name, unit.layer, unit.index, unit.activation) == ("y1", 1, 0, "tanh")


NAMES = [name for name in ACTIVATIONS if name != "softmax"]
quarters = st.integers(-12, 12).map(lambda n: n / 4)


@st.composite
def cases(draw):
    """Return a network whose numbers are quarters, and a row for it."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    layers = []
    for n_in, n_out in pairwise(sizes):
        weight = draw(st.lists(quarters, min_size=n_in * n_out, max_size=n_in * n_out))
        bias = draw(st.lists(quarters, min_size=n_out, max_size=n_out))
        activation = draw(
            st.sampled_from([*NAMES, "softmax"])
            | st.lists(st.sampled_from(NAMES), min_size=n_out, max_size=n_out).map(tuple)
        )
        mask = draw(st.none() | st.just(np.arange(n_in * n_out).reshape(n_out, n_in) % 3 > 0))
        layers.append(Layer(np.reshape(weight, (n_out, n_in)), bias, activation, mask))
    return Network(layers), draw(st.lists(quarters, min_size=sizes[0], max_size=sizes[0]))


@settings(max_examples=50, deadline=None)
@given(cases())
def test_traces_agree_with_the_forward_pass_in_floats_and_exactly(case):
    network, x = case
    floats = network.trace(x)
    try:
        exact = network.trace(x, exact=True, digits=25)
    except SpecError as error:
        if "cannot be decided" in str(error):  # an irrational pre-activation of exactly 0
            return
        raise
    result = forward(network, [x])
    for layer, exact_layer, z, a in zip(
        floats.layers, exact.layers, result.pre_activations, result.activations[1:], strict=True
    ):
        # Where a float is within rounding of a jump, only the exact side is right.
        at_jump = any(
            u.activation in ("sign", "heaviside") and abs(u.pre_activation) < 1e-9 for u in layer
        )
        if at_jump:
            return
        np.testing.assert_allclose([u.pre_activation for u in layer], z[0], atol=1e-9)
        np.testing.assert_allclose([u.value for u in layer], a[0], atol=1e-9)
        np.testing.assert_allclose([float(u.pre_activation) for u in exact_layer], z[0], atol=1e-9)
        np.testing.assert_allclose([float(u.value) for u in exact_layer], a[0], atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_in_every_trace_the_numbers_add_up(case):
    network, x = case
    for layer in network.trace(x).layers:
        for unit in layer:
            assert unit.sum == pytest.approx(sum(e.weight * e.value for e in unit.products))
            assert unit.pre_activation == pytest.approx(unit.sum + unit.bias)


def test_fractions_stay_fractions_where_the_activation_allows():
    network = parse("relu(1/3 x0 - 1/7); leaky_relu(-1/3 x0); sign(x0); step(-x0); x0/3")
    values = network.trace(["1/2"], exact=True).values
    assert values == (Fraction(1, 42), Fraction(-1, 600), 1, 0, Fraction(1, 6))
    assert all(isinstance(value, Fraction) for value in values)


def test_decimals_and_floats_that_are_typed_are_exact():
    assert parse("0.1x + 0.2").trace([1], exact=True).values == (Fraction(3, 10),)
    network = Network([Layer([[0.1]], [0.2])])
    assert network.trace([0.1], exact=True).values == (Fraction(21, 100),)


def test_what_is_passed_on_keeps_its_name():
    trace = parse("tanh(x1 + step(x2))").trace([2, 3])
    assert [unit.passes for unit in trace.layers[0]] == [True, False]
    assert [edge.name for edge in trace.outputs[0].products] == ["x1", "h2"]


@pytest.mark.parametrize(
    ("activation", "threshold"),
    [
        ("logistic", Fraction(1, 2)),
        ("heaviside", Fraction(1, 2)),
        ("tanh", 0),
        ("sign", 0),
        ("identity", None),
        ("relu", None),
        ("softplus", None),
    ],
)
def test_the_threshold_is_the_middle_of_the_range_if_there_is_one(activation, threshold):
    assert default_threshold(activation) == threshold


def test_the_threshold_itself_is_of_class_1():
    assert parse("sigmoid(x)").trace([0]).classes == (1,)
    assert parse("tanh(x)").trace([0], exact=True).classes == (1,)
    assert parse("2x").trace([1], threshold=2).classes == (1,)
    assert parse("2x").trace([1], threshold="2.0001", exact=True).classes == (0,)


def test_without_a_threshold_an_unbounded_output_has_no_class():
    trace = parse("2x").trace([1])
    assert trace.classes == (None,)
    assert "the output itself" in trace.rule


def test_outputs_of_different_kinds_have_their_own_thresholds():
    trace = parse("tanh(x); sigmoid(x); x").trace([0.5])
    assert trace.classes == (1, 1, None)
    assert trace.rule == "class 1 where y1 >= 0, y2 >= 0.5, y3 has no class, else class 0"


@pytest.mark.parametrize("exact", [False, True])
def test_a_softmax_decides_for_the_first_of_its_largest_outputs(exact):
    network = parse("softmax(x1, x2, x3)")
    assert network.trace([1, 3, 2], exact=exact).classes == (0, 1, 0)
    assert network.trace([1, 2, 2], exact=exact).classes == (0, 1, 0)
    assert network.trace([0, 0, 0], exact=exact).classes == (1, 0, 0)


def test_inputs_by_name_may_leave_out_what_nobody_reads():
    network = parse("x0, x1, x2 -> x0 + x2")
    trace = network.trace({"x2": "1/2", "x0": 1})
    assert trace.inputs == (1.0, None, 0.5)
    assert trace.values == (1.5,)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        ({"x1": 1}, "x2 has no value"),
        ({"x1": 1, "x2": 1, "x3": 1}, "no input x3; the inputs are x1, x2"),
        ([1], "reads 2 inputs, not 1"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(x, says):
    with pytest.raises(ShapeError, match=says):
        parse("x1 + x2").trace(x)


def test_what_cannot_be_traced_is_refused():
    with pytest.raises(SpecError, match="left open"):
        parse("a(x)").trace([1])
    with pytest.raises(SpecError, match="write a number"):
        parse("x").trace(["one"])
    with pytest.raises(SpecError, match="digits must lie"):
        parse("x").trace([1], exact=True, digits=-1)
    with pytest.raises(SpecError, match="no exact value"):
        Network([Layer([[np.inf]], [0.0])]).trace([1], exact=True)


def test_an_open_activation_is_named_at_evaluation():
    network = parse("a(x1 - 5)")
    assert network.trace([8], activation="relu").values == (3.0,)
    assert network.is_open


def test_infinities_are_traced_as_floats_are_computed():
    trace = Network([Layer([[np.inf]], [0.0], "sigmoid")]).trace([1])
    assert trace.values == (1.0,)


def test_the_dictionary_is_json_and_holds_exact_numbers_as_text():
    trace = parse("tanh(1/3 x0)").trace([1], exact=True, digits=5)
    written = json.loads(json.dumps(trace.to_dict()))
    [[unit]] = written["layers"]
    assert unit["pre_activation"] == "1/3"
    assert unit["value"] == "0.32151"
    assert written["outputs"] == [{"name": "y1", "value": "0.32151", "class": 1, "threshold": "0"}]
    assert Decimal(unit["value"]) == trace.values[0]
