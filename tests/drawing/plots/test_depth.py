import numpy as np
import pytest

from gradatim.drawing import ErrorBar, plot_depth
from gradatim.errors import ShapeError, SpecError
from gradatim.network import parse
from gradatim.network.graph import Layer, Network

TENT = parse("2 relu(x) - 4 relu(x - 1/2)")
FLAT = Network([Layer([[0.0]], [0.5])], ["x"], ["y"])
BARS = [
    ErrorBar("deep", 7, 0.0),
    ErrorBar("shallow", 10, 0.2, (0.1, 0.25), 0.05),
    ErrorBar("deep", 20, 0.1, (0.1, 0.15), 0.02),
]
BOUND = ([4, 7, 10], [0.25, 0.125, 0.0])


def example():
    return plot_depth(TENT, {"deep, built": TENT, "shallow, trained": FLAT}, BARS, BOUND)


def test_each_network_has_a_panel_over_the_target():
    deep, shallow, _ = example().axes
    assert [axes.get_title(loc="left") for axes in (deep, shallow)] == [
        "deep, built",
        "shallow, trained",
    ]
    for axes, peak in ((deep, 1.0), (shallow, 0.5)):
        target, shown = axes.get_lines()
        assert target.get_ydata().max() == 1.0
        assert shown.get_ydata().max() == peak
    assert deep.get_lines()[1].get_color() != shallow.get_lines()[1].get_color()


def test_the_theorem_medians_intervals_and_bests_are_where_they_belong():
    axes = example().axes[-1]
    assert axes.get_xscale() == "log"
    lines = {line.get_label(): line for line in axes.get_lines()}
    theorem = lines["no shallow network lies below (theorem)"]
    assert theorem.get_xydata().tolist() == [[4, 0.25], [7, 0.125], [10, 0.0]]
    assert lines["deep, built"].get_xydata().tolist() == [[7, 0.0]]
    [shallow, deep] = axes.containers
    assert shallow.lines[0].get_xydata().tolist() == [[10, 0.2]]
    [segments] = shallow.lines[2][0].get_segments()
    assert segments[:, 1] == pytest.approx([0.1, 0.25])
    assert deep.get_label() == "deep, trained: median, interval, best"
    hollow = [line for line in axes.get_lines() if line.get_markerfacecolor() == "white"]
    assert [line.get_ydata()[0] for line in hollow] == [0.05, 0.02]


def test_the_text_alternative_tells_every_error():
    title, text = example().get_label().split("\n")
    assert title == "A sawtooth, and networks built and trained to be it"
    assert "Over x: deep, built; shallow, trained." in text
    assert "deep, 7 parameters, built: 0;" in text
    assert "shallow, 10 parameters, trained: median 0.2 (0.1 to 0.25), best 0.05" in text
    assert text.endswith("No shallow network of 4 parameters has less than 0.25.")


@pytest.mark.parametrize(
    ("networks", "bound", "error", "words"),
    [
        ({}, BOUND, SpecError, "no network to show"),
        ({"deep": parse("relu(x1 + x2)")}, BOUND, SpecError, "one input and one output"),
        ({"deep": TENT}, ([1, 2], [0.5]), ShapeError, "give each size one"),
        ({"deep": TENT}, (np.ones((1, 1)), np.ones((1, 1))), ShapeError, "give each size one"),
    ],
)
def test_what_cannot_be_plotted_is_refused(networks, bound, error, words):
    with pytest.raises(error, match=words):
        plot_depth(TENT, networks, BARS, bound)
