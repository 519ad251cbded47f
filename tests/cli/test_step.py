"""``gradatim step`` as typed: forward, back, new weights, JSON."""

import json

import pytest

from gradatim.cli import main


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    path = tmp_path / "data.csv"
    path.write_text("x1,y\n1,2\n-2,0\n")
    return str(path)


def run(capsys, *arguments):
    status = main(("step", *arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_step_is_written_as_on_a_blackboard(capsys, table):
    status, out, err = run(capsys, "tanh(0.8x1 + 0.4)", "--data", table, "--loss", "squared")
    assert (status, err) == (0, "")
    for line in (
        "z(y1) = 0.8·1 + 0.4 = 1.2",
        "a(y1) = tanh(1.2) ≈ 0.833655",
        "dL/da(y1) = a - y ≈ 0.833655 - 2 ≈ -1.16635",
        "dL/dz(y1) = dL/da · da/dz",
        "dL/dw(x1 -> y1) = dL/dz · x1",
        "w(x1 -> y1) ≈ 0.8 - 0.1·",
    ):
        assert line in out


def test_weights_have_six_digits_or_those_asked_for(capsys, table):
    command = ("tanh(0.8x1 + 0.4)", "--data", table)
    equation, note = run(capsys, *command)[1].splitlines()[-2:]
    assert equation == "  tanh(0.79236x1 + 0.430502)"
    assert note == "  (weights rounded to 6 digits; --json has all)"
    found = json.loads(run(capsys, *command, "--json")[1])
    assert run(capsys, *command, "--digits", "17")[1].splitlines()[-1] == (
        f"  {found['equation_after']}"
    )


def test_the_equation_of_an_exact_step_is_whole(capsys, table):
    out = run(capsys, "0.8x1 + 1/7", "--data", table, "--exact", "--steps", "9")[1]
    found = json.loads(
        run(capsys, "0.8x1 + 1/7", "--data", table, "--exact", "--steps", "9", "--json")[1]
    )
    assert out.splitlines()[-1] == f"  {found['equation_after']}"
    assert "rounded" not in out
    assert "≈" not in out


def test_exact_steps_are_fractions(capsys, table):
    _, out, _ = run(capsys, "0.8x1 + 0.4", "--data", table, "--exact", "--steps", "2", "--json")
    found = json.loads(out)
    assert [step["loss"] for step in found["steps"]] == ["13/25", "373/1000"]
    assert found["equation_after"] == "0.665x1 + 0.586"
    assert found["steps"][0]["equation_after"] == found["steps"][1]["equation"]
    assert found["steps"][0]["rows"][1]["back"][0][0]["dL_dw"] == [
        {"source": "x1", "value": "12/5"}
    ]
    assert found["steps"][0]["changes"][0][0]["bias"] == {
        "before": "2/5", "gradient": "-1", "after": "1/2",
    }  # fmt: skip


def test_targets_are_found_by_the_names_of_the_outputs_or_asked_for(capsys, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x1,genre,snare\n1,rock,0.5\n")
    status, _, err = run(capsys, "x1", "--data", str(path))
    assert status == 2
    assert "--target" in err
    assert run(capsys, "snare = x1", "--data", str(path))[0] == 0
    assert run(capsys, "x1", "--data", str(path), "--target", "snare")[0] == 0


def test_classes_in_one_column_are_the_names_of_the_outputs(capsys, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x1,genre\n1,rock\n2,jazz\n")
    command = ("softmax(rock = x1, jazz = 2x1)", "--data", str(path), "--loss", "multiclass")
    _, out, _ = run(capsys, *command, "--json")
    assert [row["target"] for row in json.loads(out)["steps"][0]["rows"]] == [[1, 0], [0, 1]]
    path.write_text("x1,genre\n1,pop\n")
    assert "none of the outputs rock, jazz" in run(capsys, *command)[2]


def test_a_target_that_is_no_number_is_named_with_its_row(capsys, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x1,y\n1,2\n2,loud\n")
    status, _, err = run(capsys, "x1", "--data", str(path))
    assert status == 2
    assert "column 'y' of data.csv holds 'loud' in line 3 of the file, row 2" in err


def test_json_tells_what_was_read(capsys, table):
    _, out, _ = run(capsys, "x1", "--data", table, "--json")
    data = json.loads(out)["data"]
    assert (data["file"], len(data["sha256"])) == ("data.csv", 64)


def test_many_rows_are_counted_and_not_all_spelled_out(capsys, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x1,y\n" + "1,2\n" * 40)
    _, out, _ = run(capsys, "x1", "--data", str(path), "--steps", "3")
    assert out.count("forward") == 12
    assert "... and 28 rows more" in out
    assert "after 3 steps" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["tanh(x1)", "--exact"], "tanh gives no fractions"),
        (["tanh(x1)", "--loss", "binary"], "goes with logistic"),
        (["tanh(x1)", "--loss", "cubic"], "--loss"),
        (["tanh(x1)", "--learning-rate", "fast"], "the learning rate"),
        (["tanh(x1)", "--learning-rate", "0"], "the learning rate must be above 0"),
        (["tanh(x3)"], "no column 'x3'"),
        (["tanh(x1"], "never closed"),
    ],
)
def test_what_is_wrong_is_one_sentence(capsys, table, arguments, says):
    status, out, err = run(capsys, *arguments, "--data", table)
    assert (status, out) == (2, "")
    assert says in err.splitlines()[0]


def test_a_saturated_unit_has_a_loss_that_its_line_can_say(capsys, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x1,y\n1,0\n-1,1\n")
    assert main(["step", "sigmoid(40x1)", "--data", str(table), "--loss", "binary"]) == 0
    text = capsys.readouterr().out
    # 1 - sigmoid(40) is 0 in float64, so that the loss of the first row is read off z.
    assert "L = -y ln(a) - (1 - y) ln(1 - a) = ln(1 + e^z) - y z, summed" in text
    assert text.count("L = 40\n") == 2
    assert "a(y1) = sigmoid(-40) ≈ 4.24835e-18" in text
    assert "a(y1) = sigmoid(40) ≈ 1\n" in text
