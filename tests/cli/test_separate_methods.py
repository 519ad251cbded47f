import json

import pytest

from gradatim.cli import main

LINE = "x,label\n" + "".join(
    f"{x},{int(x < 50 or x > 100)}\n" for x in (10, 20, 30, 40, 60, 70, 80, 90, 110, 120, 140)
)
XOR = "a,b,label\n0,0,even\n0,1,odd\n1,0,odd\n1,1,even\n"


@pytest.fixture(autouse=True)
def tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "line.csv").write_text(LINE, encoding="utf-8")
    (tmp_path / "xor.csv").write_text(XOR, encoding="utf-8")


@pytest.fixture
def shown(capsys):
    """Return what ``gradatim separate`` prints."""

    def show(table, *arguments):
        assert main(["separate", table, "--target", "label", *arguments]) == 0
        return capsys.readouterr().out

    return show


@pytest.fixture
def refused(capsys):
    """Return the sentence with which ``gradatim separate`` refuses."""

    def refuse(table, *arguments):
        assert main(["separate", table, "--target", "label", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    return refuse


def test_all_ways_are_one_table_with_equations(shown):
    text = shown("line.csv", "--degree", "3", "--kernels", "--hidden")
    assert "These three points prove that no point can:" in text
    rows = {line.split("  ")[0]: line for line in text.splitlines()}
    assert "x^2" in rows["features"]
    assert "2 step units" in rows["hidden layer, built"]
    assert "4 support vectors" in rows["RBF kernel"]
    assert "    y = step(step(-x + 50) + step(x - 100) - 1)" in text
    assert "all that the rows say is proved holds" in text


def test_json_is_one_object(shown):
    found = json.loads(shown("xor.csv", "--degree", "2", "--json"))
    assert found["separable"] is False
    assert found["made_separable"]["features"]["added"] == ["a b"]
    assert found["made_separable"]["built"] is None
    assert "made_separable" not in json.loads(shown("xor.csv", "--json"))


def test_pictures_are_written_after_the_table(tmp_path, shown):
    text = shown("xor.csv", "--degree", "2", "--hidden", "-o", "ways.svg", "--graph", "net.mmd")
    assert text.endswith(f"wrote {tmp_path / 'ways.svg'}\nwrote {tmp_path / 'net.mmd'}\n")
    assert "ways to separate 4 rows" in (tmp_path / "ways.svg").read_text("utf-8")
    assert (tmp_path / "net.mmd").read_text("utf-8").startswith("flowchart LR")


def test_one_class_against_all_others(tmp_path, shown):
    (tmp_path / "three.csv").write_text("x,label\n-2,a\n-1,b\n1,b\n2,c\n0,z\n", encoding="utf-8")
    found = json.loads(shown("three.csv", "--positive", "b", "--degree", "4", "--json"))
    made = found["made_separable"]
    assert made["data"]["classes"] == ["b", "others"]
    assert made["features"]["added"] == ["x^2", "x^4"]


def test_several_classes_have_their_ways_too(tmp_path, shown):
    (tmp_path / "three.csv").write_text("x,label\n-2,a\n0,b\n2,c\n", encoding="utf-8")
    text = shown("three.csv", "--degree", "2")
    assert "b and the rest" in text
    assert "The plane of b in the features, margin 1:" in text


def test_decimals_are_taken_as_written(tmp_path, shown):
    (tmp_path / "tenths.csv").write_text("x,label\n0.1,1\n0.2,0\n0.3,1\n", encoding="utf-8")
    text = shown("tenths.csv", "--decimals", "--hidden")
    assert "step(step(-x + 0.15) + step(x - 0.25) - 1)" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--degree", "0"], ">= 1"),
        (["--degree", "200"], "choose a lower degree"),
        (["--graph", "net.svg"], "add --hidden"),
        (["--folds", "2"], "add --kernels"),
        (["--kernels", "--folds", "1"], "--folds 2 or more"),
        (["--kernels", "--folds", "3"], "fewer than 3 rows"),
        (["--hidden", "--graph", "a.svg", "-o", "a.svg"], "both name"),
        (["--hidden", "-o", "a.tex"], ".svg, .pdf"),
        (["--hidden", "--graph", "a.txt"], ".svg"),
        (["--hidden", "--seeds", "0"], ">= 1"),
        (["--degree", "2", "--positive", "neither"], "no row is labeled neither"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_printed(refused, arguments, said):
    assert said in refused("xor.csv", *arguments)
