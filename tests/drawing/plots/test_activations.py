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


def test_softmax_of_two_units_is_the_logistic_function():
    softmax, logistic = (
        axes.get_lines()[0].get_ydata() for axes in plot_activations(["softmax", "sigmoid"]).axes
    )
    assert softmax == pytest.approx(logistic)


def test_function_and_derivative_differ_without_color():
    solid, dashed = plot_activations(["tanh"]).axes[0].get_lines()[:2]
    assert solid.get_linestyle() != dashed.get_linestyle()


def test_the_text_alternative_tells_the_ranges():
    assert plot_activations(["relu"]).get_label().splitlines()[1] == "relu, from 0 to ∞."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((["rellu"],), "rellu"), ((["relu"],), "smaller number first")],
)
def test_what_cannot_be_plotted_is_refused(arguments, words):
    with pytest.raises(SpecError, match=words):
        plot_activations(*arguments, low=1.0, high=1.0 if words[0] == "s" else 2.0)
