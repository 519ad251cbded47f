import json

import pytest

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
    assert "Theory counts: 11.98 = 1/4 integral of sqrt(|f''| / tolerance)." in text
    assert "Certified: the error is at most 0.0099" in text
    assert "units more (--json has all)" in text


def test_a_small_network_is_printed_whole_and_reads_back(shown):
    text = shown("x^2", "--on", "-1", "1", "--tolerance", "0.1")
    from gradatim import parse

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
        (["x", "-o", "none/a.svg"], "no folder"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(arguments, words, tmp_path, capsys):
    assert main(["approximate", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
