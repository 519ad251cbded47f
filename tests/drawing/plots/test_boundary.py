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


THREE = Network([Layer([[1.0, -1.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.5, 1.0], "softmax")])


def region_names(axes):
    """Return each name of a region with its place."""
    return [(plain(text.get_text()), text.get_position()) for text in axes.texts if text.get_text()]


def test_every_region_is_labeled_inside_with_its_class():
    axes = plot_boundary(THREE, limits=(-3, 3)).axes[0]
    names = region_names(axes)
    assert sorted(name for name, _ in names) == ["y1", "y2", "y3"]
    for name, place in names:
        assert name == f"y{THREE(np.array([place])).argmax() + 1}"


def test_each_part_of_a_region_is_labeled_and_no_label_lies_on_a_sample():
    hidden = Layer([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], "step")
    xor = Network([hidden, Layer([[1.0, -1.0]], [-0.5], "step")])
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    names = region_names(plot_boundary(xor, X, ["no", "yes", "yes", "no"]).axes[0])
    assert sorted(name for name, _ in names) == ["no", "no", "yes"]
    for name, place in names:
        assert name == ("yes" if xor(np.array([place]))[0, 0] else "no")
        assert np.abs(X - place).max(axis=1).min() > 0.05


def test_a_region_full_of_samples_is_labeled_all_the_same():
    X = np.random.default_rng(0).uniform(size=(30_000, 2))
    axes = plot_boundary(LINE, X, limits=(0.0, 1.0)).axes[0]
    assert sorted(name for name, _ in region_names(axes)) == ["-1", "1", "w"]


@pytest.mark.parametrize(
    ("activation", "names"),
    [("step", {"0", "1"}), ("sign", {"-1", "1"}), ("identity", {"z < 0", "z ≥ 0"})],
)
def test_without_labels_the_sides_are_what_the_output_is_there(activation, names):
    axes = plot_boundary(Network([Layer([[1.0]], [-2.5], activation)])).axes[0]
    assert {name for name, _ in region_names(axes)} - {"2.5"} == names


def test_three_classes_have_three_shades_and_no_strip_of_the_middle_one_between_the_others():
    axes = plot_boundary(THREE, limits=(-3, 3)).axes[0]
    filled = [one for one in axes.collections if len(one.get_facecolor())]
    assert len({tuple(one.get_facecolor()[0]) for one in filled}) == 3
    # Below the corner at (0.5, 0) the third class meets the first.
    second = next(one for one in filled if one.get_facecolor()[0][2] > 0.9)
    ys = np.concatenate([path.vertices[:, 1] for path in second.get_paths()])
    assert ys.min() > -0.05


def test_three_classes_of_one_input_are_told_in_order():
    network = Network([Layer([[1.0], [0.0], [-1.0]], [0.0, 0.5, 0.0], "softmax")])
    label = plain(plot_boundary(network, [[2.0], [0.0], [-2.0]], ["a", "b", "c"]).get_label())
    assert label.endswith("From left to right: c, b, a. The class changes at x1 = -0.5, 0.5.")


def test_samples_have_the_color_of_the_region_of_their_class():
    axes = plot_boundary(LINE, [[0.0, 0.0], [1.0, 2.0]], [1, 1]).axes[0]
    [drawn] = [one for one in axes.collections if one.get_label() == "1"]
    assert drawn.get_facecolor()[0][2] > drawn.get_facecolor()[0][0]


def test_labels_that_are_numbers_are_in_the_order_of_numbers():
    axes = plot_boundary(POINT, [[0.0], [9.0]], [9, 10]).axes[0]
    assert [name for name, _ in region_names(axes)][:2] == ["9", "10"]


def test_the_boundary_has_the_color_of_the_class_it_belongs_to():
    step = plot_boundary(Network([Layer([[1.0, 1.0]], [-1.0], "step")]), limits=(0.0, 1.0))
    [line] = step.axes[0].get_lines()
    assert (line.get_color(), line.get_linestyle()) == ("#2166ac", "-")
    assert [text.get_text() for text in step.legends[0].get_texts()] == ["z = 0 belongs to 1"]
    assert step.get_label().endswith("Class 1 is where z is at least 0.")
    sign = plot_boundary(LINE)
    assert sign.axes[0].get_lines()[0].get_linestyle() == "--"
    assert [text.get_text() for text in sign.legends[0].get_texts()] == ["z = 0"]
    assert sign.get_label().endswith("Class 1 is where z is above 0.")


@pytest.mark.parametrize(
    ("network", "X", "y", "limits", "error"),
    [
        (Network([Layer(np.ones((2, 3)), np.zeros(2))]), None, None, None, SpecError),
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
