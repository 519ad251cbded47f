import io
import math

import pytest
from rich.console import Console

from gradatim.cli._live import draw_ladder as ladder
from gradatim.cli._screen import show_climb
from gradatim.presentation.ladder import Axis, Row, progress_bar

RUNGS = ["majority", "linear", "logistic", "perceptron", "kernel", "shallow", "deep"]


def printed(renderable, width=80, encoding="utf-8"):
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding, errors="replace", newline="\n")
    Console(file=file, width=width).print(renderable)
    file.flush()
    return buffer.getvalue().decode(encoding)


def plain_console(width=80):
    return Console(file=io.StringIO(), width=width)


@pytest.mark.parametrize(
    ("intervals", "low", "high"),
    [
        ([(0.21, 0.29), (0.51, 0.58)], 0.2, 0.6),
        ([(0.31, 0.34)], 0.3, 0.4),
        ([(0.5, 0.5)], 0.5, 0.6),
        ([(-7.0, 0.3)], -0.5, 0.3),
        ([(0.62, 1.43)], 0.6, 1.0),
        ([(math.nan, math.nan), (0.22, 0.38)], 0.2, 0.4),
        ([], 0.0, 1.0),
    ],
)
def test_the_axis_is_the_shortest_in_tenths_for_all_intervals_within_reason(intervals, low, high):
    axis = Axis.over(intervals)
    assert (axis.low, axis.high) == pytest.approx((low, high))


def test_the_ends_of_the_axis_stand_in_the_first_and_last_cell():
    axis = Axis(0.2, 0.6)
    assert [axis.cell(value, 10) for value in (0.2, 0.4, 0.6, -9.0, 9.0)] == [0, 5, 9, 0, 9]


@pytest.mark.parametrize(
    ("mean", "half", "bar"),
    [
        (0.5, 0.0, "┈┈┈┈●┈┈┈"),
        (0.5, 0.15, "┈┈╺━●╸┈┈"),
        (0.5, 0.25, "┈┈━━●━╸┈"),
        (0.1, 0.1, "●━┈┈┈┈┈┈"),
    ],
)
def test_a_bar_covers_the_interval_and_points_at_the_mean(make_result, mean, half, bar):
    rows = [
        Row("linear", "a", result=make_result(mean=0.0, half=0.0)),
        Row("deep", "a", result=make_result(mean=mean, half=half)),
        Row("deep", "b", result=make_result(mean=1.0, half=0.0)),
    ]
    line = printed(ladder(plain_console(70), rows, "accuracy"), 70).splitlines()[2]
    assert f" {bar} " in line


def test_a_score_that_is_not_finite_has_an_empty_bar(make_result):
    result = make_result(fold_scores=[math.nan], interval=(math.nan, math.nan))
    assert "●" not in printed(ladder(plain_console(), [Row("deep", "a", result=result)], "r2"))


@pytest.mark.parametrize("fraction", [-0.5, 0.0, 0.5, 1.0, 1.5])
def test_a_progress_bar_keeps_its_width(fraction):
    bar = "".join(text for text, _ in progress_bar(fraction, 10, ascii_only=False))
    assert len(bar) == 10
    assert bar.count("━") == round(10 * min(max(fraction, 0), 1))


@pytest.mark.parametrize("width", [20, 30, 40])
def test_a_screen_too_narrow_for_a_table_has_the_cells_below_each_other(make_result, width):
    result = make_result("perceptron", "harmonics", n_parameters=12_345_678, seconds=1234.5)
    rows = [Row("perceptron", "harmonics", result=result), Row("deep", "wave")]
    text = printed(ladder(plain_console(width), rows, "accuracy", chosen=result), width)
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    assert words == (
        "▸ perceptron harmonics accuracy 0.500 95 % interval 0.400 to 0.600 parameters 12,345,678 "
        "seconds 1234.5 deep wave 95 % interval waiting"
    )


@pytest.mark.parametrize("width", [50, 60, 80, 81, 100, 119, 120, 200])
def test_no_line_is_wider_than_the_screen_and_every_rung_has_one(make_result, width):
    rows = [
        Row(rung, "harmonics", result=make_result(rung, n_parameters=12_345_678, seconds=1234.5))
        for rung in RUNGS
    ]
    lines = printed(ladder(plain_console(width), rows, "accuracy"), width).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) == 1 + len(rows)


def test_eighty_columns_hold_all_that_a_ladder_says(make_result):
    row = Row("perceptron", "harmonics", result=make_result(n_parameters=1_728_000))
    text = printed(ladder(plain_console(), [row], "accuracy"))
    for expected in ("perceptron", "harmonics", "0.500", "0.400 to 0.600", "1,728,000", "1.2"):
        assert expected in text


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "classical+musicnn",
            [
                "  rung       input             accuracy 95 % interval  0.4           0.6 seconds",
                "▸ deep       classical+musicnn    0.500 0.400 to 0.600 ━━━━━━━━●━━━━━━━━  1234.5",
            ],
        ),
        (
            "classical+mel+musicnn+tempo+raw",
            [
                "  rung       input                           accuracy 95 % interval  seconds",
                "▸ deep       classical+mel+musicnn+tempo+raw    0.500 0.400 to 0.600  1234.5",
            ],
        ),
    ],
)
def test_the_seconds_stay_where_names_of_inputs_are_long(make_result, name, lines):
    result = make_result("deep", name, n_parameters=1_728_000, seconds=1234.5)
    shown = printed(ladder(plain_console(), [Row("deep", name, result=result)], "accuracy", result))
    assert [line.rstrip() for line in shown.splitlines()] == lines


def test_an_interval_below_zero_is_shown_in_full(make_result):
    row = Row("majority", "", result=make_result("majority", "", mean=-0.5, half=0.1))
    assert "\N{MINUS SIGN}0.600 to \N{MINUS SIGN}0.400" in printed(
        ladder(plain_console(), [row], "r2")
    )


def test_the_chosen_rung_alone_is_marked(make_result):
    results = [make_result("linear"), make_result("deep")]
    rows = [Row(result.rung, "a", result=result) for result in results]
    lines = printed(ladder(plain_console(), rows, "accuracy", chosen=results[1])).splitlines()
    assert [line.startswith("▸") for line in lines] == [False, False, True]


def test_a_row_says_that_it_waits_or_what_it_does(make_result):
    rows = [Row("kernel", "a", 0.4, "choosing C"), Row("deep", "a")]
    working, waiting = printed(ladder(plain_console(), rows, "accuracy")).splitlines()[1:]
    assert "40 %" in working
    assert "choosing C" in working
    assert "waiting" in waiting


def test_an_old_terminal_gets_ascii(make_result):
    console = Console(file=io.TextIOWrapper(io.BytesIO(), encoding="ascii"), width=80)
    result = make_result()
    rows = [Row("deep", "a", result=result), Row("kernel", "a", 0.5, "training")]
    assert printed(ladder(console, rows, "accuracy", chosen=result), encoding="ascii").isascii()
    assert "?" not in printed(ladder(console, rows, "accuracy"), encoding="ascii")


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("classification", "timbre: 40 samples, 2 classes, 5 groups"),
        ("multilabel", "timbre: 40 samples, 2 labels, 5 groups"),
        ("regression", "timbre: 40 samples, 2 targets, 5 groups"),
    ],
)
def test_a_collection_is_described_in_one_line(make_collection, task, expected):
    assert make_collection(task=task).in_words == expected


def test_brackets_in_names_are_not_taken_for_markup(make_climb, make_result):
    climb = make_climb(rungs=[make_result("deep", "[b]"), make_result("deep", "wave")])
    console = plain_console()
    show_climb(console, climb)
    assert "[b]" in console.file.getvalue()
