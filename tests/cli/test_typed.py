"""What people type is understood, and what is missing is named."""

import json

import pytest

from gradatim.cli import main


def run(capsys, *arguments):
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def value_of(capsys, *arguments):
    status, out, err = run(capsys, "eval", *arguments, "--json")
    assert (status, err) == (0, "")
    return [output["value"] for output in json.loads(out)["rows"][0]["outputs"]]


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["2x1", "--at", "x1=0,5"], 1),
        (["x1 + x2", "--at", "x1=0,5,x2=1,5"], 2),
        (["x1 + x2", "--at", "x_1=0,5; X2=-1"], -0.5),
        (["x1 + x2", "--at", "x1 = 1/2, x2 = 0,500"], 1),
        (["w x + b", "--let", "w=2,b=1", "--at", "x=3"], 7),
        (["w x + b", "--let", "w=2 b = \N{MINUS SIGN}1", "--at", "x=3"], 5),
        (["x1 + x2", "--at", "x1=0,5 x2 = 1/2"], 1),
        (["W^T X + b", "--let", "W=1 2 b=3", "--at", "x1=1 x2=1"], 6),
        (["w x + b", "--let", "w=0,5", "--let", "b=1,25", "--at", "x=3"], 2.75),
        (["w_1 x + w_0", "--let", "w_1=0,5;w_0=-1", "--at", "x=3"], 0.5),
        (["W^T X", "--let", "W=1,2", "--at", "x1=1,x2=1"], 3),
        (["W^T X + b", "--let", "W=0,5;1,5,b=2", "--at", "x1=1,x2=1"], 4),
        (["a(x1 - 5)", "--activation", "ReLU", "--at", "x1=7"], 2),
        (["max(0, x1 - 5)", "--at", "x1=7"], 2),
        (["|x1|", "--at", "x1=-3"], 3),
        (["NOT x1", "--at", "x1=0"], 1),
    ],
)
def test_values_are_read_as_they_are_typed(capsys, arguments, value):
    assert value_of(capsys, *arguments) == [value]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["eval", "x1", "--at", "x1=1,250"], "1,250 may be 1250 or 1.250; write one of these"),
        (["eval", "x1 + x2", "--at", "1,2"], "write it as --at x1=0,x2=1"),
        (["eval", "w x", "--let", "w=1,2,3", "--at", "x=1"], "cannot use '1,2,3'"),
        (["eval", "w x", "--let", "w=1,w=2", "--at", "x=1"], "gives w two values"),
        (["eval", "a(x1 - 5)", "--at", "x1=1"], "--activation tanh"),
        (["eval", "3x1+2x2 >= 4", "--at", "x1=1,x2=1"], "write step(3x1 + 2x2 - 4)"),
        (["eval", "x^2", "--at", "x=1"], "no weighted sum"),
        (["eval", "sin(x)", "--at", "x=1"], "sin is no unit, so this is no network"),
        (["eval", "x1", "--data"], "--data requires an argument: a table (csv, tsv, parquet)"),
        (["compare"], "FIRST requires an argument: JSON file of a climb (gradatim climb PATH"),
        (["separate", "t.csv"], "--target requires an argument: column of the labels"),
        (["climb", "t.csv", "--target"], "--target requires an argument: column that is to be le"),
        (["fit", "t.csv", "--target", "y", "--decimal"], "--decimal requires an argument: mark be"),
        (["race", "t.csv", "--id"], "--id requires an argument: column by whose values"),
        (["approximate", "x", "--on", "1,000", "2"], "1,000 may be 1000 or 1.000"),
        (["approximate", "x", "--on", "0", "one"], "'one' is no number"),
        (["approximate", "x", "--on", "0", "1e399"], "the number 1e399 is too large"),
        (["approximate", "x", "--tolerance", "1e399/3"], "the number 1e399/3 is too large"),
        (["approximate", "x", "--on", "x", "1"], "'x' is no number"),
        (["approximate", "x", "--activation", "elu"], "relu, step, sigmoid or tanh, not elu"),
        (["transform", "--points", "10:a;30"], "'30' is no point with a label"),
        (["transform", "--points", "1:a;2:b", "--thresholds", "1,5,2"], "for 1 label change;"),
    ],
)
def test_what_is_wrong_or_missing_is_named(capsys, arguments, words):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("ends", "on"),
    [
        (["-pi", "pi"], [-3.141592653589793, 3.141592653589793]),
        (["-π/2", "2"], [-1.5707963267948966, 2]),
        (["-2,5", "2,5"], [-2.5, 2.5]),
        (["-1/2", "1/2"], [-0.5, 0.5]),
        (["0,1"], [0, 1]),
        (["-pi, pi"], [-3.141592653589793, 3.141592653589793]),
        (["[0; 1,5]"], [0, 1.5]),
        (["-1", "1"], [-1, 1]),
    ],
)
def test_ends_of_an_interval_are_read_as_they_are_typed(capsys, ends, on):
    command = ["approximate", "|x|", "--on", *ends, "--tolerance", "0.5", "--json"]
    status, out, _ = run(capsys, *command)
    assert status == 0
    assert json.loads(out)["on"] == [on]


@pytest.mark.parametrize("name", ["ReLU", "σ", "Heaviside", "TANH"])
def test_activations_are_named_alike_in_every_verb(capsys, name):
    assert main(["approximate", "x", "--activation", name, "--tolerance", "0.4"]) == 0
    assert main(["eval", "a(x)", "--activation", name, "--at", "x=1"]) == 0
    assert main(["eval", f"{name}(x)", "--at", "x=1"]) == 0
    capsys.readouterr()


def test_a_function_may_begin_with_a_minus(capsys):
    status, out, _ = run(capsys, "approximate", "-x", "--tolerance", "0.4", "--json")
    assert (status, json.loads(out)["function"]) == (0, "-x")


@pytest.mark.parametrize(
    "points",
    ["1,5:a,2,5:b", "1.5:a;2.5:b", "1,5:a; 2,5:b;", "1.5:a 2.5:b", "1.5:a, 2.5:b", "3/2:a,5/2:b"],
)
def test_points_are_read_as_they_are_typed(capsys, points):
    status, out, _ = run(capsys, "transform", "--points", points, "--json")
    assert (status, json.loads(out)["thresholds"]) == (0, ["2"])


@pytest.mark.parametrize("header", ["x_1,X2,Y", "x1,x_{2},y", "X_1,x₂,y"])
def test_columns_meet_the_inputs_whatever_their_spelling(tmp_path, capsys, header):
    table = tmp_path / "t.csv"
    text = header + "\n1,2,3\n"
    table.write_text(text, encoding="utf-8")
    status, out, _ = run(capsys, "eval", "x1 + 2x2", "--data", str(table), "--json")
    assert status == 0
    assert json.loads(out)["rows"][0]["outputs"][0]["value"] == 5
    assert main(["step", "y = x1 + 2x2", "--data", str(table)]) == 0


def test_two_columns_that_might_be_meant_are_none(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text("X1,x_1\n1,2\n", encoding="utf-8")
    status, _, err = run(capsys, "eval", "x1", "--data", str(table))
    assert status == 2
    assert "has no column 'x1'" in err


def test_a_row_is_told_by_its_line_and_its_number(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text("x1\n1\n2\n3\none\n", encoding="utf-8")
    _, _, err = run(capsys, "eval", "x1", "--data", str(table))
    assert "in line 5 of the file, row 4;" in err


def test_a_softmax_is_explained_and_its_winner_named(capsys):
    _, out, _ = run(capsys, "eval", "softmax(bell = x1, drum = 2x1)", "--at", "x1=1")
    assert "e^z / sum of e^z" in out
    assert "e^1 / sum e^z ≈ 0.268941" in out
    assert out.splitlines()[-1].split()[-1] == "drum"
    assert out.splitlines()[-2].split()[-1] == "class"


def test_a_long_list_of_classes_stops_at_five(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text("x,c\n" + "".join(f"{i},c{i:02}\n" for i in range(30)), encoding="utf-8")
    _, _, err = run(capsys, "separate", str(table), "--target", "c", "--positive", "d")
    assert "c00, c01, c02, c03, c04 and 25 more" in err


GERMAN = "x1;y\n0,5;0\n1,5;1\n2,5;0\n"


@pytest.mark.parametrize(
    "words",
    [
        ["eval", "x1 + 1", "--data", "t.csv"],
        ["step", "x1 + 1", "--data", "t.csv"],
        ["separate", "t.csv", "--target", "y"],
        ["fit", "t.csv", "--target", "y"],
        ["transform", "t.csv", "--column", "x1", "--target", "y"],
        ["plot", "boundary", "x1 - 1", "--data", "t.csv", "-o", "t.svg"],
    ],
    ids=lambda words: words[0],
)
def test_every_verb_on_a_table_takes_how_it_is_written(tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(GERMAN.replace("1,5", "1,500"), encoding="utf-16")
    status, out, err = run(capsys, *words)
    assert (status, err) == (0, "")
    if words[0] != "plot":
        assert "note: t.csv was read with cells separated by semicolons" in out
        assert "text in utf-16 (--encoding)" in out
    how = ["--delimiter", "semicolon", "--decimal", ",", "--encoding", "utf-16", "--header", "1"]
    status, told, err = run(capsys, *words, *how)
    assert (status, err) == (0, "")
    assert "t.csv was read with" not in told
    # A file that is read with commas has one column.
    status, _, err = run(capsys, *words, "--delimiter", "comma")
    assert status == 2
    assert "no column" in err or "not text" in err or "cells in line" in err or "1 cell" in err


def test_json_says_how_a_table_was_read(tmp_path, capsys):
    table = tmp_path / "t.csv"
    table.write_text(GERMAN, encoding="utf-8")
    for words in (["eval", "x1", "--data", str(table)], ["step", "x1", "--data", str(table)]):
        _, out, _ = run(capsys, *words, "--json")
        notes = json.loads(out)["data"]["notes"]
        assert any("cells separated by semicolons" in note for note in notes)


@pytest.mark.parametrize(
    ("comma", "point"),
    [
        (
            ["approximate", "x^2", "--tolerance", "0,1"],
            ["approximate", "x^2", "--tolerance", "0.1"],
        ),
        (
            ["transform", "--points", "0:a,2:b", "--thresholds", "0,5"],
            ["transform", "--points", "0:a,2:b", "--thresholds", "0.5"],
        ),
        (
            ["transform", "--points", "0:a,2:b,4:a", "--thresholds", "0,5,2,25"],
            ["transform", "--points", "0:a,2:b,4:a", "--thresholds", "0.5;2.25"],
        ),
        (
            ["transform", "--points", "0:a,2:b,4:a", "--thresholds", "1,3"],
            ["transform", "--points", "0:a,2:b,4:a", "--thresholds", "1 3"],
        ),
        (
            ["transform", "--points", "0:a,2:b,4:a", "--thresholds", "0,5, 3"],
            ["transform", "--points", "0:a,2:b,4:a", "--thresholds", "0.5 3"],
        ),
        (
            ["eval", "sigmoid(x)", "--at", "x=1", "--threshold", "0,75"],
            ["eval", "sigmoid(x)", "--at", "x=1", "--threshold", "0.75"],
        ),
        (
            ["step", "x", "--data", "t.csv", "--learning-rate", "0,25"],
            ["step", "x", "--data", "t.csv", "--learning-rate", "0.25"],
        ),
        (
            ["fit", "t.csv", "--target", "y", "--alpha", "0,5"],
            ["fit", "t.csv", "--target", "y", "--alpha", "0.5"],
        ),
    ],
    ids=lambda words: words[0],
)
def test_options_take_decimal_commas(tmp_path, monkeypatch, capsys, comma, point):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("x,y\n0,0\n1,1\n2,0\n", encoding="utf-8")
    with_comma, with_point = run(capsys, *comma), run(capsys, *point)
    assert with_comma[::2] == (0, "")
    assert with_comma[1].replace("0,25", "0.25") == with_point[1]


@pytest.mark.parametrize("text", ["1,250", "zero", "1/0", "0,5,5"])
def test_an_option_that_is_no_number_is_refused_in_one_sentence(capsys, text):
    status, _, err = run(capsys, "approximate", "x", "--tolerance", text)
    assert status == 2
    assert text in err
    assert err.count("\n") == 1


def test_a_share_that_is_smaller_than_all_floats_is_not_said_to_be_zero(capsys):
    _, out, _ = run(capsys, "eval", "softmax(x1, 1000)", "--at", "x1=0")
    assert "e^0 / sum e^z ≈ 0 " in out
    assert "e^1000 / sum e^z ≈ 1 " in out
    _, out, _ = run(capsys, "eval", "softmax(x1, 0)", "--at", "x1=0")
    assert out.count("e^0 / sum e^z = 0.5") == 2
