import json
import subprocess
import sys
from typing import get_args

import pytest

from gradatim.cli import main
from gradatim.cli.exercises import TopicName
from gradatim.exercises import make_exam, render_exam
from gradatim.exercises.topics.registry import TOPICS


def test_the_command_line_knows_every_topic():
    assert set(get_args(TopicName)) == {*TOPICS, "all"}


@pytest.mark.parametrize("format", ["md", "tex", "html", "moodle", "gift", "stack", "json"])
def test_standard_output_is_the_document_and_nothing_else(format, capsys):
    assert main(["exercises", "--count", "3", "--seed", "7", "--format", format]) == 0
    captured = capsys.readouterr()
    assert captured.out == render_exam(make_exam(count=3, seed=7), format)
    assert captured.err == ""


def test_topics_and_levels_may_be_repeated(capsys):
    command = "exercises --topic outputs --topic weights --level 1 --level 3 --count 8"
    assert main([*command.split(), "--format", "json"]) == 0
    questions = json.loads(capsys.readouterr().out)["questions"]
    found = {(question["topic"], question["level"]) for question in questions}
    assert found == {(topic, level) for topic in ("outputs", "weights") for level in (1, 3)}


def test_all_topics_are_one_word(capsys):
    assert main(["exercises", "--topic", "all", "--count", "9", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["topics"] == list(TOPICS)


def test_answers_are_a_document_apart_from_the_questions(capsys, tmp_path):
    for name, more in (("exam.md", []), ("answers.md", ["--answers"])):
        arguments = ["--seed", "7", "--count", "2", "-o", str(tmp_path / name), *more]
        assert main(["exercises", *arguments]) == 0
    exam, answers = ((tmp_path / name).read_text() for name in ("exam.md", "answers.md"))
    assert "**Answer:**" not in exam
    assert answers.count("**Answer:**") == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--topic", "outputz"], "outputz"),
        (["--level", "4"], "4"),
        (["--count", "0"], "0"),
        (["--count", "many"], "many"),
        (["--format", "docx"], "docx"),
        (["--seed", "-1"], "-1"),
        (["-o", "no-such-folder/exam.md"], "no folder"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_status_2(arguments, word, capsys):
    assert main(["exercises", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("gradatim: ")
    assert captured.err.count("\n") == 1
    assert word in captured.err


def test_a_reader_that_has_seen_enough_hears_no_complaint():
    command = f"{sys.executable} -m gradatim exercises --count 60 | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert done.stdout == "# Exercises\n"
    assert done.stderr == ""


def test_versions_are_files_with_letters_and_say_no_seed(capsys, tmp_path):
    sheet = tmp_path / "sheet.html"
    options = ["--versions", "2", "--title", "Test 1", "--name-line", "--points", "1", "2", "3"]
    assert main(["exercises", "--count", "3", "-o", str(sheet), *options]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet-A.html", "sheet-B.html"]
    first, second = ((tmp_path / f"sheet-{letter}.html").read_text("utf-8") for letter in "AB")
    assert "Test 1, version A" in first
    assert "Test 1, version B" in second
    assert "seed" not in first
    assert "Name:" in first
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("3 questions: ") == 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-o", "sheet.docx"], "end it in .md, .tex, .pdf, .html, .xml, .gift or .json"),
        (["-o", "sheet.html", "--format", "tex"], "leave --format out"),
        (["-o", "."], ". is a folder"),
        (["--points", "1,2,3"], "several are separated by blanks"),
        (["--topic", "backprop", "--activation", "step"], "add --activation ReLU"),
        (["--format", "pdf"], "add -o sheet.pdf"),
        (["--versions", "2"], "add -o sheet.pdf"),
        (["--versions", "27"], "must be <= 26"),
        (["--points", "1", "2"], "one number, or three"),
        (["--points", "-1"], "-1"),
        (["--activation", "softplus"], "softplus"),
    ],
)
def test_a_sheet_that_cannot_be_is_one_sentence(arguments, word, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["exercises", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert word in captured.err
    assert not list(tmp_path.iterdir())
