import numpy as np
import pytest

from gradatim.drawing import plot_capacity
from gradatim.errors import ShapeError

NAN = float("nan")
ROWS = [
    (2, 6, 0.5, 0.45, (0.3, 0.6)),
    (2, 3, 1.0, 1.0, (0.9, 1.0)),
    (1, 4, 0.5, 0.55, (0.4, 0.7)),
]


def test_a_line_a_dimension_in_order_of_points():
    axes = plot_capacity(ROWS).axes[0]
    curves = {line.get_label(): line.get_xydata().tolist() for line in axes.lines}
    assert curves["d = 2"] == [[1.0, 1.0], [2.0, 0.5]]
    assert curves["d = 1"] == [[2.0, 0.5]]


def test_intervals_are_bars_about_the_share():
    axes = plot_capacity(ROWS).axes[0]
    tall = [bar.get_segments() for bar in axes.collections]
    ends = sorted(tuple(np.round(segment[:, 1], 6)) for bars in tall for segment in bars)
    assert ends == [(0.3, 0.6), (0.4, 0.7), (0.9, 1.0)]


def test_the_theory_alone_has_no_bars():
    axes = plot_capacity([(1, 4, 0.5, NAN, (NAN, NAN))]).axes[0]
    assert [len(bar.get_segments()) for bar in axes.collections] == [0]


def test_it_is_said_in_words():
    words = plot_capacity(ROWS).get_label()
    assert "6 points in 2 dimensions: theory 0.500, trials 0.450 (0.300 to 0.600)" in words


def test_nothing_is_refused():
    with pytest.raises(ShapeError, match="nothing to plot"):
        plot_capacity([])
