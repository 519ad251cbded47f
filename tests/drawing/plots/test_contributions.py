import numpy as np
import pytest

from gradatim.drawing import plot_contributions
from gradatim.errors import ShapeError


def test_bars_stand_in_order_from_the_top_and_those_against_are_hatched():
    plot = plot_contributions(["a", "b", "c"], [2.0, -1.0, 0.5], title="why", axis="odds")
    axes = plot.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [2.0, -1.0, 0.5]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, True, False]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    bottom, top = axes.get_ylim()
    assert bottom > top
    assert (plot.get_suptitle(), plot.get_supxlabel()) == ("why", "odds")


def test_it_is_said_in_words():
    words = plot_contributions(["a = 3", "b"], [2.0, -1.0], title="why").get_label()
    assert words == "why\na = 3 2; b −1."  # noqa: RUF001


def test_mathematical_signs_in_names_are_only_letters():
    axes = plot_contributions(["$x^2$ and $"], [1.0]).axes[0]
    assert not axes.get_yticklabels()[0].get_parse_math()


def test_nothing_and_what_does_not_fit_are_refused():
    with pytest.raises(ShapeError, match="make no bars"):
        plot_contributions([], [])
    with pytest.raises(ShapeError, match="make no bars"):
        plot_contributions(["a"], np.zeros(2))
