import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from gradatim.drawing.axes import ChartAxis, nice_ticks
from gradatim.drawing.bars import Matrix, ValueBar, draw_bars, draw_matrix
from gradatim.drawing.chart import Chart, ChartPoint, Series, draw_chart

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


def test_a_matrix_of_two_classes_has_room_for_its_title():
    pair, title = ["a", "b"], "what the model said"
    matrix = draw_matrix(Matrix("t", pair, pair, [[3, 0], [1, 2]], "true class", title))
    [drawn] = [t for t in ElementTree.fromstring(matrix).iter(f"{SVG}text") if t.text == title]
    width = float(ElementTree.fromstring(matrix).get("viewBox").split()[2])
    assert width - float(drawn.get("x")) > 5.5 * len(title)


def test_the_same_chart_has_the_same_text_and_another_other_ids():
    one = draw_bars("t", "drop", [ValueBar("a", 0.2)])
    assert one == draw_bars("t", "drop", [ValueBar("a", 0.2)])
    other = draw_bars("t", "drop", [ValueBar("a", 0.3)])
    assert ElementTree.fromstring(one).get("aria-labelledby") != ElementTree.fromstring(other).get(
        "aria-labelledby"
    )


def _boxes(svg):
    """Return the letters' boxes of the names over points, and the vertical lines of intervals."""
    names = re.findall(r'<text class="h" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', svg)
    boxes = [(float(x), float(y) - 9, float(x) + 5.9 * len(n), float(y) + 2) for x, y, n in names]
    bars = re.findall(
        r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" class="l', svg
    )
    return boxes, [tuple(map(float, bar)) for bar in bars]


def test_names_stay_off_the_intervals_of_their_neighbors():
    xs = (3.6, 4.7, 10.3, 23.6, 45.8, 63.0)
    points = [
        ChartPoint(x, 0.83 + 0.004 * i, (0.80, 0.87), f"a long name {i}") for i, x in enumerate(xs)
    ]
    low = [ChartPoint(0.05, 0.5, (0.46, 0.54), "guess")]
    axes = ChartAxis("seconds", log=True), ChartAxis("score")
    boxes, bars = _boxes(draw_chart(Chart("t", *axes, [Series([*points, *low])])))
    assert len(boxes) >= 5
    for left, top, right, bottom in boxes:
        for x, y1, _, y2 in bars:
            assert not (left < x < right and top < max(y1, y2) and min(y1, y2) < bottom)


def test_long_names_beside_bars_differ_where_their_ends_do_and_have_room():
    names = [f"Mean_Acc1298_Mean_Mem40_MFCC_{i}" for i in range(3)]
    svg = draw_bars("t", "drop", [ValueBar(name, 0.1) for name in names])
    shown = re.findall(r'x="([\d.]+)"[^>]*text-anchor="end"[^>]*>([^<]+)<', svg)
    assert len({name for _, name in shown}) == 3
    assert all(float(x) >= 7.4 * len(name) for x, name in shown)
