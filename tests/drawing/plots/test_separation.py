import numpy as np
import pytest

from gradatim.drawing import plot_separation
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Layer, Network

SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]


def unit(weights, bias):
    return Network([Layer([weights], [bias], "step")])


def lines(axes):
    return [np.array(line.get_xydata()) for line in axes.lines]


def test_a_line_and_its_margins_go_through_the_right_points():
    plot = plot_separation(
        SQUARE, [0, 0, 0, 1], (0, 1), plane=unit([1, 1], -1.5), widest=unit([2, 2], -3)
    )
    axes = plot.axes[0]
    assert axes.get_title().replace("\N{MINUS SIGN}", "-") == "x1 + x2 - 1.5 = 0"
    points = [line.get_xy1() for line in axes.lines]
    slopes = [line.get_slope() for line in axes.lines]
    assert slopes == [-1, -1, -1]
    assert [sum(point) for point in points] == [1.5, 1.0, 2.0]


def test_both_sides_of_a_line_have_the_name_of_their_class_away_from_points():
    X = np.array(SQUARE, dtype=float)
    given = {"plane": unit([1, 1], -1.5)}
    axes = plot_separation(X, ["off", "off", "off", "on"], ("off", "on"), **given).axes[0]
    found = {text.get_text(): np.array(text.get_position()) for text in axes.texts}
    assert found["off"].sum() < 1.5 < found["on"].sum()
    for place in found.values():
        assert np.abs(X - place).max(axis=1).min() > 0.05


@pytest.mark.parametrize(("weight", "names"), [(1.0, ["no", "yes"]), (-1.0, ["yes", "no"])])
def test_both_sides_of_a_point_have_the_name_of_their_class(weight, names):
    plot = plot_separation([[1.0], [3.0]], names, ("no", "yes"), plane=unit([weight], -2 * weight))
    texts = sorted(plot.axes[0].texts, key=lambda text: text.get_position()[0])
    assert [text.get_text() for text in texts] == names
    assert texts[0].get_position()[0] < 2 < texts[1].get_position()[0]


def test_a_plane_that_a_witness_forbids_leaves_no_names():
    plot = plot_separation(SQUARE, [0, 1, 1, 0], (0, 1), witness=([0, 3], [1, 2]))
    assert not plot.axes[0].texts


def test_a_witness_is_its_hulls_and_their_common_point():
    plot = plot_separation(
        SQUARE, [0, 1, 1, 0], (0, 1), witness=([0, 3], [1, 2]), common=(0.5, 0.5),
        ids=["a", "b", "c", "d"],
    )  # fmt: skip
    axes = plot.axes[0]
    segments = [sorted(map(tuple, line)) for line in lines(axes)]
    assert segments == [[(0, 0), (1, 1)], [(0, 1), (1, 0)]]
    assert axes.collections[-1].get_offsets().tolist() == [[0.5, 0.5]]
    assert sorted(text.get_text() for text in axes.texts) == ["a", "b", "c", "d"]
    title, _, words = plot.get_label().partition("\n")
    assert title == "Two classes of points: four points prove that no line separates"
    assert "The hull of 0 at (0, 0); (1, 1) holds (0.5, 0.5)." in words


def test_each_axis_has_the_scale_of_its_column():
    plot = plot_separation([[0.0, 1000.0], [1.0, 9000.0]], ["a", "b"], ("a", "b"))
    axes = plot.axes[0]
    assert axes.get_xlim() == pytest.approx((-0.12, 1.12))
    assert axes.get_ylim() == pytest.approx((40, 9960))


@pytest.mark.parametrize("weights", [[2.0, 0.0], [0.0, -3.0], [1e-8, 2e7]])
def test_upright_and_level_lines_are_drawn(weights):
    plot = plot_separation(SQUARE, [0, 0, 0, 1], (0, 1), plane=unit(weights, -0.5))
    plot.canvas.draw()
    assert len(plot.axes[0].lines) == 1


def test_a_number_line_shades_both_sides():
    plot = plot_separation([[1.0], [3.0]], [0, 1], (0, 1), plane=unit([-1.0], 2.0))
    left, right = plot.axes[0].patches[:2]
    assert left.get_x() + left.get_width() == right.get_x() == 2.0
    # The unit is 1 on the left: that side is blue.
    assert left.get_facecolor()[2] > left.get_facecolor()[0]


@pytest.mark.parametrize("with_witness", [False, True])
def test_a_space_is_drawn(with_witness):
    X = np.random.default_rng(0).normal(size=(12, 3))
    given = (
        {"witness": ([0, 1], [2, 3, 4]), "common": (0.0, 0.0, 0.0)}
        if with_witness
        else {"plane": unit([1.0, 2.0, 3.0], 0.1)}
    )
    plot = plot_separation(X, [0, 0] + [1] * 10, (0, 1), **given)
    plot.canvas.draw()
    assert plot.axes[0].name == "3d"


def test_points_on_one_place_have_axes():
    plot_separation([[2.0, 2.0], [2.0, 2.0]], [0, 1], (0, 1), witness=([0], [1])).canvas.draw()


def test_more_than_three_columns_are_refused():
    with pytest.raises(SpecError, match="name one to three with --columns"):
        plot_separation(np.zeros((2, 4)), [0, 1], (0, 1))


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="3 rows"):
        plot_separation(SQUARE, [0, 1, 1], (0, 1))


def test_one_point_with_two_labels_has_one_name():
    plot = plot_separation(
        [[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]], [0, 0, 1], (0, 1), witness=([0], [2]),
        common=(1.0, 2.0), ids=["a", "b", "c"],
    )  # fmt: skip
    assert plot.axes[0].get_title() == "one point with two labels: no line separates"
    assert [text.get_text() for text in plot.axes[0].texts] == ["a, c"]


def test_margin_lines_lie_on_both_sides_of_the_line_that_is_drawn_and_named():
    X = [[0, 0], [3, 1], [0, 3], [3, 4]]
    given = {"plane": unit([0, 1], -2), "widest": unit([-2 / 9, 2 / 3], -1)}
    axes = plot_separation(X, [0, 0, 1, 1], (0, 1), **given).axes[0]
    middle, low, high = (line.get_xy1()[1] for line in axes.lines)
    assert middle == pytest.approx((low + high) / 2)
    assert middle == pytest.approx(1.5)
    title = axes.get_title().replace("\N{MINUS SIGN}", "-")
    assert title == "-0.222 x1 + 0.667 x2 - 1 = 0 (rounded)"


def test_the_equation_in_the_title_is_right_for_every_point():
    X = np.array([[1.6e12 + 1000 * i] for i in range(20)])
    plane = unit([1.0], -1.6e12 - 9300)
    title = plot_separation(X, [0] * 10 + [1] * 10, (0, 1), plane=plane).axes[0].get_title()
    cut = float(title.removeprefix("x1 \N{MINUS SIGN} ").removesuffix(" = 0"))
    assert (X[:, 0] > cut).tolist() == [False] * 10 + [True] * 10
