"""Equations as typed: what they mean, and what is said of those that mean no network."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gradatim
from gradatim.errors import EquationError, GradatimError, SpecError
from gradatim.network import OPEN_ACTIVATION, Layer, Network, parse


def unit(text, **options):
    """Return the single unit of an equation, weights by the names of the inputs."""
    network = parse(text, **options)
    assert network.layer_sizes[1:] == (1,)
    [[only]] = [layer.exact_units for layer in network.layers]
    return (
        {network.input_names[j]: w for j, w in only.weights.items()},
        only.bias,
        only.activation,
    )


# Every equation printed in the lecture, as it is printed, with the letters that it leaves open.
LECTURE = [
    (r"$$a(w_1x_1 + w_0) = \hat{y}$$", {"w_1": 0.8, "w_0": 0.4}, (1, 1)),
    (r"$a(0.8x_1 + 0.4) = \hat{y}$", {}, (1, 1)),
    (
        r"$$\begin{aligned}\sigma(-2.5) &= 0.08 \\ \sigma(-1.5) &= 0.18 \\ "
        r"\sigma(0.5) &= 0.62 \\ \sigma(2.5) &= 0.92\end{aligned}$$",
        {},
        (0, 4),
    ),
    (r"$a(x_1 - 2.5) = \hat{y}$", {}, (1, 1)),
    (r"$$a(W^T X) = \hat{y}$$", {"W": [1, -2, 3]}, (3, 1)),
    (r"$$a(x_1 - 5) = \hat{y}$$", {}, (1, 1)),
    (r"$$a(x_2 + 2x_0 + 3) = \hat{y}$$", {}, (2, 1)),
    (r"$$a(x_4 - x_3 + 3x_2 + 2x_0 - 1) = \hat{y}$$", {}, (4, 1)),
    (r"$$w_1 x_0 + w_0 = 0$$", {"w_1": 2, "w_0": -1}, (1, 1)),
    (r"$$w_2 x_2 + w_1 x_0 + w_0 = 0$$", {"w_2": 1, "w_1": 2, "w_0": -1}, (2, 1)),
    (r"$$z = a(w_1x + w_0)$$", {"w_1": -1, "w_0": 50}, (1, 1)),
    (r"$$z = \text{sign}(w_1x + w_0) = \text{sign}(-x + 50)$$", {}, (1, 1)),
    (r"$$z = \text{sign}(w_1 x + w_0) = \text{sign}(x - 100)$$", {}, (1, 1)),
    (r"$$z = \text{sign}(-x + 50) + \text{sign}(x - 100)$$", {}, (1, 2, 1)),
    (r"$$w_1^{(2)} z + w_0^{(2)} = 0$$; $$w_1^{(2)} = 1, w_0^{(2)} = -1$$", {}, (1, 1)),
]


@pytest.mark.parametrize(("text", "let", "sizes"), LECTURE)
def test_every_equation_of_the_lecture_is_read_evaluated_and_written(text, let, sizes):
    network = parse(text, let=let)
    assert network.layer_sizes == sizes
    assert parse(str(network)) == network
    closed = network.close("tanh") if network.is_open else network
    ones = closed.trace([1] * closed.n_inputs)
    np.testing.assert_allclose(ones.values, closed(np.ones((1, closed.n_inputs)))[0])


def test_the_square_of_the_lecture_is_a_feature_and_no_network():
    with pytest.raises(EquationError, match=r"power .* add it as a feature"):
        parse("$x_2 = (x_1)^2$")


def test_coefficients_may_be_left_out_or_stand_before_with_or_without_a_sign():
    expected = ({"x0": 2, "x2": 3, "x3": -1, "x4": 1}, -1, "tanh")
    for text in (
        "tanh(x4 - x3 + 3x2 + 2x0 - 1)",
        "tanh(x4 - x3 + 3*x2 + 2·x0 - 1)",
        "tanh(x₄ \N{MINUS SIGN} x₃ + 3 x₂ + 2 × x₀ – 1)",
        r"\tanh\left(x_4 - x_3 + 3 \cdot x_2 + 2 \, x_{0} - 1\right)",
        "tanh(-1 + x4 + 1.5(2x2) + -x3 + x0 * 2)",
        "tanh(x4 - (x3 - 3x2 - 2x0 + 1))",
    ):
        assert unit(text) == expected


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("1/3 x0", Fraction(1, 3)),
        ("1/3x0", Fraction(1, 3)),
        ("x0/3", Fraction(1, 3)),
        (r"\frac{1}{3} x_0", Fraction(1, 3)),
        (r"\frac{x_0}{3}", Fraction(1, 3)),
        ("0.1x0", Fraction(1, 10)),
        (".5x0", Fraction(1, 2)),
        ("2e-3 x0", Fraction(1, 500)),
        ("-(-2)x0", Fraction(2)),
        ("--x0", Fraction(1)),
        ("1/2(x0 + x0)", Fraction(1)),
        ("3 * -x0 / -4", Fraction(3, 4)),
        ("x0 - x0", Fraction(0)),
        (r"1 \cdot 10^{-7} x_0", Fraction(1, 10**7)),
        (r"2.5 \times 10^3 x_0", Fraction(2500)),
        ("10^-3 x0", Fraction(1, 1000)),
        ("-2**3 x0", Fraction(-8)),
        ("(1 + 1)^2 x0", Fraction(4)),
        ("10² x0", Fraction(100)),
    ],
)
def test_numbers_are_read_exactly(text, weight):
    assert unit(text) == ({"x0": weight}, 0, "identity")


def test_an_input_that_is_not_named_has_no_edge_and_x0_is_an_ordinary_input():
    network = parse("relu(x2 + 2x0 + 3)")
    assert network.input_names == ("x0", "x2")
    declared = parse("x0, x1, x2 -> relu(x2 + 2x0 + 3)")
    assert declared.input_names == ("x0", "x1", "x2")
    assert declared.layers[0].units[0].weights == {0: 2.0, 2: 1.0}
    assert declared.n_parameters == network.n_parameters == 3


def test_an_edge_of_weight_zero_that_is_typed_is_an_edge():
    assert unit("0x1 + x2") == ({"x1": 0, "x2": 1}, 0, "identity")


def test_inputs_stand_in_the_order_of_their_numbers():
    assert parse("x10 + z + x2 + x").input_names == ("x", "x2", "x10", "z")


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("sigmoid", "logistic"),
        (r"\sigma", "logistic"),
        ("σ", "logistic"),
        ("step", "heaviside"),
        (r"\text{sign}", "sign"),
        ("sgn", "sign"),
        ("ReLU", "relu"),
        (r"\operatorname{ReLU}", "relu"),
        (r"\operatorname{leaky\_relu}", "leaky_relu"),
        ("tanh", "tanh"),
        ("softmax", "softmax"),
        ("a", OPEN_ACTIVATION),
    ],
)
def test_activations_have_the_names_of_the_lecture(name, standard):
    assert unit(f"{name}(x1)") == ({"x1": 1}, 0, standard)


def test_an_activation_is_left_open_until_it_is_named():
    network = parse("a(x1 - 5)")
    assert network.is_open
    assert network.close("tanh") == parse("tanh(x1 - 5)") == parse("a(x1 - 5)", activation="tanh")
    with pytest.raises(SpecError, match="left open"):
        network([[1.0]])
    with pytest.raises(SpecError, match="no place for tanh"):
        parse("relu(x1)", activation="tanh")
    with pytest.raises(SpecError, match="no activation 'tan'"):
        parse("a(x1)", activation="tan")


def test_several_outputs_stand_between_semicolons_and_share_their_inputs():
    network = parse("relu(x1 + x2); x2 - x3; 7")
    assert network.layer_sizes == (3, 3)
    assert network.output_names == ("y1", "y2", "y3")
    assert [dict(u.weights) for u in network.layers[0].units] == [{0: 1, 1: 1}, {1: 1, 2: -1}, {}]


def test_outputs_may_be_named():
    for text in ("snare = tanh(x1); 2x1", "tanh(x1) = snare; y2 = 2x1"):
        assert parse(text).output_names == ("snare", "y2")
    assert parse('"hi-hat" = x1').output_names == ("hi-hat",)
    assert parse(r"x1 = \hat{y}").output_names == ("ŷ",)


def test_equal_parts_are_one_unit():
    network = parse("tanh(relu(x1) + relu(x2)); 2relu(x2) - relu(1x1)")
    assert network.layer_sizes[1] == 2
    assert parse("relu(x) + relu(x)").layers[1].weight.tolist() == [[2.0]]
    assert parse("relu(x); relu(x)").layer_sizes == (1, 2)


def test_a_name_for_a_part_is_a_shorthand_and_no_unit_of_its_own():
    network = parse("z = sign(-x + 50) + sign(x - 100); step(z + 1)")
    assert network == parse("step(sign(-x + 50) + sign(x - 100) + 1)")


def test_an_input_beside_deeper_units_is_passed_on_exactly():
    network = parse("tanh(x1 + step(x2))")
    assert network.layer_sizes == (2, 2, 1)
    assert network.layers[0].activation == ("identity", "heaviside")
    x = np.random.default_rng(0).normal(size=(50, 2)) * 1e3
    np.testing.assert_array_equal(network(x)[:, 0], np.tanh(x[:, 0] + (x[:, 1] >= 0)))


def test_an_output_that_is_shallower_than_others_keeps_its_activation_in_the_last_layer():
    network = parse("relu(x1); relu(tanh(x1))")
    assert network.layers[-1].activations == ("relu", "relu")
    x = np.linspace(-2, 2, 9)[:, None]
    np.testing.assert_array_equal(
        network(x), np.hstack([np.maximum(x, 0), np.maximum(np.tanh(x), 0)])
    )


# Random trees, evaluated beside the network in plain Python.

FUNCTIONS = {"relu": lambda v: max(v, 0.0), "tanh": np.tanh, "step": lambda v: float(v >= 0)}
leaves = st.sampled_from(["x1", "x2", "x3"]) | st.integers(-3, 3)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(st.sampled_from([*FUNCTIONS, "+", "-"]), inner, inner)
        | st.tuples(st.just("*"), st.integers(-3, 3), inner)
    ),
    max_leaves=12,
)


def written(tree):
    if not isinstance(tree, tuple):
        return str(tree)
    name, left, right = tree
    if name in FUNCTIONS:
        return f"{name}({written(left)} - {written(right)})".replace("--", "- -")
    return f"({written(left)} {name} {written(right)})"


def computed(tree, x):
    if isinstance(tree, str):
        return x[tree]
    if not isinstance(tree, tuple):
        return float(tree)
    name, left, right = tree[0], computed(tree[1], x), computed(tree[2], x)
    if name in FUNCTIONS:
        return FUNCTIONS[name](left - right)
    return {"+": left + right, "-": left - right, "*": left * right}[name]


@settings(max_examples=60, deadline=None)
@given(trees, st.lists(st.integers(-4, 4), min_size=3, max_size=3))
def test_a_network_computes_what_its_equation_says(tree, values):
    x = dict(zip(("x1", "x2", "x3"), map(float, values), strict=True))
    network = parse(written(tree))
    row = [[x[name] for name in network.input_names]]
    assert network(np.reshape(row, (1, -1)))[0, 0] == pytest.approx(computed(tree, x), abs=1e-9)


# Letters


def test_letters_take_the_values_that_they_are_given():
    let = {"w_1": "1/3", "w_{0}": -2, r"\alpha": Fraction(1, 7), "c": 0.1}
    assert unit(r"w_1 x_1 + w_0", let=let) == ({"x1": Fraction(1, 3)}, -2, "identity")
    assert unit(r"\alpha(x - c)", let=let) == ({"x": Fraction(1, 7)}, Fraction(-1, 70), "identity")
    assert unit("w_1 = 0.5; w_1 x") == ({"x": Fraction(1, 2)}, 0, "identity")


def test_a_letter_is_also_given_its_value_as_the_message_spells_it():
    with pytest.raises(EquationError, match=r"as in w1\^\(2\)=0\.5"):
        parse("w_1^{(2)} z")
    assert unit("w_1^{(2)} z", let={"w1^(2)": 3}) == unit("3z")
    assert unit("w_1^{(2)} z", let={"w_1^{(2)}": 3}) == unit("3z")


def test_a_bound_letter_a_is_a_coefficient():
    assert unit("a x1 + a(x2)", let={"a": 2}) == ({"x1": 2, "x2": 2}, 0, "identity")


def test_a_vector_writes_a_scalar_product_out():
    for text in ("W^T X + 1", r"w^{T} x + 1", r"\mathbf{w}^\top \mathbf{x} + 1"):
        weights, bias, _ = unit(text, let={"W": [1, "1/2"], "w": [1, "1/2"]})
        assert (weights, bias) == ({"x1": 1, "x2": Fraction(1, 2)}, 1)


def test_a_value_beside_a_constant_equation_is_checked():
    assert parse("sigmoid(2.5) = 0.92").layer_sizes == (0, 1)
    with pytest.raises(EquationError, match=r"does not hold: the left side is 0.9241"):
        parse("sigmoid(2.5) = 0.93")


@pytest.mark.parametrize("claim", ["relu(1234) = 1.23e3", "relu(0.00123) = 1.2e-3", "step(1) = 1."])
def test_a_value_holds_to_the_decimals_that_it_was_typed_with(claim):
    assert parse(claim).layer_sizes == (0, 1)


# A fuzzer found the first.
@pytest.mark.parametrize("claim", ["0 = 3e379", "relu(1235.1) = 1.23e3", "tanh(1) = -1e-300"])
def test_a_value_that_does_not_hold_is_refused_however_large_or_small(claim):
    with pytest.raises(EquationError, match="does not hold"):
        parse(claim)


# Layers


def test_layers_may_be_written_out():
    network = parse("x1, x2 -> h1 = tanh(x1 - x2); h2 = 3; relu(x2) -> y = h1 + h3; h2")
    hidden = Layer(
        [[1.0, -1.0], [0.0, 0.0], [0.0, 1.0]],
        [0.0, 3.0, 0.0],
        ["tanh", "identity", "relu"],
        [[True, True], [False, False], [False, True]],
    )
    output = Layer(
        [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]],
        [0.0, 0.0],
        "identity",
        [[True, False, True], [False, True, False]],
    )
    assert network == Network([hidden, output], ["x1", "x2"], ["y", "y2"])


def test_units_that_nobody_reads_and_twins_stay_where_layers_are_written_out():
    assert parse("x -> relu(x); relu(x) -> h1").layer_sizes == (1, 2, 1)


def test_a_softmax_is_a_layer():
    network = parse("softmax(bell = x1, drum = 2x1 - 1)")
    assert network.layers[0].activation == "softmax"
    assert network.output_names == ("bell", "drum")
    hidden = parse("softmax(p = x1, q = 2x1); p - q")
    assert hidden.layer_sizes == (1, 2, 1)


def test_one_value_of_a_softmax_is_still_that_of_all():
    network = parse("softmax(p = x1, q = 2x1); q; p")
    assert network.layer_sizes == (1, 2, 2)
    np.testing.assert_allclose(network([[0.0], [np.log(3)]]), [[0.5, 0.5], [0.75, 0.25]])
    with pytest.raises(EquationError, match="a layer of its own"):
        parse("softmax(x1, x2); relu(x1)")


def test_parse_is_a_public_name():
    assert gradatim.parse is parse


# What people type beside weighted sums and activations


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("max(0, x1 - 5)", "relu(x1 - 5)"),
        (r"\max(x_1 - 5, 0)", "relu(x1 - 5)"),
        (r"\max\{0, x_1\}", "relu(x1)"),
        ("max(0.01x, x)", "leaky_relu(x)"),
        ("min(x, 1)", "1 - relu(1 - x)"),
        ("1/(1+exp(-z))", "sigmoid(z)"),
        (r"\frac{1}{1+e^{-(2x_1 - 1)}}", "sigmoid(2x1 - 1)"),
        ("(1 + e^(-x))^-1", "sigmoid(x)"),
        ("exp(x)/(1+exp(x))", "sigmoid(x)"),
        ("2/(1+exp(-2x)) - 1", "2sigmoid(2x) - 1"),
        ("(e^x - e^{-x})/(e^x + e^{-x})", "tanh(x)"),
        ("(1 - exp(-2x))/(1 + exp(-2x))", "tanh(x)"),
        ("ln(1 + exp(x))", "softplus(x)"),
        ("x/(1+e^{-x})", "silu(x)"),
        ("x sigmoid(x)", "silu(x)"),
        ("leaky_relu(x, 0.2)", "relu(x) - 0.2relu(-x)"),
        ("LeakyReLU(x, 0.01)", "leaky_relu(x)"),
        ("|x1 - 2|", "relu(x1 - 2) + relu(2 - x1)"),
        ("abs(x)", "|x|"),
        ("f(x) = 0.5x - 2", "f = 0.5x - 2"),
        ("f(tempo, flux) = 2tempo", "tempo, flux -> f = 2tempo"),
        ("f(x) = relu(x); 2f(x) + 1", "2relu(x) + 1"),
        ("y = 0.5*x1 - 2", "y = 0.5x1 - 2"),
        ("x1 AND x2", "step(x1 + x2 - 1.5)"),
        ("x1 or x2 or x3", "step(x1 + x2 + x3 - 0.5)"),
        ("NOT x1", "step(0.5 - x1)"),
        (r"x_1 \land \lnot x_2", "step(x1 + step(0.5 - x2) - 1.5)"),
        ("AND(x1, x2, NOT(x3))", "step(x1 + x2 + step(0.5 - x3) - 2.5)"),
        ("x1 && x2", "x1 AND x2"),
        (r"\frac12 x_1", "0.5x1"),
        ("2πx", "6.283185307179586x"),
        (r"2\pi x + e", "6.283185307179586x + 2.718281828459045"),
        (r"\mathrm{ReLU}(x)", "relu(x)"),
    ],
)
def test_what_is_typed_is_the_network_it_means(typed, meant):
    network = parse(typed)
    assert network == parse(meant)
    assert parse(str(network)) == network


REALS = np.linspace(-3, 3, 25)


@pytest.mark.parametrize(
    ("typed", "by_hand"),
    [
        ("max(x1, x2)", np.maximum),
        ("min(x1, x2 - 1)", lambda x, y: np.minimum(x, y - 1)),
        ("max(0, x1, x2)", lambda x, y: np.maximum(0, np.maximum(x, y))),
        ("||x1| - |x2||", lambda x, y: np.abs(np.abs(x) - np.abs(y))),
        ("elu(x1, 2) + 0x2", lambda x, y: np.where(x >= 0, x, 2 * np.expm1(x))),
        (
            "(3 - 5e^{x1 - x2})/(2 + 2e^{x1 - x2})",
            lambda x, y: (3 - 5 * np.exp(x - y)) / (2 + 2 * np.exp(x - y)),
        ),
        ("ln(e^{x1} + e^{x2})", np.logaddexp),
        ("3x1 sigmoid(2x1) + 0x2", lambda x, y: 3 * x / (1 + np.exp(-2 * x))),
        ("exp(2) x1 + e^2 x2", lambda x, y: np.e**2 * (x + y)),
    ],
)
def test_a_formula_of_units_computes_what_it_says(typed, by_hand):
    x, y = (part.ravel() for part in np.meshgrid(REALS, REALS))
    network = parse(typed)
    assert parse(str(network)) == network
    np.testing.assert_allclose(network(np.stack([x, y], axis=1))[:, 0], by_hand(x, y), atol=1e-12)


@pytest.mark.parametrize(
    ("word", "truth"),
    [
        ("AND", [0, 0, 0, 1]),
        ("OR", [0, 1, 1, 1]),
        ("XOR", [0, 1, 1, 0]),
        ("NAND", [1, 1, 1, 0]),
        ("NOR", [1, 0, 0, 0]),
    ],
)
def test_words_of_logic_have_their_truth_tables(word, truth):
    rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    for text in (f"x1 {word} x2", f"{word.lower()}(x1, x2)"):
        assert parse(text)(rows)[:, 0].tolist() == truth
    assert parse(f"NOT (x1 {word} x2)")(rows)[:, 0].tolist() == [1 - bit for bit in truth]


def test_a_letter_with_a_value_is_more_than_a_constant_or_a_function():
    assert unit("e x1 + pi", let={"e": 2, "pi": 3}) == ({"x1": 2}, 3, "identity")
    assert parse("max, e -> max + e").input_names == ("max", "e")
    assert unit("1/w(x1 + 2)", let={"w": 2}) == ({"x1": Fraction(1, 2)}, 1, "identity")


# What is no network


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("x1 ** 2", 4, "a power of x1 .* as a feature"),
        ("relu(x1 + x2^2)", 13, "a power of x2 .* as a feature"),
        ("x1²", 3, "a power of x1 .* as a feature"),
        ("x1 * x2", 6, "a product of x1 and x2 .* as a feature"),
        ("x1x2", 3, "a product of x1 and x2 .* as a feature"),
        ("x(x + 1)", 2, "a product of x and"),
        ("relu(x1) relu(x2)", 10, "a product of relu.x1. and relu.x2."),
        ("x1 * x1", 6, "a product of x1 and x1 .* such as x2 = x1.2"),
        ("2.5.3x1", 4, "two numbers, 2.5 and .3, stand side by side"),
        ("1 000 x1 + 1", 3, "two numbers, 1 and 000, stand side by side"),
        ("2 3x1", 3, "two numbers, 2 and 3, stand side by side"),
        ("relu(x1 + 10^{-7} 3)", 19, "two numbers, 10.{-7. and 3, stand side by side"),
        ("2^x1", 2, "a power of 2 is no weighted sum"),
        ("tanh(1)^2", 8, "a power of tanh.1. is no weighted sum"),
        ("2^{1/2} x1", 2, "a whole number"),
        ("0^{-1} x1", 2, "division by zero"),
        ("9^(9^9) x1", 2, "the power is too large"),
        ("(w_1)^{-1} x1", 2, "w_1 has no value"),
        ("1/x1", 3, "a quotient"),
        ("x1/0", 4, "division by zero"),
        ("tanh(x1", 5, r'never closed; expected a "\)"'),
        ("tanh(x1 + (x2)", 5, "never closed"),
        ("tanh(x1))", 9, "closes no bracket"),
        ("x1 +", 5, "expected a number, .* found the end"),
        ("3 + * x1", 5, r"expected .* found '\*'"),
        ("tanh x1", 1, r'expected "\(" after tanh'),
        ("tanh()", 6, r"expected .* found '\)'"),
        ("foo(x1)", 1, "no activation foo"),
        ("sigmiod(x1)", 1, "did you mean sigmoid"),
        ("x1 + tempo", 6, "tempo is unknown"),
        ("tempo, flux -> temp", 16, "did you mean tempo"),
        ("w_1 x1 + w_0", 1, "w_1 has no value"),
        ("W^T X", 1, "W has no values"),
        ("0,8x1", 2, "written with a point"),
        ("relu(0,8x1)", 8, "written with a point"),
        ("x1 > 3", 4, r"write -step\(-x1 \+ 3\) \+ 1"),
        ("x1 ≥ 2 AND x2 ≥ 3", 4, r"write step\(x1 - 2\)"),
        ("x1 => 2", 4, r"write step\(x1 - 2\)"),
        ("x1 <= x2", 4, r"write step\(-x1 \+ x2\)"),
        (r"x_1 \lt 3", 5, r"write -step\(x1 - 3\) \+ 1"),
        ("x1 != 3", 4, "!= is no part of a network"),
        ("sin(x1)", 1, "sin is no unit, so this is no network; gradatim approximate"),
        ("sin^2(x1)", 1, "a power of sin"),
        ("x1 + sqrt(x1)", 6, "sqrt is no unit"),
        ("exp(x1)", 1, "no unit of a network; an exponential stands in a sigmoid"),
        ("1/(2 + exp(x1))", 8, "no unit of a network"),
        ("max(x1)", 1, "max takes two sums or more"),
        ("max x1", 1, r'expected "\(" after max'),
        ("f(x) = x; f(2x)", 11, r"known as f\(x\) only"),
        ("leaky_relu(x, x)", 15, "a number, its slope"),
        ("3x1+2x2 >= 4", 9, r"write step\(3x1 \+ 2x2 - 4\)"),
        ("x1 + \\foo", 6, "foo"),
        ('"never', 1, "never ends"),
        ("x1 = 3", 1, "x1 is an input"),
        ("2x1 = 3", 7, "only = 0"),
        ("z = 2x; z + z2; z = x", 17, "z is defined twice|z was read"),
        ("x = relu(x) = y = z", 15, "y is unknown"),
        ("softmax(x1, x2) + 1", 1, "several values"),
        ("y = softmax(x1, x2)", 1, "several values"),
        ("x1, x1 -> x1", 5, "declared twice"),
        ("2x1 -> x1", 1, "expected the name of an input"),
        ("x1 -> tanh(relu(x1)) -> h1", 7, "a layer of its own"),
        ("x1 -> h = x1; h = 2x1 -> h", 15, "two units of this layer"),
        ("1e999 x", 1, "too large or too small"),
        ("relu(x) = relu(2x)", 11, "different networks"),
    ],
)
def test_what_is_no_network_is_refused_at_its_column(text, column, says):
    with pytest.raises(EquationError, match=says) as caught:
        parse(text)
    assert caught.value.column == column
    assert f"column {column}: " in caught.value.sentence
    equation, caret = caught.value.pointer.splitlines()
    assert equation == f"  {text}"
    assert caret.index("^") == 2 + column - 1


@pytest.mark.parametrize("text", ["", " \n", ";", "w_1 = 2", "x -> ", "x -> relu(x) -> ; -> h1"])
def test_nothing_is_no_network(text):
    with pytest.raises(EquationError):
        parse(text)


def test_what_was_expected_is_a_list_too():
    with pytest.raises(EquationError) as caught:
        parse("x1 + )")
    assert '"("' in caught.value.expected
    assert "a number" in caught.value.expected


def test_a_long_equation_is_shown_around_the_place():
    with pytest.raises(EquationError) as caught:
        parse("x1 + " * 500 + "? + x1")
    equation, caret = caught.value.pointer.splitlines()
    assert len(equation) < 80
    assert equation[caret.index("^")] == "?"


@pytest.mark.parametrize("value", ["one", "1/0", float("nan"), float("inf"), None, "1e999"])
def test_a_letter_with_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(SpecError):
        parse("w_1 x", let={"w_1": value})


def test_a_letter_that_is_no_name_is_refused():
    with pytest.raises(SpecError, match="no letter"):
        parse("x", let={"2w": 1})


# Limits


def test_limits_are_told_and_no_recursion_ends_in_python():
    deep = "relu(" * 199 + "x" + ")" * 199
    assert parse(deep).depth == 199
    for text, says in [
        ("x" * 10_001, "10,001 characters"),
        ("(" * 201 + "x" + ")" * 201, "more than 200 brackets"),
        ("{" * 5000, "more than 200 brackets"),
        ("relu(" * 180 + "+".join(f"x{i}" for i in range(60)) + ")" * 180, None),
        ("step(x + relu(" * 95 + "0" + "))" * 95 + "+".join(f"+x{i}" for i in range(900)), "units"),
    ]:
        if says is None:
            parse(text)
        else:
            with pytest.raises(EquationError, match=says):
                parse(text)


def test_long_chains_without_brackets_need_no_recursion():
    assert parse("+".join(["x"] * 4000)).layers[0].weight.tolist() == [[4000.0]]
    assert parse("-" * 9000 + "x").layers[0].weight.tolist() == [[1.0]]
    assert parse("2" + "*1" * 4000 + "x").layers[0].weight.tolist() == [[2.0]]


def test_a_word_of_ten_thousand_letters_is_refused():
    with pytest.raises(EquationError, match="unknown"):
        parse("y" * 10_000)


def test_numbers_of_thousands_of_digits_are_refused_kindly():
    for text in ("9" * 5000 + "x", "0." + "1" * 5000 + "x", "*".join(["9" * 300] * 20) + "x"):
        with pytest.raises(EquationError, match=r"too l|number"):
            parse(text)


PIECES = (
    r"x1 x2 z w_1 tanh( relu( a( softmax( ( ) { } + - * / ^ ** = ; , -> 1 0.5 1e9 1/3 \frac{ "
    r'\sigma( \text{sign}( \hat{y} W^T x₁ ² – " \\ & $ . e _ tempo '
    r"| max( min( exp( e^{ ln( AND OR NOT XOR( π f( >= leaky_relu( 1+exp(-x1)"
)


@settings(max_examples=300, deadline=None)
# A fuzzer found the break inside what the message quotes.
@example("2x52$\n 2x2")
@example("\\text{\nfoo}(x1)")
@given(
    st.lists(st.sampled_from(re.split(" ", PIECES)), max_size=14).map(" ".join)
    | st.text(max_size=40)
)
def test_any_text_is_a_network_that_is_read_back_or_an_error_of_one_sentence(text):
    try:
        network = parse(text)
    except GradatimError as error:
        sentence = getattr(error, "sentence", str(error))
        assert sentence
        assert len(sentence.splitlines()) == 1
        assert len(sentence) < 400
    else:
        assert parse(str(network)) == network


@pytest.mark.parametrize("text", ["2(3)x1", "(2)3x1", "2 * 3x1", r"2 \cdot 3 x1", "x1 2 (3)"])
def test_a_product_of_numbers_that_is_meant_is_read(text):
    assert parse(text)([[1.0]]) == 6.0
