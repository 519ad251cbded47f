import numpy as np
import pytest

from gradatim.drawing import plot_boundary
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Layer, Network

POINT = Network([Layer([[1.0]], [-2.5], "sigmoid")])
LINE = Network([Layer([[1.0, -2.0]], [1.5], "sign")])
PLANE = Network([Layer([[1.0, 1.0, 2.0]], [-1.0], "sign")])
INTERVAL = Network(
    [Layer([[-1.0], [1.0]], [50.0, -100.0], "step"), Layer([[1.0, 1.0]], [-1.0], "step")]
)


def plain(text):
    return text.replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("network", "equation"),
    [(POINT, "x1 - 2.5 = 0"), (LINE, "x1 - 2 x2 + 1.5 = 0"), (PLANE, "x1 + x2 + 2 x3 - 1 = 0")],
)
def test_the_equation_of_a_single_unit_is_the_title(network, equation):
    assert plain(plot_boundary(network).axes[0].get_title()) == equation


def test_the_point_of_the_lecture_s_logistic_regression_is_two_and_a_half():
    label = plot_boundary(POINT).get_label()
    assert label.endswith("The class changes at x1 = 2.5.")
    lines = plot_boundary(POINT).axes[0].get_lines()
    assert lines[0].get_xdata()[0] == pytest.approx(2.5, abs=1e-12)


def test_a_network_with_hidden_units_may_have_several_points():
    assert plot_boundary(INTERVAL).get_label().endswith("The class changes at x1 = 50, 100.")


def test_the_line_is_where_the_unit_is_zero():
    axes = plot_boundary(LINE).axes[0]
    line = axes.get_lines()[0]
    x, y = line.get_xy1()
    slope = line.get_slope()
    for step in (-3.0, 0.0, 4.0):
        assert (x + step) - 2 * (y + slope * step) + 1.5 == pytest.approx(0)


def test_an_upright_line_is_drawn_too():
    line = plot_boundary(Network([Layer([[2.0, 0.0]], [-1.0])])).axes[0].get_lines()[0]
    assert line.get_xy1()[0] == 0.5
    assert np.isinf(line.get_slope())


def test_each_axis_has_the_range_of_its_samples():
    network = Network([Layer([[0.1, 1.0]], [-5.0], "sign")])
    X = np.array([[60.0, -20.0], [160.0, -10.0]])
    plot = plot_boundary(network, X, [0, 1])
    [axes] = plot.axes
    assert axes.get_xlim() == (30.0, 190.0)
    assert axes.get_ylim() == (-23.0, -7.0)
    assert "x1 from 30 to 190, x2 from -23 to -7" in plain(plot.get_label())
    [axes] = plot_boundary(PLANE, np.column_stack([X, [0.0, 1.0]])).axes
    assert axes.get_zlim() == (-0.3, 1.3)


def test_a_point_far_from_the_samples_is_still_in_the_picture():
    label = plot_boundary(Network([Layer([[1.0]], [-50.0])]), [[0.0], [1.0]], [0, 1]).get_label()
    assert label.endswith("The class changes at x1 = 50.")


def test_every_label_has_a_marker_of_its_own():
    axes = plot_boundary(POINT, [[0.0], [1.0], [3.0]], ["no", "no", "yes"]).axes[0]
    assert [one.get_label() for one in axes.collections] == ["no", "yes"]
    shapes = [one.get_paths()[0].vertices.shape for one in axes.collections]
    assert shapes[0] != shapes[1]
    assert [len(one.get_offsets()) for one in axes.collections] == [2, 1]


def test_samples_need_no_labels():
    assert len(plot_boundary(LINE, np.zeros((4, 2))).axes[0].collections[-1].get_offsets()) == 4


def test_a_boundary_at_the_origin_is_0_and_not_what_halving_leaves():
    assert plot_boundary(Network([Layer([[1.0]], [0.0])])).get_label().endswith("at x1 = 0.")


def test_a_network_that_never_changes_its_mind_has_no_point():
    label = plot_boundary(Network([Layer([[0.0]], [1.0])])).get_label()
    assert label.endswith("The class changes nowhere.")


@pytest.mark.parametrize(
    ("network", "X", "y", "limits", "error"),
    [
        (Network([Layer(np.ones((2, 1)), np.zeros(2))]), None, None, None, SpecError),
        (Network([Layer(np.ones((1, 4)), np.zeros(1))]), None, None, None, SpecError),
        (Network([Layer(np.ones((1, 0)), np.ones(1))]), None, None, None, SpecError),
        (
            Network([Layer(np.ones((2, 3)), np.zeros(2)), Layer(np.ones((1, 2)), [0.0])]),
            None,
            None,
            None,
            SpecError,
        ),
        (POINT, [[1.0, 2.0]], None, None, ShapeError),
        (POINT, [[1.0]], [0, 1], None, ShapeError),
        (POINT, None, None, (2.0, 1.0), SpecError),
    ],
)
def test_what_cannot_be_plotted_is_refused(network, X, y, limits, error):
    with pytest.raises(error):
        plot_boundary(network, X, y, limits=limits)
