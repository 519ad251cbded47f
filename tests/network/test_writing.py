"""Networks as text, LaTeX and MathML: what is written is read back as the same network."""

import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradatim.activations import ACTIVATIONS
from gradatim.network import OPEN_ACTIVATION, Layer, Network, parse
from gradatim.network.writing import to_text, unit_names

NAMES = [*(name for name in ACTIVATIONS if name != "softmax"), OPEN_ACTIVATION]

finite = st.floats(allow_nan=False, allow_infinity=False)
weights = (
    st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 50.0])
    | finite
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
)
# Anything may be the name of a class or a feature.
labels = st.text(max_size=6) | st.sampled_from(
    [
        "x1",
        "x2",
        "y1",
        "y2",
        "z",
        "h1",
        "w1",
        "a",
        "relu",
        "e1",
        "hi-hat",
        'a"b',
        "x_1",
        "ŷ",
        "{",
        "",
    ]
)


@st.composite
def layers(draw: st.DrawFn, n_in: int, n_out: int) -> Layer:
    weight = draw(
        st.lists(st.lists(weights, min_size=n_in, max_size=n_in), min_size=n_out, max_size=n_out)
    )
    bias = draw(st.lists(weights, min_size=n_out, max_size=n_out))
    mask = draw(
        st.none()
        | st.lists(
            st.lists(st.booleans(), min_size=n_in, max_size=n_in), min_size=n_out, max_size=n_out
        )
    )
    activation = draw(
        st.sampled_from([*NAMES, "softmax"])
        | st.lists(st.sampled_from(NAMES), min_size=n_out, max_size=n_out).map(tuple)
    )
    shape = (n_out, n_in)
    return Layer(
        np.reshape(weight, shape),
        bias,
        activation,
        None if mask is None else np.reshape(mask, shape),
    )


@st.composite
def networks(draw: st.DrawFn) -> Network:
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    sizes[0] = draw(st.integers(0, 4))
    parts = [draw(layers(n_in, n_out)) for n_in, n_out in pairwise(sizes)]
    inputs = draw(st.just([]) | st.lists(labels, min_size=sizes[0], max_size=sizes[0]))
    outputs = draw(st.just([]) | st.lists(labels, min_size=sizes[-1], max_size=sizes[-1]))
    return Network(parts, inputs, outputs)


@settings(max_examples=80, deadline=None)
@given(networks())
@example(Network([Layer(np.zeros((1, 0)), [3.0])], (), ["w1"]))
@example(Network([Layer([[1.0]], [0.0]), Layer([[1.0]], [0.0])]))
@example(Network([Layer([[1.0, 0.0]], [-0.0], "relu", [[True, False]])], ["b", "b"], ["y2"]))
@example(Network([Layer([[5e-324, 1.7976931348623157e308]], [-0.0])]))
def test_every_network_is_read_back_from_its_text_as_the_same(network):
    text = str(network)
    read = parse(text)
    assert read == network
    assert hash(read) == hash(network)
    assert str(read) == text


@settings(max_examples=40, deadline=None)
@given(networks())
def test_exact_numbers_are_read_back_too(network):
    for before, after in zip(network.layers, parse(str(network)).layers, strict=True):
        assert before.exact_units == after.exact_units


@settings(max_examples=40, deadline=None)
@given(networks())
def test_mathml_is_well_formed_and_says_the_text(network):
    root = ET.fromstring(network.to_mathml())
    assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert len(list(root)) == 1 or root.find("{*}mtable") is None


@settings(max_examples=40, deadline=None)
@given(networks())
def test_latex_has_balanced_braces(network):
    latex = network.to_latex().replace(r"\{", "").replace(r"\}", "")
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\begin") == latex.count(r"\end")


@pytest.mark.parametrize(
    ("network", "text"),
    [
        (Network([Layer([[1.0]], [-2.5], "sigmoid")]), "sigmoid(x1 - 2.5)"),
        (Network([Layer([[0.8]], [0.4])]), "0.8x1 + 0.4"),
        (Network([Layer([[-1.0]], [0.0], "step")], ["x"]), "step(-x)"),
        (Network([Layer([[1.0]], [0.0], "a")]), "a(x1)"),
        (Network([Layer([[0.0, 2.0]], [0.0])]), "0x1 + 2x2"),
        (
            Network([Layer([[0.0, 2.0]], [0.0], "tanh", [[False, True]])]),
            "x1, x2 -> tanh(2x2)",
        ),
        (Network([Layer([[2.0, 3.0]], [0.0])], ["tempo", "e1"]), "tempo, e1 -> 2 tempo + 3 e1"),
        (Network([Layer([[2.0]], [0.0])], ["hi-hat"]), 'x1 "hi-hat" -> 2x1'),
        (Network([Layer([[2.0]], [0.0])], ["relu"]), 'x1 "relu" -> 2x1'),
        (Network([Layer([[1.0], [2.0]], [0.0, 1.0])]), "x1; 2x1 + 1"),
        (Network([Layer([[1.0], [2.0]], [0, 1], "softmax")]), "softmax(x1, 2x1 + 1)"),
        (
            Network([Layer([[1.0], [2.0]], [0, 1], "softmax")], (), ["bell", "hi-hat"]),
            'softmax(bell = x1, "hi-hat" = 2x1 + 1)',
        ),
        (Network([Layer(np.zeros((1, 0)), [3.0])], (), ["c"]), "c = identity(3)"),
    ],
)
def test_ordinary_networks_are_one_readable_line(network, text):
    assert str(network) == text
    assert parse(text) == network


def test_the_lectures_interval_is_one_equation():
    hidden = Layer([[-1.0], [1.0]], [50.0, -100.0], "step")
    network = Network([hidden, Layer([[1.0, 1.0]], [-1.0], "step")], ["x"])
    assert str(network) == "step(step(-x + 50) + step(x - 100) - 1)"


def test_units_that_many_read_are_written_once():
    rng = np.random.default_rng(0)
    sizes = (3, 4, 4, 4, 4, 4, 2)
    parts = [
        Layer(rng.normal(size=(n, m)).round(2), rng.normal(size=n).round(2), "tanh")
        for m, n in pairwise(sizes)
    ]
    network = Network(parts)
    text = str(network)
    assert text.splitlines()[0] == "x1, x2, x3"
    assert text.count("\n  -> ") == 6
    assert text.count("tanh") == 22
    assert len(text) < 40 * network.n_parameters
    assert parse(text) == network


def test_a_large_network_is_read_back_if_the_limit_on_characters_is_lifted():
    rng = np.random.default_rng(1)
    parts = [
        Layer(
            rng.normal(size=(n, m)).astype(np.float32), rng.normal(size=n).astype(np.float32), name
        )
        for m, n, name in [(20, 16, "silu"), (16, 10, "softmax")]
    ]
    network = Network(parts, [f"mfcc_{i}" for i in range(20)])
    assert parse(str(network), max_characters=None) == network


def test_fractions_that_no_float_holds_are_kept():
    network = parse("1/3 x0 - 2/7")
    assert str(network) == "1/3 x0 - 2/7"
    assert network.layers[0].exact_units[0].weights == {0: Fraction(1, 3)}
    assert network == Network([Layer([[1 / 3]], [-2 / 7])], ["x0"])


def test_numbers_that_are_not_finite_are_written_though_they_cannot_be_read():
    assert str(Network([Layer([[np.inf]], [np.nan])])) == "x1\n  -> inf x1 + nan"


def test_names_of_units_tell_their_layer_if_there_are_several():
    network = parse("tanh(relu(x1) + relu(x2)) + 1")
    assert unit_names(network) == (("x1", "x2"), ("h1_1", "h1_2"), ("h2_1",), ("y1",))


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("0.8x1 + 0.4", "0.8 x_1 + 0.4"),
        ("1/3 x0", r"\frac{1}{3} x_0"),
        ("sigmoid(x10 - 2.5)", r"\sigma(x_{10} - 2.5)"),
        ("a(x1)", "a(x_1)"),
        (r"\hat{y} = relu(x)", r"\hat{y} = \operatorname{ReLU}(x)"),
        ("tempo, my_flux -> tempo - my_flux", r"\text{tempo} - \text{my\_flux}"),
        ("1e-7x", r"1 \cdot 10^{-7} x"),
    ],
)
def test_latex_is_set_as_in_the_lecture(text, latex):
    assert parse(text).to_latex() == latex


def test_latex_of_several_outputs_is_aligned():
    assert parse("x1; tanh(x1)").to_latex() == (
        "\\begin{aligned}\ny_1 &= x_1 \\\\\ny_2 &= \\tanh(x_1)\n\\end{aligned}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "step(step(-x + 50) + step(x - 100) - 1)",
        "1/3 x0 - 2/7",
        "leaky_relu(2x1) - tanh(x2)",
        "x1; tanh(x1)",
        "a(x12 + gelu(x3))",
        "1e-7 x1 - 3.5e22",
        "tanh(2.5e300 x1 + 1/3 x2)",
    ],
)
def test_latex_is_read_as_the_same_network(text):
    network = parse(text)
    assert parse(network.to_latex()).layers == network.layers


@given(st.lists(finite, min_size=3, max_size=3), st.sampled_from(NAMES))
def test_any_finite_number_is_read_back_from_latex(numbers, activation):
    network = Network([Layer([numbers[:2]], numbers[2:], activation)])
    assert parse(network.to_latex()).layers == network.layers


def test_mathml_sets_indices_and_fractions():
    mathml = parse("1/3 x0 - tanh(x)").to_mathml()
    assert "<mfrac><mn>1</mn><mn>3</mn></mfrac>" in mathml
    assert "<msub><mi>x</mi><mn>0</mn></msub>" in mathml
    assert 'alttext="1/3 x0 - tanh(x)"' in mathml


def test_text_is_what_str_gives():
    network = parse("relu(x1 + 1)")
    assert to_text(network) == str(network) == f"{network}"
