import json

import pytest

from gradatim.cli import main


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shown(capsys):
    def show(*arguments):
        assert main(["capacity", *arguments]) == 0
        return capsys.readouterr().out

    return show


def test_the_theorem_alone_is_a_table(shown):
    rows = [line.split() for line in shown("--dimensions", "2", "--trials", "0").splitlines()]
    assert rows[0] == ["d", "points", "n/(d+1)", "theory"]
    assert ["2", "6", "2.00", "0.5000"] in rows
    assert ["2", "12", "4.00", "0.0327"] in rows


def test_trials_stand_beside_the_theorem(shown):
    text = shown("--dimensions", "1", "--points", "4", "5", "--trials", "30", "--seed", "2")
    assert "30 trials per row, each decided with a proof, 0 undecided." in text
    assert text == shown("--dimensions", "1", "--points", "4", "5", "--trials", "30", "--seed", "2")


def test_json_has_exact_chances_and_the_protocol(shown):
    found = json.loads(shown("--dimensions", "2", "3", "--points", "8", "--trials", "10", "--json"))
    assert found["protocol"] == {"points": "normal", "trials": 10, "seed": 0}
    assert [row["chance"] for row in found["rows"]] == ["29/128", "1/2"]
    assert all(0 <= row["separable"] <= 10 for row in found["rows"])
    found = json.loads(shown("--dimensions", "2", "--trials", "0", "--json"))
    assert found["rows"][0]["interval"] is None


def test_the_picture_is_written(tmp_path, shown):
    text = shown("--dimensions", "1", "--trials", "5", "-o", "cover.svg")
    assert text.endswith(f"wrote {tmp_path / 'cover.svg'}\n")
    assert "points in 1 dimensions: theory" in (tmp_path / "cover.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dimensions", "0"], "dimensions"),
        (["--points", "0"], "points"),
        (["--trials", "-1"], "trials"),
        (["--dimensions", "two"], "two"),
        (["-o", "a.gif"], "names no format"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, words, tmp_path, capsys):
    assert main(["capacity", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
