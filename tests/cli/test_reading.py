"""Options that say how a table is read, as typed."""

import json
import os

import pytest

from gradatim.cli import main

ROWS = [(i % 7 + 0.5, i * 5 % 11, "xyx"[i % 3], i) for i in range(36)]
QUICK = ["--rungs", "majority", "linear", "--repeats", "1", "--no-report", "--json", "-"]


@pytest.fixture
def climb(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def climb(text, *options, name="t.csv"):
        (tmp_path / name).write_text(text)
        status = main(["climb", name, *options, *QUICK])
        out, err = capsys.readouterr()
        return status, json.loads(out) if status == 0 else err

    return climb


def table(mark=".", delimiter=",", header=("a", "b", "g", "name")):
    lines = [header, *((str(a).replace(".", mark), b, g, f"song{i}") for a, b, g, i in ROWS)]
    return "\n".join(delimiter.join(map(str, line)) for line in lines) + "\n"


def scores(found):
    return [row["mean"] for row in found["ladder"]] if "ladder" in found else found["rungs"]


def test_the_same_table_however_it_is_written_has_the_same_scores(climb):
    options = ["--target", "g", "--id", "name"]
    _, plain = climb(table(), *options)
    _, german = climb(table(",", ";"), *options)
    named = ["--decimal", ",", "--delimiter", ";", "--header", "1", "--encoding", "utf-8"]
    _, told = climb(table(",", ";"), *options, *named)
    for found in (german, told):
        assert strip(scores(found)) == strip(scores(plain))


def strip(rows):
    return [{k: v for k, v in row.items() if "second" not in k} if isinstance(row, dict) else row
            for row in rows]  # fmt: skip


def test_a_table_without_names_is_questioned_and_read_where_told(climb):
    text = table().partition("\n")[2]
    status, err = climb(text, "--target", "x")
    assert status == 2
    assert "--header none" in err
    status, _ = climb(text, "--target", "column 3", "--header", "none", "--id", "column 4")
    assert status == 0


def test_names_may_stand_in_a_file_or_be_a_pattern(climb, tmp_path):
    (tmp_path / "drop.txt").write_text("name\n\nb\n")
    assert climb(table(), "--target", "g", "--drop", "@drop.txt")[0] == 0
    assert climb(table(), "--target", "g", "--drop", "n*")[0] == 0
    status, err = climb(table(), "--target", "g", "--drop", "@nowhere.txt")
    assert (status, "nowhere.txt cannot be read" in err) == (2, True)


def test_rows_and_classes_are_left_out_where_asked(climb):
    text = table() + "1.5,2,rare,song99\n2.5,3,,song98\n"
    options = ["--target", "g", "--id", "name"]
    assert climb(text, *options)[0] == 2
    status, _ = climb(text, *options, "--drop-rows-without", "target", "--min-class-size", "5")
    assert status == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--folds", "2"], "--folds; must be >= 3"),
        (["--delimiter", "ab"], "the delimiter 'ab' is not one character"),
        (["--encoding", "klingon"], "there is no encoding 'klingon'"),
        (["--header", "two"], "the header 'two' is neither none nor a number"),
    ],
)
def test_what_cannot_be_is_said_before_the_table_is_read(climb, options, sentence):
    status, err = climb("\0", "--target", "g", *options)
    assert (status, sentence in err) == (2, True)


def test_a_pipe_called_a_table_is_not_waited_for(climb, tmp_path, capsys):
    os.mkfifo(tmp_path / "p.csv")
    assert main(["climb", "p.csv", "--target", "g"]) == 2
    assert "it is a pipe, not an ordinary file" in capsys.readouterr().err


def test_options_of_tables_do_not_go_with_folders(climb, tmp_path, capsys):
    (tmp_path / "drums").mkdir()
    assert main(["climb", "drums", "--min-class-size", "3", "--decimal", ","]) == 2
    assert "--min-class-size, --decimal does not go with drums" in capsys.readouterr().err
