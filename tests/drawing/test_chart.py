import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from gradatim.drawing.chart import (
    Chart,
    ChartAxis,
    ChartPoint,
    Matrix,
    Series,
    ValueBar,
    draw_bars,
    draw_chart,
    draw_matrix,
    nice_ticks,
)

SVG = "{http://www.w3.org/2000/svg}"


def chart(points, **options):
    axes = {"x": ChartAxis("x"), "y": ChartAxis("y")} | options.pop("axes", {})
    return ElementTree.fromstring(
        draw_chart(Chart("t", series=[Series(points, **options)], **axes))
    )


def circles(root):
    return [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter(f"{SVG}circle")]


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-0.31, 0.42, [-0.2, 0.0, 0.2, 0.4]),
        (0, 7200, [0, 2000, 4000, 6000]),
        (3.0, 3.0, [3.0]),
    ],
)
def test_ticks_are_round_numbers_inside(low, high, expected):
    assert nice_ticks(low, high) == pytest.approx(expected)


def test_more_is_further_right_and_further_up():
    (x1, y1), (x2, y2), (x3, y3) = circles(chart([ChartPoint(0, 1), ChartPoint(1, 3),
                                                  ChartPoint(2, 5)]))  # fmt: skip
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert x2 > x1
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.2)
    assert y1 > y2


def test_on_a_logarithmic_axis_equal_factors_are_equal_distances():
    points = [ChartPoint(10.0**k, 0.5) for k in range(4)]
    places = [x for x, _ in circles(chart(points, axes={"x": ChartAxis("n", log=True)}))]
    steps = [b - a for a, b in pairwise(places)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.2)
    assert {"1", "10", "100", "1000"} <= set(
        texts(chart(points, axes={"x": ChartAxis("n", log=True)}))
    )


def test_a_short_logarithmic_axis_has_ticks_too():
    root = chart([ChartPoint(3.2, 0.5), ChartPoint(3.3, 0.6)], axes={"x": ChartAxis("n", log=True)})
    assert {"3", "4"} <= set(texts(root))


def test_what_is_not_finite_is_not_drawn():
    root = chart([ChartPoint(0, 1), ChartPoint(1, math.nan), ChartPoint(math.inf, 2)], line=True)
    assert len(circles(root)) == 1
    assert "nan" not in ElementTree.tostring(root, encoding="unicode")


def test_names_do_not_cover_each_other_and_the_rest_stay_in_tooltips():
    points = [ChartPoint(1.0, 0.5 + k / 1e6, name=f"rung {k}") for k in range(40)]
    root = chart(points)
    written = [text for text in texts(root) if text.startswith("rung")]
    assert 1 <= len(written) < 40
    told = [c.findtext(f"{SVG}title").partition(":")[0] for c in root.iter(f"{SVG}circle")]
    assert told == [f"rung {k}" for k in range(40)]


def test_names_from_outside_are_text():
    bars = draw_bars("t", "drop", [ValueBar("<b>&\x07", 0.2, (0.1, 0.3)), ValueBar("low", -0.1)])
    assert "<b>" not in bars
    root = ElementTree.fromstring(bars)
    assert "<b>&\\x07" in texts(root)
    widths = [float(rect.get("width")) for rect in root.iter(f"{SVG}rect")]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)
    pair = ["<i>", "b"]
    matrix = ElementTree.fromstring(draw_matrix(Matrix("t", pair, pair, [[3, 0], [1, 2]])))
    assert [text for text in texts(matrix) if text in list("321")] == ["3", "1", "2"]
    shades = [float(rect.get("fill-opacity")) for rect in matrix.iter(f"{SVG}rect")]
    assert shades == [0.68, 0.28, 0.48]


def test_the_same_chart_has_the_same_text_and_another_other_ids():
    one = draw_bars("t", "drop", [ValueBar("a", 0.2)])
    assert one == draw_bars("t", "drop", [ValueBar("a", 0.2)])
    other = draw_bars("t", "drop", [ValueBar("a", 0.3)])
    assert ElementTree.fromstring(one).get("aria-labelledby") != ElementTree.fromstring(other).get(
        "aria-labelledby"
    )
