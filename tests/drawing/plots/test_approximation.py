"""Pictures of approximations say what they show, and draw it where it is."""

import numpy as np
import pytest

from gradatim.drawing import plot_approximation, plot_rates, save_plot
from gradatim.errors import ShapeError
from gradatim.network import parse


def test_the_error_is_the_network_less_the_function():
    figure = plot_approximation(parse("relu(x)"), lambda X: X[:, 0] ** 2, [(0, 1)], 0.3, name="x^2")
    upper, lower = figure.axes
    [error, *_] = lower.get_lines()
    x, y = error.get_data()
    assert np.allclose(y, x - x**2)
    assert y.max() == pytest.approx(0.25, abs=1e-6)
    assert upper.get_title() == "x^2"
    assert figure.get_label().startswith("x^2 and a network of 1 relu units\n")


def test_a_plane_has_function_network_and_error():
    figure = plot_approximation(
        parse("relu(x1) + relu(x2)"), lambda X: X.sum(axis=1), [(0, 1), (0, 1)], 0.1
    )
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["f", "2 units", "network less function"]


def test_the_guide_falls_with_the_order_of_theory():
    figure = plot_rates([(4, 0.16), (8, 0.04)], [(4, 0.2, 0.3, 0.5), (8, 0.1, 0.2, 0.4)])
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].get_lines()}
    assert lines["theory: 1/n²"] == pytest.approx([0.16, 0.04])
    assert list(lines["trained, median"]) == [0.3, 0.2]
    assert "0.04 with 8 units" in figure.get_label()


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ShapeError):
        plot_approximation(parse("relu(x)"), lambda X: X[:, 0], [(0, 1), (0, 1)], 0.1)
    for built in ([], [(2, 0.0)], [(2, float("inf"))]):
        with pytest.raises(ShapeError):
            plot_rates(built)


@pytest.mark.parametrize(
    ("name", "title", "is_formula"),
    [
        (r"\sin 2\pi x", r"$\sin 2\pi x$", True),
        (r"$\frac{1}{2}x$", r"$\frac{1}{2}x$", True),
        ("sin(2*pi*x)", "sin(2*pi*x)", False),
        ("$x^2$", "$x^2$", False),
        (r"\begin{align} x \end{align}", r"\begin{align} x \end{align}", False),
        (r"\frac{1}{2", r"\frac{1}{2", False),
    ],
)
def test_a_function_in_latex_is_set_as_a_formula_where_matplotlib_can(
    name, title, is_formula, tmp_path
):
    figure = plot_approximation(parse("relu(x)"), lambda X: X[:, 0], [(0, 1)], 0.3, name=name)
    shown = figure.axes[0].title
    assert (shown.get_text(), shown.get_parse_math()) == (title, is_formula)
    save_plot(figure, tmp_path / "picture.svg")
