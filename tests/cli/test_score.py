import json

import numpy as np
import pytest

from gradatim.cli import main
from gradatim.models import Model
from gradatim.models.learners import Constant

TABLE = "a,kind,artist\n1,x,p\n2,y,p\n3,x,q\n4,z,q\n"


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(TABLE)
    always_x = Constant(np.array([0.2]))
    Model("majority", "", "classification", always_x, classes=np.array(["x", "y"])).save(
        tmp_path / "m.gradatim"
    )
    return tmp_path


def test_what_is_right_of_each_class_is_shown(inside, capsys):
    typed = "score m.gradatim rows.csv --target kind --groups artist --json a.json"
    assert main(typed.split()) == 0
    shown = capsys.readouterr().out
    lines = [line.split() for line in shown.splitlines()]
    assert lines[:4] == [
        ["class", "samples", "right", "share"],
        ["x", "2", "2", "1.000"],
        ["y", "1", "0", "0.000"],
        ["z", "1", "0", "0.000"],
    ]
    assert "rows.csv: accuracy 0.500 (" in shown
    assert "2 of 4 samples in 2 groups right" in shown
    assert "averaged over classes: 0.333" in shown
    assert "never heard of, all counted as wrong: z (1 sample)" in shown
    found = json.loads((inside / "a.json").read_text())
    assert (found["schema"], found["accuracy"], found["unheard"]) == (1, 0.5, ["z"])
    assert main(["score", "m.gradatim", "rows.csv", "--target", "kind", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["n_groups"] is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("m.gradatim rows.csv", "--target"),
        ("no.gradatim rows.csv --target kind", "no.gradatim"),
        ("m.gradatim rows.csv --target kid", "did you mean 'kind'?"),
        ("m.gradatim rows.csv --target kind --json m.gradatim", "end it in .json"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(typed, said, inside, capsys):
    assert main(["score", *typed.split()]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradatim: ")
    assert said in error
    assert error.count("\n") == 1
