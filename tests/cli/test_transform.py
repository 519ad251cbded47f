import json
from fractions import Fraction

import pytest

from gradatim.cli import main

POINTS = "20:1,40:1,60:0,90:0,110:1,130:1"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shown(capsys):
    """Return what ``gradatim transform`` prints."""

    def show(*arguments):
        assert main(["transform", *arguments]) == 0
        return capsys.readouterr().out

    return show


def test_the_lecture_s_network_is_printed_with_its_proof(shown):
    text = shown("--points", POINTS)
    assert "y = step(step(-x + 50) + step(x - 100) - 1)" in text
    assert "w1 = 1, w0 = -1." in text
    assert "Class 1 where z - 1 >= 0, class 0 elsewhere." in text
    assert "right on all 6 points and on every one of the 5 intervals" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["50", "<", "x", "<", "100", "0", "0", "0", "0"] in rows


def test_signs_need_another_w0(shown):
    text = shown("--points", POINTS, "--convention", "sign")
    assert "y = sign(sign(-x + 50) + sign(x - 100) + 1)" in text
    assert "w1 = 1, w0 = 1." in text
    rows = [line.split() for line in text.splitlines()]
    assert ["50", "<", "x", "<", "100", "-1", "-1", "-2", "0"] in rows
    assert ["x", "=", "50", "0", "-1", "-1", "undecided"] in rows


def test_json_holds_exact_numbers(shown):
    found = json.loads(shown("--points", "0:a,1/3:b", "--json"))
    assert found["thresholds"] == ["1/6"]
    assert found["hyperplanes"] == [{"w": ["1"], "w0": "-1"}]
    assert [piece["class"] for piece in found["pieces"]] == ["a", "b", "b"]
    assert found["proof"] == {"holds": True, "n_points": 2, "n_intervals": 1, "failures": []}


def test_a_table_gives_the_same_as_the_option(tmp_path, shown):
    rows = "\n".join(POINTS.replace(":", ",").replace(",1,", ",1\n").replace(",0,", ",0\n").split())
    (tmp_path / "line.csv").write_text("x,label\n" + rows + "\n", encoding="utf-8")
    assert shown("line.csv") == shown("--points", POINTS)


def test_columns_of_a_table_may_be_named(tmp_path, shown):
    (tmp_path / "songs.tsv").write_text("tempo\tgenre\n0.1\tslow\n0.2\tfast\n", encoding="utf-8")
    found = json.loads(shown("songs.tsv", "--column", "tempo", "--target", "genre", "--json"))
    assert found["thresholds"] == ["0.15"]
    assert found["classes"] == ["fast", "slow"]


def test_thresholds_may_be_given_and_points_may_be_negative(shown):
    assert "step(-x - 2)" in shown("--points", "-3:1,1:0", "--thresholds", "-2")


def test_several_classes_have_a_hyperplane_each(shown):
    text = shown("--points", "0:a,10:b,20:c")
    assert "Class b: w = (1, -1), w0 = -1." in text


def test_pictures_are_written_on_request(tmp_path, shown):
    text = shown("--points", POINTS, "-o", "spaces.svg", "--graph", "graph.tex")
    assert text.endswith(f"wrote {tmp_path / 'spaces.svg'}\nwrote {tmp_path / 'graph.tex'}\n")
    assert ">z-space<" in (tmp_path / "spaces.svg").read_text("utf-8")
    assert r"\begin{tikzpicture}" in (tmp_path / "graph.tex").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "there are no points"),
        (["--points", "10"], "'10' is no point with a label"),
        (["--points", "10:0,20:0"], "all points are labeled 0"),
        (["--points", "10:0,10:1"], "the point 10 is labeled 0 and 1"),
        (["--points", "ten:0,10:1"], "'ten'"),
        (["--points", "1:0,2:1", "--thresholds", "3"], "not strictly between 1 and 2"),
        (["--points", "1:0,2:1", "--convention", "relu"], "convention"),
        (["--points", "1:0,2:1", "-o", "a.tex"], "names no format"),
        (["--points", "1:0,2:1", "-o", "a.svg", "--graph", "a.svg"], "give two files"),
        (["none.csv"], "none.csv"),
    ],
)
def test_what_cannot_be_separated_is_refused_in_words(arguments, words, tmp_path, capsys):
    assert main(["transform", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_floats_cannot_compute_is_no_success(capsys):
    assert main(["transform", "--points", "1:0,1.000000000000000000001:1"]) == 2
    captured = capsys.readouterr()
    assert "Wrong: " in captured.out
    assert "too close to a threshold for float64" in captured.err


@pytest.mark.parametrize("convention", ["step", "sign"])
@pytest.mark.parametrize("points", ["20:1,40:1,60:0,90:0,110:1", "0:0,1:1", "0:a,1:b,2:c,5:a"])
@pytest.mark.parametrize("ending", ["txt", "safetensors"])
def test_eval_says_of_the_saved_network_what_transform_says(
    capsys, tmp_path, convention, points, ending
):
    file = tmp_path / f"line.{ending}"
    command = ["transform", "--points", points, "--convention", convention, "--json"]
    assert main([*command, "--network", str(file)]) == 0
    found = json.loads(capsys.readouterr().out)
    for piece in found["pieces"]:
        low, high = piece["low"], piece["high"]
        x = low if low == high else str(Fraction(high) - 1) if low is None else None
        x = x or str(Fraction(low) + 1 if high is None else (Fraction(low) + Fraction(high)) / 2)
        assert main(["eval", str(file), "--at", f"x={x}", "--exact", "--json"]) == 0
        classes = [
            (one["name"], one["class"])
            for one in json.loads(capsys.readouterr().out)["rows"][0]["outputs"]
        ]
        if len(found["classes"]) == 2:
            number = {found["classes"][0]: 0, found["classes"][1]: 1, None: None}[piece["class"]]
            assert classes == [("y", number)]
        elif piece["class"] is not None:
            assert [name for name, value in classes if value] == [piece["class"]]
        else:
            assert [value for _, value in classes].count(None) == 2
            assert 1 not in [value for _, value in classes]


def test_a_cell_that_is_no_number_is_named_with_its_place(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text("x_1,y\n1,a\n,b\nthree,b\n", encoding="utf-8")
    assert main(["transform", str(table), "--column", "X1", "--target", "y"]) == 2
    said = "column 'x_1' of t.csv has no value in line 3 of the file, row 2"
    assert said in capsys.readouterr().err
    table.write_text("x_1,y\n1,a\nthree,b\n", encoding="utf-8")
    assert main(["transform", str(table), "--column", "x1", "--target", "y"]) == 2
    said = "column 'x_1' of t.csv holds 'three' in line 3 of the file, row 2"
    assert said in capsys.readouterr().err
    assert main(["transform", str(table), "--target", "y"]) == 2
    assert "has no column 'x' (--column); did you mean 'x_1'?" in capsys.readouterr().err


def test_a_word_is_no_threshold_and_no_point(capsys):
    assert main(["transform", "--points", "1:a,2:b", "--thresholds", "x"]) == 2
    assert "cannot use 'x' as the value of a threshold" in capsys.readouterr().err
    assert main(["transform", "--points", "1:a,x:b"]) == 2
    assert "cannot use 'x' as the value of a point" in capsys.readouterr().err
