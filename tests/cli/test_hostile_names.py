"""Names that a stranger chose: shown, never obeyed, and never longer than a line."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from gradatim import load_network, save_network
from gradatim.cli import main
from gradatim.network.graph import Layer, Network

# What a terminal or a browser would obey, or hide; a line may end, and a tab does no harm.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff]"
)

NAMES = {
    "surrogate": "a\udcff",
    "controls": "a\x1b]0;PWN\x07\x1b[2J\x08\rb\x9b31m\x85b",
    "invisible": "a\u202eb\u2066c\u200f\u061c\u200b\u2060b\ufeff",
    "lines and mathematics": "$a^$\n\\frac{%&\u2028<#_{}\u2029",
    "long": "a" * 2_000 + "\x1b",
}
TEXTS = (".html", ".svg", ".tex", ".dot", ".mmd", ".txt")


@pytest.fixture(params=NAMES)
def name(request, tmp_path, monkeypatch):
    """Work in a folder with a table and a network that are full of one name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", "")
    # A file's name may hold half a character, a table may not.
    given = NAMES[request.param]
    name = given.encode("utf-8", "replace").decode()
    with open("table.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([name + "1", name + "2", name + "y"])
        for i in range(24):
            writer.writerow([i % 5, i // 5, name + "no" if i % 5 < 2 else name + "yes"])
    with open("rows.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
            [[name + "1", name + "y"], *([i, i % 3] for i in range(9))]
        )
    network = Network(
        [Layer([[1.0]], [0.0], "step")], input_names=[name + "1"], output_names=[name + "y"]
    )
    save_network(network, "saved.safetensors")
    return name, given


def commands(name, given):
    """Yield what is typed, with the name wherever one can stand, and as names of files."""
    y, yes = f"{name}y", f"{name}yes"
    climb = ["climb", "table.csv", "--target", y, "--folds", "3", "--repeats", "1", "--report"]
    climb += ["report.html", "--rungs", "majority", "linear", "shallow", "--save", "m.gradatim"]
    yield [*climb, "--json", "climb.json"]
    yield [*climb, "--rungs", "majority", "--json", "-"]
    yield ["climb", "table.csv", "--target", name]
    yield ["climb", given]
    yield ["eval", "x1", "--at", f"{given}=1"]
    yield ["separate", "table.csv", "--target", given]
    yield ["climb", "table.csv", "--target", y, "--rungs", name]
    yield ["eval", "saved.safetensors", "--data", "rows.csv"]
    yield ["eval", "saved.safetensors", "--at", f"{name}1=2"]
    yield ["eval", "saved.safetensors", "--at", "b=2"]
    yield ["eval", "saved.safetensors", "--data", "rows.csv", "--json"]
    yield ["eval", name]
    yield ["eval", "x1", "--at", f"x1={name}"]
    yield ["step", "saved.safetensors", "--data", "rows.csv"]
    yield ["step", f"1 {json.dumps(name + '1')} + 1", "--data", "rows.csv", "--target", y]
    yield ["step", f"1 {json.dumps(name + '1')}", "--data", "rows.csv", "--target", name]
    yield [
        "fit",
        "rows.csv",
        "--target",
        y,
        "-o",
        "fit.txt",
        "--graph",
        "fit.svg",
        "--plot",
        "p.svg",
    ]
    yield ["fit", "table.csv", "--target", y, "--activation", "sigmoid", "--graph", "fit.tex"]
    yield ["fit", "rows.csv", "--target", y, "--json"]
    yield ["fit", "table.csv", "--target", y]
    yield ["fit", name, "--target", "y"]
    for ending in ("svg", "tex", "dot", "mmd", "pdf"):
        yield ["draw", "saved.safetensors", "-o", f"drawn.{ending}"]
    yield ["draw", "x1", "--title", name, "-o", "titled.svg"]
    yield ["draw", "x1", "-o", f"{given[:40]}.gif"]
    yield ["draw", "x1", "-o", f"{given[:40]}.svg"]
    yield ["plot", "activations", name, "-o", "a.svg"]
    yield [
        "plot",
        "boundary",
        "saved.safetensors",
        "--data",
        "rows.csv",
        "--target",
        y,
        "-o",
        "b.svg",
    ]
    yield ["transform", "rows.csv", "--column", f"{name}1", "--target", y, "-o", "t.svg"]
    yield ["transform", "--points", f"1:{name},2:b", "--graph", "t.tex", "--network", "t.txt"]
    yield ["transform", "--points", name]
    separate = ["separate", "table.csv", "--target", y]
    yield [*separate, "-o", "s.svg", "--network", "s.txt", "--film", "film.svg", "--perceptron"]
    yield [
        *separate,
        "--hidden",
        "--seeds",
        "1",
        "--degree",
        "2",
        "-o",
        "h.svg",
        "--graph",
        "h.mmd",
    ]
    yield [*separate, "--json"]
    yield [*separate, "--positive", yes]
    yield [*separate, "--positive", name]
    yield [*separate, "--id", f"{name}1", "--columns", f"{name}2"]
    yield ["separate", "rows.csv", "--target", y]
    yield ["separate", "rows.csv", "--target", y, "--network", "n.txt"]
    yield ["race", "table.csv", "--target", y, "--seeds", "2", "--budgets", "20", "--contenders",
           "logistic", "-o", "race.html"]  # fmt: skip
    yield ["race", name]
    yield ["approximate", name]
    yield ["depth", "--teeth", name]
    yield ["capacity", "--points", name]
    yield ["exercises", "--topic", name]
    yield ["practice", "--count", name]
    yield [name]
    file = f"{given[:40]}.csv"
    shutil.copy("table.csv", file)
    shutil.copy("rows.csv", f"-{file}")
    yield ["climb", file, "--target", y, "--folds", "3", "--repeats", "1", "--report", "r2.html",
           "--rungs", "majority"]  # fmt: skip
    yield ["separate", file, "--target", y, "--json"]
    yield ["separate", file, "--target", y]
    yield ["separate", file, "--target", "z"]
    yield ["separate", file, "--target", y, "--network", file]
    yield ["fit", file, "--target", y, "--activation", "sigmoid"]
    yield ["race", file, "--target", y, "--seeds", "2", "--budgets", "20", "--contenders",
           "logistic", "--json", "-o", "race2.html"]  # fmt: skip
    yield ["eval", "saved.safetensors", "--data", f"./-{file}", "--json"]
    yield ["transform", file, "--column", f"{name}1", "--target", y]
    for ending in (".txt", ".safetensors", ".json"):
        shutil.copy("table.csv", f"{given[:40]}{ending}")
        yield ["eval", f"{given[:40]}{ending}", "--at", "x1=1"]
    yield ["eval", "x1", name]
    yield ["eval", "x1", f"--{name}"]
    yield ["eval", "x1", "--at", "x1=1", "--digits", name, "--debug"]


def test_nothing_that_a_terminal_or_browser_obeys_is_shown(name, capsys, tmp_path):
    name, given = name
    for command in commands(name, given):
        # Half a character is in names of files alone.
        if name != given and not any(given[:40] in word for word in command):
            continue
        status = main(command)
        out, err = capsys.readouterr()
        said = f"{' '.join(map(repr, command))[:300]}:\n{out[-1500:]}\n{err[-1500:]}"
        assert status in (0, 2), said
        assert not FORBIDDEN.search(out + err), said
        # A traceback shows the error as Python does.
        if "--json" not in command and "--debug" not in command:
            assert "a" * 81 not in out + err, said
        if status == 2 and "Traceback" not in err and "\n  " not in err:
            assert err.count("\n") == 1, said
    leaks = []
    for file in sorted(tmp_path.iterdir()):
        if file.suffix in TEXTS and file.read_bytes() != (tmp_path / "table.csv").read_bytes():
            text = file.read_text("utf-8")
            # An equation and its LaTeX are whole, so that they can be used.
            long = "a" * 81 in text and file.suffix not in (".txt", ".tex")
            leaks += [file.name] if FORBIDDEN.search(text) or long else []
    assert " ".join(leaks) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be given there")
def test_a_folder_of_sounds_may_be_called_anything(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", "")
    for k, kind in enumerate((NAMES["controls"], NAMES["invisible"])):
        folder = tmp_path / "sounds" / kind
        folder.mkdir(parents=True)
        for i in range(6):
            wave = np.sin(np.arange(4000) * (0.05 + 0.1 * k) + i)
            soundfile.write(folder / f"s\x1b[2J{i}.wav", wave, 16000)
    (tmp_path / "sounds" / NAMES["invisible"] / "no\x9bsound.wav").write_bytes(b"RIFF")
    options = ["--folds", "3", "--repeats", "1", "--rungs", "majority", "linear", "--report"]
    assert main(["climb", "sounds", *options, "r.html"]) == 0
    out, err = capsys.readouterr()
    assert not FORBIDDEN.search(out + err)
    assert not FORBIDDEN.search((tmp_path / "r.html").read_text("utf-8"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminals")
def test_progress_on_a_terminal_shows_the_name_of_a_file(tmp_path):
    import pty

    file = "a\x1b]0;PWN\x07\nb.csv"
    rows = [f"{i},{'ab'[i % 2]}" for i in range(30)]
    (tmp_path / file).write_text("\n".join(["x1,y", *rows]))
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "gradatim", "climb", file, "--target", "y", "--no-report"]
    command += ["--folds", "3", "--repeats", "1", "--rungs", "majority", "linear"]
    environment = {**os.environ, "TERM": "xterm", "GRADATIM_CACHE": ""}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    seen = b""
    while True:
        try:
            seen += (read := os.read(leader, 65536))
        except OSError:
            break
        if not read:
            break
    os.close(leader)
    assert process.wait() == 0
    assert b"reading a\\x1b]0;PWN\\x07\\nb.csv" in seen
    assert b"\x1b]" not in seen
    assert b"\x07" not in seen


def test_a_console_shows_controls_and_columns_keep_their_places(capsys):
    from gradatim.cli._print import SafeConsole, print_lines
    from gradatim.cli._streams import shown
    from gradatim.presentation.lines import Column, Grid

    with shown():
        SafeConsole().print("a\x1b]0;PWN\x07")
        rows = [[["\u202e\u202e"], ["1"]], [["abcdef"], ["2"]]]
        print_lines(SafeConsole(), [Grid([Column("name"), Column("n")], rows)])
    assert capsys.readouterr().out.splitlines() == [
        r"a\x1b]0;PWN",
        "name          n",
        r"\u202e\u202e  1",
        "abcdef        2",
    ]


def test_json_and_saved_networks_keep_names_to_the_letter(name, capsys):
    name, _ = name
    assert main(["eval", "saved.safetensors", "--data", "rows.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inputs"] == [name + "1"]
    assert main(["fit", "rows.csv", "--target", f"{name}y", "-o", "fit.txt"]) == 0
    capsys.readouterr()
    assert main(["eval", "fit.txt", "--data", "rows.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inputs"] == [name + "1"]
    assert load_network("saved.safetensors").output_names == (name + "y",)
