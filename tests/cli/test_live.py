import io
import re

import pytest
from rich.console import Console

from gradatim.cli._live import LiveLadder
from gradatim.climb import ShortLook

ROWS = [("majority", ""), ("logistic", "wave"), ("deep", "wave")]


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = [100.0]
    monkeypatch.setattr("gradatim.cli._live.time.monotonic", lambda: now[0])
    return now


def live(height=40, width=80):
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True)
    return LiveLadder(console, "timbre: 40 samples", "accuracy")


def shown(ladder, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(ladder.render())
    return console.file.getvalue()


def test_before_the_plan_it_says_that_it_gets_ready():
    assert "getting ready" in shown(live())


def test_planned_rungs_wait():
    ladder = live()
    ladder.planned(ROWS)
    assert shown(ladder).count("waiting") == 3


def test_a_working_rung_says_at_what_in_its_row_and_in_full_below():
    ladder = live()
    ladder.planned(ROWS)
    ladder.progressed("deep", "wave", 0.25, "training 160 networks", 0.1)
    text = shown(ladder)
    assert re.search(r"deep +wave +25 % training 160 …", text)
    assert text.rstrip().endswith("deep on wave: training 160 networks")


def test_a_finished_rung_shows_its_score(make_result):
    ladder = live()
    ladder.planned(ROWS)
    ladder.finished(make_result("logistic", "wave", mean=0.512), 0.5)
    assert re.search(r"logistic +wave +0\.512", shown(ladder))


def test_the_time_left_follows_from_the_share_done(clock):
    ladder = live()
    ladder.planned(ROWS)
    clock[0] += 30
    ladder.progressed("deep", "wave", 0.5, "training", 0.25)
    assert "25 %, 0:30 gone, about 1:30 left" in shown(ladder)


def test_no_time_is_guessed_from_next_to_nothing(clock):
    ladder = live()
    ladder.planned(ROWS)
    ladder.progressed("deep", "wave", 0.0, "training", 0.01)
    assert "left" not in shown(ladder)


def test_the_share_done_never_goes_back(make_result):
    ladder = live()
    ladder.planned(ROWS)
    ladder.progressed("deep", "wave", 0.5, "training", 0.6)
    ladder.finished(make_result("logistic", "wave"), 0.4)
    assert "60 %" in shown(ladder)


@pytest.mark.parametrize("height", [5, 10, 14, 24])
def test_a_low_screen_is_not_overrun_and_keeps_the_work_in_sight(make_result, height):
    ladder = live(height=height)
    rows = [(rung, input) for rung in ("linear", "kernel", "deep") for input in "abcd"]
    ladder.planned(rows)
    for row in rows[:6]:
        ladder.finished(make_result(*row), 0.4)
    ladder.progressed(*rows[6], 0.5, "training", 0.5)
    text = shown(ladder)
    assert len(text.splitlines()) <= max(height, 7)
    assert re.search(r"kernel +c +50 %", text)


def test_a_narrow_screen_is_not_overrun():
    ladder = live(width=50)
    ladder.planned(ROWS)
    ladder.progressed(
        "deep", "wave", 0.5, "training a great many networks at once, all of them", 0.5
    )
    assert max(map(len, shown(ladder, 50).splitlines())) <= 50


def test_it_leaves_nothing_on_the_screen():
    console = Console(file=io.StringIO(), width=80, height=40, force_terminal=True)
    ladder = LiveLadder(console, "timbre", "accuracy")
    with ladder.live:
        ladder.planned(ROWS)
    drawn, _, left = console.file.getvalue().rpartition("\x1b[2K")
    assert "waiting" in drawn
    assert left.strip() == ""


@pytest.mark.parametrize("quiet", [False, True])
def test_what_a_short_look_shows_is_printed_at_once_and_stays(make_result, make_climb, quiet):
    console = Console(file=io.StringIO(), width=100)
    ladder = LiveLadder(console, "songs", "accuracy", quiet=quiet)
    verdict = make_climb().verdict
    rows = [make_result("majority", "", mean=0.1), make_result("deep", "wave", mean=0.512)]
    ladder.looked(ShortLook(5_000, 125, 32_000, 3, rows, verdict, 20.0))
    printed = " ".join(console.file.getvalue().split())
    said = "short look at 5,000 of 32,000 samples (125 groups): majority 0.100, deep on wave"
    assert printed.startswith("" if quiet else said)
    assert (verdict.sentence in printed) == (not quiet)
