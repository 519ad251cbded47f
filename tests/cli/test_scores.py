"""Scores by command: inspected, climbed, predicted and held against a model."""

import json
import shutil
from pathlib import Path

import pytest

from gradatim.cli import main
from gradatim.music.scores import parsing

TUNES = Path("examples/tunes").resolve()


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    read = capsys.readouterr()
    return status, read.out, read.err


def test_inspect_counts_tunes_and_says_what_is_wrong(capsys):
    status, out, _ = run(capsys, "inspect", TUNES, "--labels", "tag:rhythm", "--json", "found.json")
    assert status == 0
    assert "tunes: 48 samples, 3 classes, 8 groups" in out
    found = json.loads(Path("found.json").read_text())
    assert found["counts"] == {"jig": 16, "reel": 16, "waltz": 16}
    assert [one["code"] for one in found["warnings"]] == ["given-away", "duplicates"]


def test_a_climb_of_scores_ends_in_a_model_that_names_tunes(capsys):
    options = ("--labels", "tag:rhythm", "--ignore-notation", "--rungs", "majority", "linear")
    saved = ("--folds", 3, "--repeats", 1, "--save", "tunes.gradatim", "--json", "climb.json")
    status, _, err = run(capsys, "climb", TUNES, *options, *saved)
    assert status == 0, err
    inputs = json.loads(Path("climb.json").read_text())["collection"]["inputs"]
    assert inputs == {"ngrams": 505, "scores": 57}
    status, _, err = run(capsys, "predict", "tunes.gradatim", TUNES / "stone.abc", "-o", "out.csv")
    assert status == 0, err
    rows = Path("out.csv").read_text().splitlines()
    assert len(rows) == 7
    assert rows[1].startswith("stone.abc#1,jig")
    tune = ("--row", 2, "--json", "why.json")
    status, _, err = run(capsys, "explain", "tunes.gradatim", TUNES / "stone.abc", *tune)
    assert status == 0, err
    assert "stone.abc#2" in Path("why.json").read_text()
    status, out, err = run(capsys, "score", "tunes.gradatim", TUNES, "--labels", "tag:rhythm")
    assert status == 0, err
    assert "48" in out


def test_a_book_alone_is_a_source(capsys):
    book = TUNES / "stone.abc"
    status, out, _ = run(capsys, "inspect", book, "--labels", "tag:rhythm", "--json", "-")
    assert status == 0
    assert json.loads(out)["collection"]["n_samples"] == 6


def test_a_result_is_not_written_over_a_book(capsys):
    shutil.copy(TUNES / "stone.abc", "stone.json")
    Path("book.abc").write_text((TUNES / "stone.abc").read_text())
    status, _, err = run(capsys, "inspect", "book.abc", "--json", "book.abc")
    assert status == 2
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("inspect", TUNES), "--labels tag:rhythm"),
        (("inspect", TUNES, "--labels", "tag:rhythm", "--segment", "3"), "--segment does not go"),
        (("inspect", TUNES, "--labels", "tag:mood"), "scores have no tag 'mood'"),
        (("climb", "examples.csv", "--ignore-notation", "--target", "a"), "--ignore-notation"),
    ],
)
def test_a_mistake_is_one_sentence(capsys, arguments, words):
    Path("examples.csv").write_text("a,b\n1,2\n")
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("gradatim: ")
    assert err.count("\n") == 1


def test_without_music21_one_sentence_says_what_to_install(capsys, monkeypatch):
    def missing(name):
        raise parsing.PackageNotFoundError(name)

    monkeypatch.setattr(parsing, "version", missing)
    status, _, err = run(capsys, "inspect", TUNES, "--labels", "tag:rhythm")
    assert status == 2
    assert err == (
        "gradatim: scores are read by music21, which is not installed: "
        "pip install 'gradatim[scores]'\n"
    )
