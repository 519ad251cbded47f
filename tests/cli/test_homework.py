"""``gradatim eval --data TABLE --target COLUMN`` marks homework."""

import json

import pytest

from gradatim.cli import main


@pytest.fixture
def mark(monkeypatch, tmp_path, capsys):
    """Return what is said of an equation, for a table of lines."""

    def run(equation, lines, *options, status=0):
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.chdir(tmp_path)
        (tmp_path / "t.csv").write_text("\n".join(lines))
        assert main(["eval", equation, "--data", "t.csv", "--target", "y", *options]) == status
        captured = capsys.readouterr()
        return captured.err if status else captured.out

    return run


OR = ["x1,x2,y", "0,0,0", "0,1,1", "1,0,1", "1,1,1", "0.5,0.5,1", "2,0,0"]


def test_a_network_gets_five_of_six_and_the_row_that_it_misses_is_shown(mark):
    out = mark("step(x1 + x2 - 0.5)", OR)
    assert "your network gets 5 of 6\n" in out
    assert out.splitlines()[-1].split() == ["6", "7", "2", "0", "1", "1", "0"]


def test_json_has_the_marks(mark):
    marks = json.loads(mark("step(x1 + x2 - 0.5)", OR, "--json"))["marks"]
    missed = [{"row": 6, "line": 7, "wanted": "0", "given": "1"}]
    assert marks == {"target": "y", "right": 5, "rows": 6, "missed": missed}


@pytest.mark.parametrize(
    ("equation", "rows", "right"),
    [
        ("sign(x - 1.5)", ["0,-1", "1,-1", "2,1", "3,-1"], 3),
        ("sign(x - 1)", ["0,-1", "1,1"], 1),  # undecided is not right
        ("step(x - 1)", ["0,no", "1,yes", "2,no"], 2),
        ("x + 5/3", ["0,1.67", "1,2.66", "2,11/3", "3,4.7"], 3),
        ("2x", ["0.5,1", "1,2.0", "2,5"], 2),
        ("softmax(x, 1, 2 - x)", ["2,1", "0,3", "1,2"], 2),
        ("softmax(x, 1, 2 - x)", ["2,y1", "0,y3"], 2),
        ("softmax(x, 1, 2 - x)", ["2,0", "0,2"], 2),
    ],
)
def test_columns_are_read_in_the_words_that_they_use(mark, equation, rows, right):
    out = mark(equation, ["x,y", *rows])
    assert f"your network gets {right} of {len(rows)}\n" in out
    assert ("it misses" in out) == (right < len(rows))


@pytest.mark.parametrize(
    ("equation", "rows", "message"),
    [
        ("step(x)", ["0,a", "1,b", "2,c"], "column y has 3 classes, the network tells 2"),
        ("x + 1", ["0,a"], "column y holds 'a'"),
        ("step(x); step(-x)", ["0,1"], "2 outputs that decide one by one"),
    ],
)
def test_what_cannot_be_marked_is_one_sentence(mark, equation, rows, message):
    err = mark(equation, ["x,y", *rows], status=2)
    assert message in err
    assert err.count("\n") == 1


def test_a_target_needs_a_table(capsys):
    assert main(["eval", "step(x)", "--at", "x=1", "--target", "y"]) == 2
    assert "--target marks the rows of a table; give --data TABLE" in capsys.readouterr().err
