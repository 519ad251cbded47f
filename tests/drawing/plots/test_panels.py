import numpy as np
import pytest

from gradatim.drawing import Panel, plot_panels
from gradatim.errors import ShapeError, SpecError

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = [0, 1, 1, 0]


def test_wrong_rows_are_ringed_and_classes_keep_their_markers():
    axes = plot_panels(X, Y, [0, 1], [Panel("a", ringed=[2], note="nothing")]).axes
    above = next(one for one in axes if one.get_title() == "a")
    crosses, discs, rings = above.collections
    assert crosses.get_offsets().tolist() == [[0, 0], [1, 1]]
    assert discs.get_offsets().tolist() == [[0, 1], [1, 0]]
    assert rings.get_offsets().tolist() == [[1, 0]]


def test_a_line_is_shaded_by_the_class_of_each_place():
    def decide(x):
        return (np.abs(x[:, 0]) < 1).astype(int)

    figure = plot_panels([[-2.0], [0.0], [2.0]], [0, 1, 0], [0, 1], [Panel("a", decide)])
    above = next(one for one in figure.axes if one.get_title() == "a")
    assert [line.get_xdata()[0] for line in above.get_lines()] == pytest.approx([-1, 1], abs=1e-3)
    assert len(above.patches) == 3


def test_every_region_is_labeled_with_its_class():
    def decide(x):
        return (x[:, 0] > 0.5).astype(int) + (x[:, 1] > 0.5)

    figure = plot_panels(X, ["a", "b", "b", "c"], ["a", "b", "c"], [Panel("way", decide)])
    above = next(one for one in figure.axes if one.get_title() == "way")
    found = [(text.get_text(), text.get_position()) for text in above.texts]
    assert sorted(name for name, _ in found) == ["a", "b", "b", "c"]
    for name, place in found:
        assert name == "abc"[decide(np.array([place]))[0]]


def test_every_piece_of_a_line_is_labeled_with_its_class():
    def decide(x):
        return (np.abs(x[:, 0]) < 1).astype(int)

    figure = plot_panels([[-2.0], [0.0], [2.0]], ["n", "y", "n"], ["n", "y"], [Panel("a", decide)])
    above = next(one for one in figure.axes if one.get_title() == "a")
    assert [text.get_text() for text in above.texts] == ["n", "y", "n"]
    assert [text.get_position()[0] for text in above.texts] == pytest.approx(
        [-1.7, 0, 1.7], abs=0.01
    )


def test_four_panels_stand_in_a_line():
    one = plot_panels(X, Y, [0, 1], [Panel("a")] * 4)
    two = plot_panels(X, Y, [0, 1], [Panel("a")] * 5)
    assert one.get_figwidth() == two.get_figwidth()
    assert two.get_figheight() > 1.8 * one.get_figheight()


def test_an_upright_plane_is_inside_the_axes():
    z = np.column_stack([np.arange(4.0), np.zeros(4)])
    figure = plot_panels(X, Y, [0, 1], [Panel("a", z=z, z_names=("s", ""), line=(1.0, 0.0, 9.0))])
    below = next(one for one in figure.axes if one.get_xlabel() == "s")
    assert below.get_xlim()[0] < -9


def test_what_does_not_fit_is_refused():
    with pytest.raises(SpecError, match="at least one panel"):
        plot_panels(X, Y, [0, 1], [])
    with pytest.raises(ShapeError, match="3 labels"):
        plot_panels(X, Y[:3], [0, 1], [Panel("a")])
    with pytest.raises(ShapeError, match="z of 'a' is"):
        plot_panels(X, Y, [0, 1], [Panel("a", z=np.zeros((3, 2)))])
