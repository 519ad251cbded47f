"""``gradatim eval`` as typed: numbers, classes, tables, JSON, one sentence for what is wrong."""

import hashlib
import json

import pytest

from gradatim.cli import main
from gradatim.network import parse


def run(capsys, *arguments):
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")


def test_the_lectures_sigmoid_as_in_the_lecture(capsys):
    points = [part for x in (0, 1, 3, 5) for part in ("--at", f"x1={x}")]
    status, out, err = run(capsys, "eval", "sigmoid(x1 - 2.5)", *points, "--digits", "2")
    assert (status, err) == (0, "")
    table = [line.split() for line in out.splitlines()[-4:]]
    assert [row[1] for row in table] == ["≈0.08", "≈0.18", "≈0.62", "≈0.92"]
    assert [row[2] for row in table] == ["0", "0", "1", "1"]
    assert "class 1 where the output >= 0.5, else class 0" in out
    assert "sigmoid(-2.5) ≈ 0.08" in out


@pytest.mark.parametrize(
    ("equation", "at", "options", "says", "says_not"),
    [
        ("sigmoid(x)", "x=0.1", ["--digits", "0"], ["sigmoid(0.1) ≈ 1"], ["sigmoid(0)"]),
        ("tanh(x)", "x=3", [], ["tanh(3) ≈ 0.995055", "≈0.995055"], ["1.00", "= 0.995"]),
        ("x", "x=0.001", [], ["0.001"], ["0.00 ", "≈"]),
        ("x", "x=1600000000001", [], ["at x = 1600000000001", "1·1600000000001"], ["e+", "≈"]),
        ("x/3", "x=1", ["--exact"], ["1/3"], ["≈"]),
        ("3x", "x=0.1", [], ["0.3"], ["≈"]),
        ("x - 1600000000000.5", "x=1600000000002.75", [], ["2.25"], ["e+"]),
        ("2x", "x=0.123456789", [], ["2·0.123456789", "≈0.246914"], ["·0.123457"]),
    ],
)  # fmt: skip
def test_a_rounded_number_is_marked_and_no_other_one_is(
    capsys, equation, at, options, says, says_not
):
    _, out, _ = run(capsys, "eval", equation, "--at", at, *options)
    assert all(text in out for text in says), out
    assert not any(text in out for text in says_not), out


def test_long_weights_are_rounded_to_six_digits_and_that_is_said(capsys):
    _, out, _ = run(capsys, "eval", "0.123456789x + 1/3", "--at", "x=1")
    assert out.splitlines()[:2] == [
        "0.123457x + 1/3",
        "(weights rounded to 6 digits; --json has all)",
    ]
    _, out, _ = run(capsys, "eval", "0.123456789x + 1/3", "--at", "x=1", "--digits", "9")
    assert out.splitlines()[0] == "0.123456789x + 1/3"


def test_a_sign_of_0_is_undecided(capsys):
    _, out, _ = run(capsys, "eval", "sign(x)", "--at", "x=0", "--at", "x=-2")
    assert [line.split() for line in out.splitlines()[-2:]] == [
        ["0", "0", "undecided"],
        ["-2", "-1", "0"],
    ]
    assert "undecided where it is 0" in out
    _, out, _ = run(capsys, "eval", "sign(x)", "--at", "x=0", "--json")
    assert json.loads(out)["rows"][0]["outputs"][0]["class"] is None


def test_exact_json_of_the_lectures_perceptron(capsys):
    status, out, _ = run(
        capsys, "eval", "a(x4 - x3 + 3x2 + 2x0 - 1)", "--activation", "tanh",
        "--at", "x0=1,x2=0,x3=2,x4=1", "--exact", "--json",
    )  # fmt: skip
    found = json.loads(out)
    assert status == 0
    assert (found["schema"], found["exact"], found["digits"]) == (1, True, 20)
    assert parse(found["equation"]) == parse("tanh(x4 - x3 + 3x2 + 2x0 - 1)")
    assert found["data"] is None
    assert found["rows"][0]["outputs"] == [
        {"name": "y1", "value": "0", "class": 1, "threshold": "0"}
    ]
    [[unit]] = found["rows"][0]["layers"]
    assert [edge["product"] for edge in unit["products"]] == ["2", "0", "-2", "1"]


def test_floats_in_json_are_those_of_python(capsys):
    _, out, _ = run(capsys, "eval", "1/3 x0", "--at", "x0=1", "--json")
    assert json.loads(out)["rows"][0]["outputs"][0]["value"] == 1 / 3


def test_json_states_the_threshold_of_every_output(capsys):
    _, out, _ = run(capsys, "eval", "sigmoid(x); relu(x)", "--at", "x=1", "--json")
    outputs = json.loads(out)["rows"][0]["outputs"]
    assert [(one["class"], one["threshold"]) for one in outputs] == [(1, 0.5), (None, None)]
    _, out, _ = run(
        capsys, "eval", "sigmoid(x)", "--at", "x=1", "--threshold", "3/4", "--exact", "--json"
    )
    [output] = json.loads(out)["rows"][0]["outputs"]
    assert (output["class"], output["threshold"]) == (0, "3/4")


def test_a_table_is_called_data_as_in_the_other_verbs_and_told_by_its_hash(capsys, tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("x\n1\n")
    _, out, _ = run(capsys, "eval", "2x", "--data", str(table), "--json")
    found = json.loads(out)
    assert found["data"] == {
        "file": "points.csv",
        "sha256": hashlib.sha256(b"x\n1\n").hexdigest(),
    }
    assert found["rows"][0]["outputs"][0]["value"] == 2


def test_a_cell_that_is_no_number_is_named_with_its_row(capsys, tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("x\n1\nloud\n")
    status, _, err = run(capsys, "eval", "2x", "--data", str(table))
    assert status == 2
    assert "column 'x' of points.csv holds 'loud' in line 3 of the file, row 2" in err


def test_no_digit_is_left_out_in_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    command = ("eval", "tanh(x1); tanh(2x1)", "--at", "x1=1", "--exact", "--digits", "60")
    _, out, _ = run(capsys, *command)
    values = parse(command[1]).trace([1], exact=True, digits=60).values
    assert "…" not in out
    assert {f"≈{value}" for value in values} <= set(out.split())


def test_a_negative_weight_is_subtracted(capsys):
    _, out, _ = run(capsys, "eval", "x1 - 2.5x2", "--at", "x1=1,x2=-2")
    assert "1·1 - 2.5·(-2)" in out


def test_a_table_is_evaluated_row_by_row_and_other_columns_are_left_alone(capsys, tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("x2,genre,x0\n1,rock,1/3\n4,jazz,2\n")
    _, out, _ = run(
        capsys, "eval", "relu(x2 + 2x0 + 3)", "--table", str(table), "--exact", "--json"
    )
    values = [row["outputs"][0]["value"] for row in json.loads(out)["rows"]]
    assert values == ["14/3", "11"]


def test_letters_threshold_and_digits(capsys):
    status, out, _ = run(
        capsys, "eval", "w_1 x_1 + w_0", "--let", "w_1=1/3", "--let", "w_0=-0.5",
        "--at", "x_1=1", "--threshold", "-0.2", "--digits", "5",
    )  # fmt: skip
    assert status == 0
    assert out.splitlines()[-1].split() == ["1", "≈-0.16667", "1"]
    assert "class 1 where the output >= -0.2" in out


def test_a_vector_of_weights(capsys):
    _, out, _ = run(capsys, "eval", "W^T X", "--let", "W=1,2", "--at", "x1=3,x2=4", "--json")
    assert json.loads(out)["rows"][0]["outputs"][0]["value"] == 11


def test_an_equation_may_begin_with_a_minus(capsys):
    status, out, _ = run(capsys, "eval", "-x + 50", "--at", "x=-20")
    assert status == 0
    assert out.splitlines()[-1].split() == ["-20", "70"]


def test_units_that_pass_values_on_are_not_shown(capsys):
    _, out, _ = run(capsys, "eval", "tanh(x1 + step(x2))", "--at", "x1=1,x2=2")
    assert "h2" in out
    assert "h1" not in out


def test_what_reads_nothing_needs_no_point(capsys):
    status, out, _ = run(capsys, "eval", r"\sigma(-2.5)")
    assert status == 0
    assert "sigmoid(-2.5) ≈ 0.0758582" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x1 ** 2", "--at", "x1=1"], "add it as a feature"),
        (["tanh(x1"], "never closed"),
        ([""], "there is no equation"),
        (["a(x1)", "--at", "x1=1"], "left open"),
        (["relu(x1)", "--activation", "tanh", "--at", "x1=1"], "no place for tanh"),
        (["relu(x1)"], "nothing to evaluate at"),
        (["relu(x1)", "--at", "x2=1"], "no input x2"),
        (["relu(x1 + x2)", "--at", "x2=1"], "x1 has no value"),
        (["relu(x1)", "--at", "x1=one"], "write a number"),
        (["relu(x1)", "--at", "x1=1,250"], "1,250 may be 1250 or 1.250"),
        (["relu(x1)", "--at", "5"], "write it as --at x1=0"),
        (["relu(x1)", "--at", "x1=1,x_1=2"], "two values"),
        (["w x1", "--at", "x1=1", "--let", "w"], "--let w names no letter"),
        (["x1", "--at", "x1=1", "--digits", "-1"], "--digits"),
        (["x1", "--at", "x1=1", "--threshold", "high"], "the threshold"),
        (["x1", "--table", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_what_is_wrong_is_status_2_and_one_sentence(capsys, arguments, says):
    status, out, err = run(capsys, "eval", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("gradatim: ")
    assert says in err.splitlines()[0]
    assert "Traceback" not in err


def test_the_caret_stands_below_the_place(capsys):
    _, _, err = run(capsys, "eval", "x1 + foo(x2)", "--at", "x1=1")
    sentence, equation, caret = err.splitlines()
    assert "column 6" in sentence
    assert equation[caret.index("^") :] == "foo(x2)"
