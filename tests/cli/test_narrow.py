"""Narrow terminals: what does not fit stands below each other, and nothing is cut."""

import io
import re
import sys

import pytest

from gradatim.cli import main

COMMANDS = [
    "climb a_table_with_a_long_name.csv --target label --folds 3 --repeats 1 --no-report --rungs "
    "majority linear perceptron",
    "race xor --budgets 20,50,100 --seeds 2 --samples 30 --contenders perceptron shallow-relu",
    "data",
    "eval 0.123456789x10000000+sigmoid(x2) --at x10000000=1,x2=2",
    "step x1+1 --data rows.csv --target y",
    "fit rows.csv --target y",
    "separate a_table_with_a_long_name.csv --target label --hidden --seeds 1",
    "separate three.csv --target label",
    "transform --points 10:0,30:1,40:2",
    "capacity --dimensions 1 2 --trials 2",
    "depth --teeth 4 --seeds 0",
    "approximate sin(x) --tolerance 0.1",
    "practice --count 8 --seed 1",
    "race",
]

TIME = re.compile(r"^\d+(\.\d+)?$|^seconds$")


@pytest.fixture
def said(monkeypatch, tmp_path, capsys):
    """Return what a command shows on a screen of some width, without its blanks and times."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", "")
    rows = [f"{i % 3},{i // 3},{'no' if i % 3 < 1 else 'yes'}" for i in range(12)]
    (tmp_path / "a_table_with_a_long_name.csv").write_text("\n".join(["x1,x2,label", *rows]))
    (tmp_path / "three.csv").write_text("x1,x2,label\n0,0,a\n0,1,b\n2,2,c\n3,3,c\n0,2,b\n")
    (tmp_path / "rows.csv").write_text("x1,y\n1,2\n2,3\n3,5\n")

    def run(command, columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        assert main(command.split()) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_no_name_and_no_number_is_cut(said, command):
    wide = said(command, 80)
    lines = [line for line in wide.splitlines() if "95 % interval  " not in line]
    words = {word.strip(".,;:()") for line in lines for word in line.split()}
    for narrow in (said(command, 40), said(command, 20)):
        assert "…" not in narrow
        assert "..." not in narrow or "..." in wide
        # Words may be folded, times differ, and heads of what names a row go without saying.
        folded = "".join(narrow.split())
        missing = {word for word in words if re.search(r"\w", word) and word not in folded}
        assert {word for word in missing if not TIME.search(word)} <= {"name", "unit"}


def test_a_table_into_a_pipe_has_a_line_for_each_row(said, monkeypatch, capsys):
    wide = said(COMMANDS[3], 400)
    monkeypatch.delenv("COLUMNS")
    main(COMMANDS[3].split())
    assert capsys.readouterr().out == wide
