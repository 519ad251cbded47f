import numpy as np
import pytest

from gradatim.activations import ACTIVATIONS
from gradatim.drawing import plot_activations
from gradatim.errors import SpecError


def test_every_activation_of_the_lecture_has_a_panel():
    titles = [axes.get_title() for axes in plot_activations().axes]
    assert titles == list(ACTIVATIONS)


@pytest.mark.parametrize("name", [n for n, a in ACTIVATIONS.items() if a.elementwise])
def test_the_dashed_line_is_the_slope_of_the_solid_one(name):
    solid, dashed = plot_activations([name]).axes[0].get_lines()[:2]
    z, a = solid.get_data()
    slope = dashed.get_ydata()
    # Differences across a kink or a jump say nothing about either side.
    smooth = np.abs(z[:-1] + z[1:]) > 0.1
    differences = (np.diff(a) / np.diff(z))[smooth]
    assert differences == pytest.approx(((slope[1:] + slope[:-1]) / 2)[smooth], abs=2e-3)


@pytest.mark.parametrize(("name", "value"), [("step", 1.0), ("sign", 0.0)])
def test_a_jump_is_a_gap_with_a_disc_on_the_value(name, value):
    lines = plot_activations([name]).axes[0].get_lines()
    assert np.isnan(lines[0].get_ydata()).sum() == 1
    assert np.ravel(lines[2].get_data()).tolist() == [0.0, value]


def test_softmax_is_three_outputs_that_add_to_one_and_no_sigmoid():
    softmax, logistic = plot_activations(["softmax", "sigmoid"]).axes
    lines = softmax.get_lines()
    z, first = lines[0].get_data()
    outputs = [first, *(line.get_ydata() for line in lines[2:4])]
    e = np.exp(z)
    expected = [e, np.full_like(e, np.e), np.ones_like(e)] / (e + np.e + 1)
    assert np.array(outputs) == pytest.approx(expected, rel=1e-12)
    assert lines[1].get_ydata() == pytest.approx(expected[0] * (1 - expected[0]))
    assert np.abs(first - logistic.get_lines()[0].get_ydata()).max() > 0.2
    assert softmax.get_xlabel() == "z₁ = z, z₂ = 1, z₃ = 0"
    assert {"a₁", "a₂", "a₃"} <= {text.get_text() for text in softmax.texts}
    assert len({line.get_linestyle() for line in lines[:4]}) == 4


def shown(name):
    formula, values = (text.get_text() for text in plot_activations([name]).axes[0].texts[-2:])
    return formula, values.replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("name", "formula", "values"),
    [
        ("identity", "$a = z$", "a: every number"),
        ("step", r"$a = 1 \text{ if } z \geq 0 \text{ else } 0$", "a = 0 or 1"),
        ("sign", r"$a = \operatorname{sign}(z)$", "a = -1, 0 or 1"),
        ("sigmoid", r"$a = \dfrac{1}{1 + e^{-z}}$", "0 < a < 1"),
        ("tanh", r"$a = \tanh(z)$", "-1 < a < 1"),
        ("relu", r"$a = \max(0, z)$", "a ≥ 0"),
        ("elu", r"$a = z \text{ if } z \geq 0 \text{ else } e^z - 1$", "a > -1"),
        ("gelu", r"$a = z \, \Phi(z)$", "a ≥ -0.17 (rounded)"),
        ("silu", r"$a = \dfrac{z}{1 + e^{-z}}$", "a ≥ -0.278 (rounded)"),
        ("softplus", r"$a = \ln(1 + e^z)$", "a > 0"),
        ("softmax", r"$a_i = \dfrac{e^{z_i}}{\sum_j e^{z_j}}$", "0 < a < 1"),
    ],
)
def test_each_panel_has_the_formula_and_the_values_that_are_taken(name, formula, values):
    assert shown(name) == (formula, values)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_formula_can_be_set(name):
    plot_activations([name]).canvas.draw()


def test_function_and_derivative_differ_without_color():
    solid, dashed = plot_activations(["tanh"]).axes[0].get_lines()[:2]
    assert solid.get_linestyle() != dashed.get_linestyle()


def test_the_text_alternative_tells_the_ranges():
    assert plot_activations(["relu"]).get_label().splitlines()[1] == "relu, a ≥ 0."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((["rellu"],), "rellu"), ((["relu"],), "smaller number first")],
)
def test_what_cannot_be_plotted_is_refused(arguments, words):
    with pytest.raises(SpecError, match=words):
        plot_activations(*arguments, low=1.0, high=1.0 if words[0] == "s" else 2.0)
