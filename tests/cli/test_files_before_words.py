"""Files come before words: whoever stops reading what a verb says loses none of its files."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from gradatim.cli import app, main
from gradatim.models import Model
from gradatim.models.learners import AveragedNetworks, Constant
from gradatim.network import Layer, Network
from gradatim.scalers import Scaler
from gradatim.tagging.sidecars import SidecarEntry, write_sidecar

TABLE = "x1,x2,label\n0,0,a\n0,1,b\n1,0,b\n1,1,b\n0.2,0.1,a\n0.9,0.8,b\n0.1,0,a\n1,0.9,b\n"
ROWS = "x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(8))

# What is typed for every verb that writes files, with all of them.
COMMANDS = {
    "climb": "table.csv --target label --folds 3 --repeats 1 --rungs majority linear --json a.json "
    "--report b.html --predictions c.csv --figures a.figures --save c.gradatim "
    "--save-rung majority d.gradatim",
    "features": "sounds --output a.parquet --json b.json",
    "inspect": "table.csv --target label --json a.json",
    "predict": "model.gradatim table.csv --output a.csv --json b.json",
    "untag": "tagged --force --json a.json",
    "explain": "kept.gradatim table.csv --row 2 --output a.svg --json b.json",
    "layers": "hidden.gradatim table.csv --target label --output a.html --json b.json",
    "score": "model.gradatim table.csv --target label --json a.json",
    "fit": "rows.csv --target y --output a.txt --graph b.svg --plot c.svg",
    "draw": "x1+2 --output a.svg",
    "plot activations": "tanh --output a.svg",
    "plot boundary": "step(x1-2x2) --output a.svg",
    "transform": "--points 10:0,30:1 --output a.svg --graph b.tex --network c.txt",
    "separate": "table.csv --target label --hidden --seeds 1 --output a.svg --graph b.svg "
    "--network c.txt --film d.svg",
    "capacity": "--dimensions 1 --trials 1 --output a.svg",
    "depth": "--teeth 4 --seeds 0 --output a.svg --graph b.svg --network c.txt",
    "race": "xor --budgets 20 --seeds 2 --samples 30 --contenders perceptron --output a.html "
    "--film b.svg",
    "approximate": "x --tolerance 0.1 --output a.svg --graph b.svg --network c.txt",
    "exercises": "--count 1 --output a.md",
    "lab": "xor --questions 1 --output a.html",
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")


def verbs(program=app, chain=()):
    """Yield the words that name each verb, and the parser of it."""
    names = [name for name in program if not name.startswith("-")]
    if not names or program.default_command is not None:
        yield " ".join(chain), program
    for name in names:
        yield from verbs(program[name], (*chain, name))


def outputs(verb):
    """Return the options of a verb that name a file to be written."""
    found = set()
    for one in verb.assemble_argument_collection():
        metavar = one.parameter.metavar or ""
        read = not one.name.startswith("--") or metavar in ("TABLE", "COLUMN|FILE", "FOLDER")
        if not read and (metavar == "DIR" or "FILE" in metavar or "Path" in str(one.hint)):
            found.add(one.name)
    return found


def files(command):
    return re.findall(r"\b[a-d]\.[a-z]+\b", COMMANDS[command])


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Return the file of a constant, which every table is good enough for."""
    classes = np.array(["a", "b"])
    constant = Model("majority", "", "classification", Constant(np.array([0.5])), classes=classes)
    return constant.save(tmp_path_factory.mktemp("model") / "model.gradatim")


@pytest.fixture
def folder(tmp_path, model):
    (tmp_path / "model.gradatim").write_bytes(model.read_bytes())
    network = Network([Layer([[1.0, -1.0]], [0.0])])
    ones, learner = np.ones(2), AveragedNetworks((network,), probabilistic=False)
    more = {"classes": np.array(["a", "b"]), "feature_names": ("x1", "x2")}
    kept = Model("linear", "x", "classification", learner, Scaler(ones, ones, ones), **more)
    kept.save(tmp_path / "kept.gradatim")
    hidden = AveragedNetworks((Network([*network.layers, Layer([[1.0]], [0.0])]),), False)
    replace(kept, rung="shallow", input="features", learner=hidden).save(
        tmp_path / "hidden.gradatim"
    )
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "sounds").mkdir()
    (tmp_path / "tagged").mkdir()
    write_sidecar(tmp_path / "tagged", {"gone.flac": SidecarEntry(1, "")})
    soundfile.write(tmp_path / "sounds" / "a.wav", np.sin(np.arange(3000)), 22050)
    return tmp_path


def process(command, folder, before=(), **options):
    """Type a command in a process of its own."""
    typed = [sys.executable, "-m", "gradatim", *shlex.split(f"{command} {COMMANDS[command]}")]
    return subprocess.run([*before, *typed], cwd=folder, check=False, **options)


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Type a command in this process, with another standard output; return what it says of it."""
    monkeypatch.chdir(folder)

    def run(command, stdout):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stdout)
            return main(shlex.split(f"{command} {COMMANDS[command]}")), capsys.readouterr().err

    return run


@pytest.fixture
def dead_pipe():
    """Return a file that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    with open(write, "w", encoding="utf-8") as stdout:
        yield stdout


def test_every_option_that_names_an_output_is_tried_here():
    known = {name: outputs(verb) for name, verb in verbs() if outputs(verb)}
    assert known == {
        name: set(re.findall("--[a-z-]+(?= (?:majority )?[a-d]\\.)", typed))
        for name, typed in COMMANDS.items()
    }


def missing(command, folder):
    return [file for file in files(command) if not (folder / file).exists()]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dead_pipe_loses_no_file(command, folder, run, dead_pipe):
    assert run(command, dead_pipe) == (0, "") or command == "exercises"
    assert missing(command, folder) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_output_loses_no_file_and_is_told(command, folder, run):
    # What Python gives a process whose standard output is closed.
    status, err = run(command, None)
    assert missing(command, folder) == []
    # An exam says on standard error what it wrote.
    assert status == (0 if command == "exercises" else 2)
    assert ("standard output is closed" in err) == (command != "exercises")


@pytest.mark.parametrize("command", ["inspect", "transform"])
def test_whole_processes_lose_no_file_either(command, folder, dead_pipe):
    pipes = {"stdout": dead_pipe, "stderr": subprocess.PIPE, "text": True}
    done = process(command, folder, **pipes)
    assert (done.returncode, done.stderr, missing(command, folder)) == (0, "", [])
    for file in files(command):
        (folder / file).unlink()
    done = process(command, folder, ("sh", "-c", '"$@" >&-', "sh"), **pipes)
    assert (done.returncode, missing(command, folder)) == (2, [])
    assert "standard output is closed" in done.stderr


def test_where_nobody_reads_the_errors_either_nothing_is_lost(folder, dead_pipe):
    for command in ("exercises", "transform"):
        done = process(command, folder, stdout=dead_pipe, stderr=dead_pipe)
        assert (done.returncode, missing(command, folder)) == (0, [])


def test_no_verb_ends_well_without_its_file(folder, monkeypatch, run, dead_pipe):
    (folder / "xor.csv").write_text("x1,x2,label\n0,0,a\n0,1,b\n1,0,b\n1,1,a\n")
    monkeypatch.setitem(COMMANDS, "separate", "xor.csv --target label --network a.txt")
    status, err = run("separate", dead_pipe)
    assert status == 2
    assert "nothing was written to a.txt" in err
    assert err.count("\n") == 1


def test_a_file_that_fails_keeps_neither_the_others_nor_the_words_from_coming(capsys, tmp_path):
    from gradatim.cli._output_files import deliver, writer
    from gradatim.errors import OutputError

    def fail(path: Path) -> Path:
        raise OutputError(f"{path.name} cannot be written")

    paths = tmp_path / "a", tmp_path / "b"
    writers = [*writer(paths[0], fail), *writer(paths[1], lambda path: path)]
    with pytest.raises(OutputError, match="a cannot be written"):
        deliver(writers, lambda: print("found"), print)
    assert capsys.readouterr().out == f"found\nwrote {paths[1]}\n"
