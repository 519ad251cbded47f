import numpy as np
import pytest

from gradatim.drawing import plot_spaces
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Layer, Network

X, Y = [20, 40, 60, 90, 110, 130], [1, 1, 0, 0, 1, 1]


def plain(text):
    return text.replace("\N{MINUS SIGN}", "-")


def lecture(activation, bias):
    hidden = Layer([[-1.0], [1.0]], [50.0, -100.0], activation)
    return Network([hidden, Layer([[1.0, 1.0]], [bias], activation)], ["x"])


@pytest.mark.parametrize(
    ("activation", "bias", "z"), [("step", -1.0, (0, 1)), ("sign", 1.0, (-2, 0))]
)
def test_points_lie_at_their_z(activation, bias, z):
    axes = plot_spaces(lecture(activation, bias), X, Y).axes[-1]
    assert axes.get_title() == "z-space"
    zero, one = (np.unique(c.get_offsets()[:, 1]).tolist() for c in axes.collections)
    assert (zero, one) == ([z[0]], [z[1]])


def test_the_hyperplane_is_in_both_spaces():
    over, line, beside = plot_spaces(lecture("sign", 1.0), X, Y).axes
    assert [k.get_xdata()[0] for k in line.get_lines()] == [50, 100]
    assert beside.get_lines()[0].get_ydata()[0] == -1
    assert -1 in [k.get_ydata()[0] for k in over.get_lines() if k.get_linestyle() != "-"]


def test_the_graph_of_z_is_level_between_the_thresholds():
    over = plot_spaces(lecture("step", -1.0), X, Y).axes[0]
    pieces = [k.get_ydata() for k in over.get_lines()[:3]]
    assert [np.unique(piece).tolist() for piece in pieces] == [[1], [0], [1]]
    assert over.get_lines()[3].get_ydata().tolist() == [1, 1]


def test_points_with_one_z_lie_side_by_side():
    axes = plot_spaces(lecture("step", -1.0), X, Y).axes[-1]
    for collection in axes.collections:
        places = collection.get_offsets()[:, 0]
        assert len(set(places)) == len(places)


def test_smooth_units_give_a_smooth_graph():
    over = plot_spaces(lecture("tanh", 1.0), X, Y).axes[0]
    assert len(over.get_lines()[0].get_xdata()) > 100


def test_of_several_outputs_every_hidden_unit_is_drawn_by_itself():
    hidden = Layer([[1.0], [1.0]], [-50.0, -100.0], "step")
    axes = plot_spaces(Network([hidden, Layer(np.ones((3, 2)), np.zeros(3), "step")]), X, Y).axes
    assert len(axes) == 2
    assert [text.get_text() for text in axes[0].get_yticklabels()] == ["h1", "h2"]


def test_the_text_alternative_tells_every_number():
    label = plot_spaces(lecture("sign", 1.0), X, Y).get_label().replace("\N{MINUS SIGN}", "-")
    assert label.splitlines()[1] == (
        "The units change at x = 50, 100. Points labeled 0 have z = -2. "
        "Points labeled 1 have z = 0. The hyperplane is z = -1."
    )
    label = plot_spaces(lecture("step", -1.0), X, Y).get_label()
    assert label.endswith("The hyperplane is z = 1, which belongs to the side above.")


def hyperplanes(axes):
    """Return color and style of the lines across an axes."""
    return [
        (line.get_color(), line.get_linestyle())
        for line in axes.get_lines()
        if list(line.get_xdata()) == [0, 1]
    ]


def test_a_hyperplane_on_which_points_lie_has_their_color_and_one_that_is_nobodys_is_dashed():
    for axes in plot_spaces(lecture("step", -1.0), X, Y).axes[::2]:
        assert hyperplanes(axes) == [("#2166ac", "-")]
    for axes in plot_spaces(lecture("sign", 1.0), X, Y).axes[::2]:
        assert hyperplanes(axes) == [("#1f1e1b", "--")]
    beside = plot_spaces(lecture("step", -1.0), X, Y).axes[-1]
    assert plain(beside.get_xlabel()) == "class 1:\nz - 1 ≥ 0"
    beside = plot_spaces(lecture("sign", 1.0), X, Y).axes[-1]
    assert plain(beside.get_xlabel()) == "hyperplane\nz + 1 = 0"


@pytest.mark.parametrize("upper", ["yes", "a"])
def test_each_side_has_the_name_and_shade_of_the_class_of_its_points(upper):
    labels = [upper if label else "no" for label in Y]
    over, _, beside = plot_spaces(lecture("step", -1.0), X, labels).axes
    low, high = over.texts
    assert (low.get_text(), high.get_text()) == ("no", upper)
    assert low.xy[1] < 1 < high.xy[1]
    # Blue is the second of the labels.
    lower_side, upper_side = (patch.get_facecolor() for patch in beside.patches)
    assert (upper_side[2] > upper_side[0]) == (upper == "yes")
    assert (lower_side[2] > lower_side[0]) == (upper == "a")
    assert hyperplanes(beside) == [("#2166ac" if upper == "yes" else "#b35806", "-")]
    assert beside.get_xlabel().startswith(f"class {upper}:")


@pytest.mark.parametrize(
    ("network", "labels", "error"),
    [
        (Network([Layer([[1.0]], [0.0])]), Y, SpecError),
        (Network([Layer(np.ones((2, 2)), [0, 0]), Layer([[1.0, 1.0]], [0.0])]), Y, SpecError),
        (lecture("step", -1.0), [1], ShapeError),
    ],
)
def test_what_cannot_be_plotted_is_refused(network, labels, error):
    with pytest.raises(error):
        plot_spaces(network, X, labels)
