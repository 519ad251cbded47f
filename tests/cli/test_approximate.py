import json
import re

import numpy as np
import pytest

from gradatim import parse
from gradatim.cli import main


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shown(capsys):
    """Return what ``gradatim approximate`` prints."""

    def show(*arguments):
        assert main(["approximate", *arguments]) == 0
        return capsys.readouterr().out

    return show


def test_units_theory_and_certificate_are_printed(shown):
    text = shown("sin(2*pi*x)", "--on", "0", "1", "--tolerance", "0.01", "--activation", "relu")
    assert "Hidden units: 12 relu." in text
    assert "Theory counts: ≈11.98 = 1/4 integral of sqrt(|f''| / tolerance)." in text
    assert "Certified: the error is at most 0.0099" in text
    assert "        - 1.33414 relu(-x + 0.0796989)" in text
    assert "weights are rounded to 6 digits, which keep the tolerance; --json" in text


def test_of_a_wide_network_the_first_units_are_printed(shown):
    text = shown("sin(2*pi*x)", "--tolerance", "0.0005")
    assert "units more (weights are rounded to 4 digits; --json and --network FILE.txt" in text
    assert text.count("relu(") == 6


def read_back(text):
    """Return the network that the second paragraph prints, and the bound that follows."""
    paragraph = text.split("\n\n")[1]
    equation = " ".join(line for line in paragraph.splitlines() if "(weights" not in line)
    return parse(equation), float(re.search(r"the error is at most (\S+) everywhere", text)[1])


@pytest.mark.parametrize(
    ("function", "on", "tolerance", "activation"),
    [
        ("sin(x)", (-3.2, 3.2), 0.001, "tanh"),
        ("sin(2*pi*x)", (0, 1), 0.01, "relu"),
        ("sin(2*pi*x)", (0, 1), 0.1, "step"),
        ("exp(x)", (0, 1), 0.01, "sigmoid"),
        ("x*y", (0, 1), 0.05, "relu"),
    ],
)
def test_the_formula_that_is_printed_keeps_the_bound_that_is_printed(
    shown, function, on, tolerance, activation
):
    options = ["--on", *map(str, on), "--tolerance", str(tolerance), "--activation", activation]
    network, bound = read_back(shown(function, *options))
    names = {"x": 0, "y": 1} if "y" in function else {"x": 0}
    X = np.random.default_rng(0).uniform(*on, (20_000, len(names)))
    values = {name: X[:, j] for name, j in names.items()}
    known = {"sin": np.sin, "exp": np.exp, "pi": np.pi}
    expected = eval(function, known | values)  # the test's own text
    assert np.abs(network(X)[:, 0] - expected).max() <= bound <= tolerance


def test_with_digits_that_are_asked_for_the_certificate_is_that_of_the_rounded_network(shown):
    options = ["--on", "-3.2", "3.2", "--tolerance", "0.001", "--activation", "tanh"]
    text = shown("sin(x)", *options, "--digits", "4")
    network, bound = read_back(text)
    x = np.linspace(-3.2, 3.2, 20_001)
    assert 0.0877 < np.abs(network(x[:, None])[:, 0] - np.sin(x)).max() <= bound
    assert "which is above the tolerance" in text
    assert "With all digits it is at most 9.28" in text


def test_a_small_network_is_printed_whole_and_reads_back(shown):
    text = shown("x^2", "--on", "-1", "1", "--tolerance", "0.1")
    [line] = [line for line in text.splitlines() if "relu(" in line]
    network = parse(line)
    assert all(abs(network([[x]]).item() - x * x) <= 0.1 for x in (-1, -0.5, 0, 0.3, 1))


def test_json_has_every_weight_and_the_certificate(shown):
    found = json.loads(shown("x*y", "--tolerance", "0.1", "--activation", "step", "--json"))
    assert found["on"] == [[0.0, 1.0], [0.0, 1.0]]
    assert len(found["network"]["weight"]) == len(found["network"]["bias"]) == found["units"]
    assert found["bound"]["lower"] <= found["bound"]["upper"] <= 0.1
    assert {"schema", "gradatim", "function", "activation"} <= set(found)


def test_trained_networks_stand_beside_it(shown):
    options = ["--trained", "--seeds", "4", "--epochs", "20"]
    found = json.loads(shown("x^2", "--tolerance", "0.02", *options, "--json"))
    assert len(found["trained"]["bounds"]) == 4
    low, middle, high = found["trained"]["quartiles"]
    assert low <= middle <= high
    assert found["trained"]["protocol"]["seeds"] == 4
    assert len(found["trained"]["protocol"]["data_sha256"]) == 64
    assert "4 networks of" in shown("x^2", "--tolerance", "0.02", *options)


def test_error_against_width_is_a_table_and_a_picture(shown, tmp_path):
    text = shown("exp(x)", "--widths", "4,2,8", "-o", "rates.svg")
    rows = [line.split() for line in text.splitlines() if line.strip()[:1].isdigit()]
    assert [row[0] for row in rows] == ["2", "4", "8"]
    errors = [float(row[1]) for row in rows]
    assert errors == sorted(errors, reverse=True)
    assert "theory: 1/n²" in (tmp_path / "rates.svg").read_text("utf-8")


def test_pictures_are_written_on_request(shown, tmp_path):
    text = shown("x^2", "--tolerance", "0.1", "-o", "f.svg", "--graph", "net.tex")
    assert text.endswith(f"wrote {tmp_path / 'f.svg'}\nwrote {tmp_path / 'net.tex'}\n")
    assert "network less f" in (tmp_path / "f.svg").read_text("utf-8")


def test_an_error_points_at_its_place(capsys):
    assert main(["approximate", "2 + 1/x", "--on", "-1", "1"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert "the denominator is 0, or cannot be told from 0, near x = 0" in lines[0]
    assert lines[1:] == ["  2 + 1/x", "       ^"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sin x"], "in brackets"),
        (["x", "--on", "1", "0"], "smaller end first"),
        (["x", "--on", "0", "1", "2"], "two numbers, or four"),
        (["x", "--tolerance", "0"], "tolerance must be above 0"),
        (["x", "--activation", "gelu"], "activation"),
        (["x", "--activation", "step", "--trained"], "no slope to follow"),
        (["x", "--widths", "2,two"], "--widths takes numbers"),
        (["x*y", "--widths", "2"], "one variable"),
        (["x", "--widths", "2", "--graph", "a.svg"], "leave out --widths"),
        (["x", "--seeds", "0"], "at least 1"),
        (["x", "-o", "a.tex"], "names no format"),
        (["x", "-o", "a.svg", "--graph", "a.svg"], "give two files"),
        (["x", "--network", "a.svg"], "end it in .txt"),
        (["x", "--widths", "2,4", "--network", "a.txt"], "leave out --widths"),
        (["x", "-o", "none/a.svg"], "no folder"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(arguments, words, tmp_path, capsys):
    assert main(["approximate", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_ones_and_zeros_are_left_out(shown):
    text = shown("sin(2*pi*x)", "--on", "-1", "1", "--tolerance", "0.01")
    assert not re.search(r"\b1 ?[xr]|- 0\b(?!\.)", text)


def test_the_interval_and_the_tolerance_are_written_as_they_were_given(shown):
    text = shown("x^2", "--on", "-0.12345678", "1", "--tolerance", "0.123456789")
    assert text.startswith("x^2 on [-0.12345678, 1], tolerance 0.123456789.\n")


@pytest.mark.parametrize("arguments", [["sin(3*x)"], ["abs(x - y)", "--on", "-1", "1"]])
def test_json_says_what_was_asked_and_holds_an_equation_that_eval_reads(shown, arguments, capsys):
    found = json.loads(shown(*arguments, "--tolerance", "0.05", "--json"))
    assert found["seed"] is None
    assert found["protocol"]["certificate"].startswith("float64")
    assert len(found["sha256"]) == 64
    inputs = "x=0.3" if len(found["on"]) == 1 else "x=0.3,y=0.1"
    assert main(["eval", found["equation"], "--at", inputs, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    hidden, output = np.array(found["network"]["weight"]), found["network"]["output_weight"]
    z = hidden @ np.array([0.3, 0.1])[: len(found["on"])] + found["network"]["bias"]
    expected = np.maximum(z, 0) @ output + found["network"]["output_bias"]
    assert rows[0]["outputs"][0]["value"] == pytest.approx(expected, rel=1e-12)


def test_the_hash_tells_questions_apart_and_the_seed_is_that_of_training(shown):
    def asked(*options):
        found = json.loads(shown("x^2", "--tolerance", "0.1", *options, "--json"))
        return found["sha256"], found["seed"]

    trained = ["--trained", "--seeds", "1", "--epochs", "1", "--seed"]
    assert asked() == asked("--on", "0", "1")
    answers = [asked(), asked("--on", "0", "2"), asked(*trained, "3"), asked(*trained, "4")]
    assert len({digest for digest, _ in answers}) == 4
    assert [seed for _, seed in answers] == [None, None, 3, 4]


def test_the_network_itself_is_saved_and_reads_back(shown, tmp_path):
    from gradatim.persistence import load_network

    asked = ["exp(x)", "--tolerance", "0.01"]
    found = json.loads(shown(*asked, "--network", "net.txt", "-o", "f.svg", "--json"))
    shown(*asked, "--network", "net.safetensors")
    equation = (tmp_path / "net.txt").read_text("utf-8").strip()
    assert equation == found["equation"]
    assert parse(equation) == load_network(tmp_path / "net.safetensors")
    assert (tmp_path / "f.svg").is_file()
    assert main(["draw", "net.txt", "-o", "net.svg"]) == 0


def test_ctrl_c_ends_in_one_sentence_that_says_what_was_done(monkeypatch, capsys):
    def interrupted(*arguments, progress):
        progress(None, "choosing units: 9 err by 0.3")
        raise KeyboardInterrupt

    monkeypatch.setattr("gradatim.approximation.approximate", interrupted)
    assert main(["approximate", "abs(x - y)"]) == 130
    said = capsys.readouterr().err
    assert said == ("gradatim: stopped by Ctrl-C while choosing units: 9 err by 0.3\n")
