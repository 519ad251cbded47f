import io

import pytest
from rich.console import Console
from rich.progress import TextColumn

from gradatim.cli._interrupt import Interrupted
from gradatim.cli._live import LiveLadder
from gradatim.cli._progress_bar import ProgressBar, TimeLeft, work
from gradatim.cli._screen import Screen


def test_work_gives_what_it_returns_and_its_reports_are_silent_without_a_terminal(capsys):
    def run(progress):
        for share in (None, 0.0, 0.5, 1.0):
            progress(share, "training")
        return 7

    assert work("getting ready", run) == 7
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_is_one_sentence_on_what_was_done_last():
    def run(progress):
        progress(0.5, "placing units")
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"^stopped by Ctrl-C while placing units$") as caught:
        work("getting ready", run)
    assert not caught.value.kept


def test_a_bar_shows_words_and_fields_and_leaves_nothing():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with ProgressBar(console, "reading", TextColumn("{task.fields[files]}"), files="0/?") as bar:
        bar.tell(0.25, "reading [b]", files="3/12")
        bar.refresh()
    drawn, _, left = console.file.getvalue().rpartition("\x1b[2K")
    assert "reading [b]" in drawn
    assert "3/12" in drawn
    assert left.strip() == ""


def test_a_bar_with_time_shows_what_is_left(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("gradatim.cli._progress_bar.time.monotonic", lambda: now[0])
    bar = ProgressBar(Console(file=io.StringIO()), "training", left="")
    for share, left in ((0.0, ""), (0.25, "about 90 s left"), (None, "")):
        bar.tell_with_time(share, "training")
        assert bar.tasks[0].fields["left"] == left
        now[0] += 30.0


def test_the_time_left_follows_from_what_this_run_has_done(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("gradatim.cli._progress_bar.time.monotonic", lambda: now[0])
    rest = TimeLeft()
    # The first half was done by a run before.
    assert rest.after(0.5) == ""
    now[0] = 101.0
    assert rest.after(0.6) == ""
    now[0] = 110.0
    assert rest.after(0.6) == "about 40 s left"
    assert rest.after(None) == ""
    now[0] = 400.0
    assert rest.after(0.6) == "about 20 min left"
    now[0] = 3100.0
    assert rest.after(0.6) == "about 3 h 20 min left"
    assert TimeLeft().after(0.5) == ""


@pytest.mark.parametrize("kind", [ProgressBar, LiveLadder])
def test_work_that_nobody_waits_for_ends_at_its_next_report(kind):
    if kind is ProgressBar:
        told = ProgressBar(Console(file=io.StringIO()), "training")
        tell = lambda: told.tell(0.5, "training")  # noqa: E731
    else:
        told = LiveLadder(Console(file=io.StringIO()), "timbre", "accuracy")
        tell = lambda: told.progressed("deep", "wave", 0.5, "training", 0.5)  # noqa: E731
    tell()
    told.ended = True
    with pytest.raises(KeyboardInterrupt):
        tell()


def test_after_ctrl_c_what_is_read_in_another_thread_ends():
    reading = Screen(to_stderr=True, quiet=True).reading("x")
    tell = reading.__enter__()
    tell(0.5, "1/2")
    stop = KeyboardInterrupt()
    assert not reading.__exit__(KeyboardInterrupt, stop, None)
    with pytest.raises(KeyboardInterrupt):
        tell(1.0, "2/2")
