import io
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from gradatim.cli import main
from gradatim.exercises import make_exam
from gradatim.exercises.formats.words import LETTERS
from gradatim.exercises.numbers import show
from gradatim.network import parse
from gradatim.presentation.practice import drawing


@pytest.fixture
def practice(monkeypatch, capsys):
    """Return what a session says when it is given lines of input."""

    def run(lines, *arguments):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        monkeypatch.setenv("COLUMNS", "200")
        assert main(["practice", "--seed", "7", *arguments]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return run


def answers(exam):
    """Return the line that answers each open part of an exam."""
    for question in exam.questions:
        for part in question.parts:
            yield LETTERS[part.right_choice] if part.choices else show(part.answer, part.digits)


def test_right_answers_are_all_counted(practice):
    exam = make_exam(count=27, seed=7)
    out = practice(answers(exam), "--count", "27")
    assert out.endswith("27 of 27 right.\n")
    assert "Not right" not in out


def test_every_question_is_explained_step_by_step(practice):
    out = practice([""] * 3, "--topic", "outputs", "--level", "1", "--count", "3")
    assert out.count("  1. y = ") == 3


@pytest.mark.parametrize("typed", ["-1/2", "-0.5", "-.5", "-50e-2", "-0,5", "\N{MINUS SIGN}0.5"])
def test_numbers_may_be_typed_in_many_ways(practice, typed):
    exam = make_exam(["boundary"], [1], count=60, seed=7)
    index = next(i for i, q in enumerate(exam.questions) if str(q.parts[0].answer) == "-1/2")
    lines = [*([""] * index), typed]
    out = practice(lines, "--topic", "boundary", "--level", "1", "--count", "60")
    assert out.count("Right.") == 1


def test_a_known_slip_is_explained(practice):
    [question] = make_exam(["weights"], [1], count=1, seed=7).questions
    slips = [show(part.slips[0].value) for part in question.parts]
    out = practice(slips, "--topic", "weights", "--level", "1", "--count", "1")
    assert "Not right. This comes out if the quotient is turned upside down." in out
    assert out.endswith("0 of 1 right.\n")


def test_what_cannot_be_understood_is_asked_again(practice):
    lines = ["what?", "1/0", next(answers(make_exam(["outputs"], [1], count=1, seed=7)))]
    out = practice(lines, "--topic", "outputs", "--level", "1", "--count", "1")
    assert "'what?' is no" in out
    assert out.endswith("1 of 1 right.\n")


def test_a_letter_beyond_the_choices_is_asked_again(practice):
    lines = ["z", "9", "(B)"]
    out = practice(lines, "--topic", "separable", "--level", "1", "--count", "1")
    assert out.count("is none of the choices; type a letter from a to d") == 2
    assert " of 1 right." in out


def test_a_blank_line_shows_the_answer_and_does_not_count_as_right(practice):
    out = practice([""], "--topic", "outputs", "--level", "1", "--count", "1")
    assert out.count("Answer: y = ") == 1
    assert out.endswith("0 of 1 right.\n")


def test_a_blank_line_shows_each_of_several_parts_at_once(practice):
    out = practice(["", ""], "--topic", "weights", "--level", "1", "--count", "1")
    assert out.index("It is w₁ = ") < out.index("\nw₀ = ") < out.index("It is w₀ = ")


@pytest.mark.parametrize("lines", [[], ["q"], ["QUIT"]])
def test_a_session_that_is_left_ends_with_the_score(practice, lines):
    assert practice(lines, "--count", "5").endswith("0 of 0 right.\n")


def test_a_question_that_was_left_in_the_middle_does_not_count(practice):
    out = practice(["1", "q"], "--topic", "forward", "--level", "3", "--count", "2")
    assert out.endswith("0 of 0 right.\n")


def test_right_parts_count_as_their_share_of_a_question(practice):
    exam = make_exam(["weights", "outputs"], [1], count=2, seed=7)
    outputs, weights = exam.questions
    lines = [*answers(replace(exam, questions=[outputs])), show(weights.parts[0].answer), "1e9"]
    out = practice(lines, "--topic", "weights", "outputs", "--level", "1", "--count", "2")
    assert "1 of 2 parts right." in out
    assert out.endswith("1 of 2 right, 1.5 of 2 with the parts that were right.\n")


def test_a_network_is_drawn_in_plain_characters():
    network = parse("y = step(2 relu(x1 - 3x2 + 1) - 0.5 relu(-x2))")
    assert list(drawing(network)) == [
        "  x₁ --  1 --+",
        "  x₂ -- -3 --+--> h₁, ReLU",
        "  w₀ --  1 --+",
        "  x₂ -- -1 --+--> h₂, ReLU",
        "  h₁ --    2 --+",
        "  h₂ -- -0.5 --+--> y, step",
    ]


def test_a_question_is_drawn_where_the_drawing_gives_nothing_away(practice):
    out = practice([""] * 20, "--topic", "outputs", "weights", "--level", "1", "--count", "8")
    asked = re.split(r"\n\d+\. ", out)[1:]
    drawn = ["-->" in text for text in asked]
    assert drawn == [text.startswith("outputs") for text in asked]


def test_ctrl_c_ends_a_session_with_the_score():
    # Whoever runs the tests in the background ignores the signal, and children inherit that.
    code = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gradatim.__main__ import main\n"
        "raise SystemExit(main())"
    )
    command = [sys.executable, "-u", "-c", code, "practice", "--seed", "7", "--count", "2"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    seen = b""
    while b"\ny = " not in seen:
        seen += os.read(process.stdout.fileno(), 4096)
    # The prompt is there; the process waits for a line, or is about to.
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert err == b"gradatim: stopped by Ctrl-C\n"
    assert out.endswith(b"0 of 0 right.\n")


def test_where_nobody_can_answer_the_session_ends(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["practice", "--count", "2"]) == 0
    assert capsys.readouterr().out.endswith("0 of 0 right.\n")


def test_without_a_seed_each_session_is_another(monkeypatch, capsys):
    seen = set()
    for _ in range(4):
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        assert main(["practice", "--count", "1"]) == 0
        seen.add(capsys.readouterr().out)
    assert len(seen) > 1


def test_an_unknown_topic_is_one_sentence(capsys):
    assert main(["practice", "--topic", "outputz"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
