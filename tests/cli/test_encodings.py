"""Every encoding that a console may have: nothing ends in a traceback, and words stay readable."""

import io
import json
import sys
from xml.etree import ElementTree

import pytest

from gradatim._text import readable
from gradatim.cli import main
from gradatim.exercises import make_exam, render_exam

ENCODINGS = ("cp1252", "ascii", "cp437", "utf-8")

COMMANDS = [
    ["eval", "σ(0.8x₁ + 0.4)", "--at", "x1=1"],
    ["eval", "no equation: ₁≥▸"],
    ["step", "x1 + 1", "--data", "ŷ.csv", "--target", "β"],
    ["fit", "ŷ.csv", "--target", "β"],
    ["separate", "ŷ.csv", "--target", "β", "--positive", "1"],
    ["transform", "--points", "10:né,30:σ"],
    ["exercises", "--count", "40"],
    ["exercises", "--count", "40", "--answers", "--format", "tex"],
    ["practice", "--count", "40", "--seed", "1"],
    ["data"],
    ["race", "xor", "--budgets", "20", "--seeds", "2", "--samples", "30", "--contenders",
     "logistic"],
    ["race"],
    ["climb", "ŷ.csv", "--target", "β", "--folds", "3", "--repeats", "1", "--no-report", "--rungs",
     "majority", "linear"],
    ["depth", "--teeth", "4", "--seeds", "0"],
    ["capacity", "--dimensions", "1", "--trials", "1"],
    ["approximate", "sin(x)", "--tolerance", "0.1"],
    ["--help"],
]  # fmt: skip


@pytest.fixture(params=ENCODINGS)
def console(request, monkeypatch, tmp_path):
    """Return what runs a command on a console of an encoding, and returns what it shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", "")
    (tmp_path / "ŷ.csv").write_text(
        "x1,β\n" + "".join(f"{i},{i % 2}\n" for i in range(12)), "utf-8"
    )

    def run(command):
        streams = [io.TextIOWrapper(io.BytesIO(), request.param) for _ in range(2)]
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        monkeypatch.setattr(sys, "stdin", io.StringIO("a\n1/2\n" * 99))
        status = main(command)
        for stream in streams:
            stream.flush()
        return status, *(stream.buffer.getvalue().decode(request.param) for stream in streams)

    return run


def test_no_console_is_too_poor_for_a_verb(console):
    for command in COMMANDS:
        status, _, err = console(command)
        assert status == (2 if command[1:] == COMMANDS[1][1:] else 0), (command, err)
        assert "Traceback" not in err
        assert "fault" not in err


def test_a_document_says_the_same_in_every_encoding(console):
    exam, typed = make_exam(count=40), ["exercises", "--count", "40", "--answers", "--format"]
    _, text, _ = console([*typed, "json"])
    assert json.loads(text) == json.loads(render_exam(exam, "json"))
    _, page, _ = console([*typed, "moodle"])
    words = [ElementTree.canonicalize(xml) for xml in (page, render_exam(exam, "moodle"))]
    assert words[0].strip() == words[1].strip()
    status, found, _ = console(["fit", "ŷ.csv", "--target", "β", "--json"])
    assert (status, json.loads(found)["outputs"]) == (0, ["β"])


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("▸ ● ≥ ≤ \u2212 …", "ascii", "> o >= <= - ..."),
        ("x₁² + w₀ · ŷ", "ascii", "x_1^2 + w_0 * y^"),
        ("x₁² ± é", "cp1252", "x_1² ± é"),
        ("σ(z), Δ, ½", "latin-1", "sigma(z), Delta, ½"),
        ("Dvořák, Łódź", "ascii", "Dvorak, Lodz"),
        ("音", "ascii", r"\u97f3"),
    ],
)
def test_what_an_encoding_lacks_is_replaced_by_what_a_person_reads(text, encoding, shown):
    assert readable(text, encoding) == shown
    shown.encode(encoding)


def test_columns_stand_below_each_other_where_a_character_becomes_two(monkeypatch):
    from gradatim.cli._print import SafeConsole, print_lines
    from gradatim.presentation.lines import Column, Grid

    stream = io.TextIOWrapper(io.BytesIO(), "ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    print_lines(SafeConsole(), [Grid([Column("x₀", right=True), Column("x₁")], [[["12"], ["3"]]])])
    stream.flush()
    assert stream.buffer.getvalue().decode().splitlines() == ["x_0  x_1", " 12  3  "]
