import numpy as np
import pytest

from gradatim.drawing import plot_response
from gradatim.errors import ShapeError
from gradatim.network import parse


def test_the_curve_is_what_the_network_computes():
    network = parse("sigmoid(2x - 1)")
    [axes] = plot_response(network, [0.0, 1.0], [0, 1]).axes
    x, y = axes.lines[0].get_data()
    np.testing.assert_allclose(y, 1 / (1 + np.exp(1 - 2 * np.asarray(x))))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y1")


def test_numbers_stand_at_their_height_and_labels_at_0_and_1_with_a_threshold():
    [axes] = plot_response(parse("0.8x + 0.4"), [0.0, 2.0], [0.5, 1.9]).axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), [[0, 0.5], [2, 1.9]])
    plot = plot_response(parse("sigmoid(x)"), [1.0, -1.0, 2.0], ["rock", "jazz", "rock"])
    [axes] = plot.axes
    jazz, rock = (drawn.get_offsets().tolist() for drawn in axes.collections)
    assert (jazz, rock) == ([[-1, 0]], [[1, 1], [2, 1]])
    assert list(axes.lines[1].get_ydata()) == [0.5, 0.5]
    assert [text.get_text() for text in plot.legends[0].get_texts()] == ["jazz", "rock"]


def test_a_reader_who_sees_nothing_is_told_the_equation_and_the_span():
    label = plot_response(parse("0.8x + 0.4"), [0.0, 2.0], [0.5, 1.9]).get_label()
    assert "y1 = 0.8 x + 0.4, from \N{MINUS SIGN}0.1 to 2.1, with 2 samples" in label


@pytest.mark.parametrize(
    ("equation", "x", "y"),
    [
        ("x1 + x2", [1.0], [1.0]),
        ("x1; 2x1", [1.0], [1.0]),
        ("x1", [[1.0]], [1.0]),
        ("x1", [1.0], [1.0, 2.0]),
        ("sigmoid(x1)", [1.0, 2.0, 3.0], ["a", "b", "c"]),
    ],
)
def test_what_cannot_be_plotted_is_refused(equation, x, y):
    with pytest.raises(ShapeError):
        plot_response(parse(equation), x, y)
