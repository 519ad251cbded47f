import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradatim import Model
from gradatim.cli import main
from gradatim.models.learners import Constant
from gradatim.music.tags import read_tag
from gradatim.tagging.sidecars import SIDECAR

DRUMS = ("bd_808.flac", "bd_ada.flac", "bd_boom.flac")


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """Run in a folder with a model that says kick, and three drums."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    root = tmp_path / "in"
    root.mkdir()
    source = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "drums", "kick")
    for name in DRUMS:
        shutil.copy(os.path.join(source, name), root / name)
    classes = np.array(["kick", "snare"])
    Model("majority", "", "classification", Constant(np.array([0.2])), classes=classes).save(
        "drums.gradatim"
    )
    return root


def run(typed):
    return main(typed.split())


def contents(root):
    return {path.name: path.read_bytes() for path in sorted(root.iterdir())}


def test_a_dry_run_shows_old_and_new_and_writes_nothing(inside, capsys):
    before = contents(inside)
    assert run("predict drums.gradatim in --write-tags genre") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "in, 3 files: kick 3"
    assert lines[1].split() == ["path", "genre", "now", "genre", "new"]
    assert [line.split() for line in lines[2:5]] == [[name, "-", "kick"] for name in DRUMS]
    assert lines[6:] == [
        "tag genre: 3 files would change",
        "nothing was written; --apply writes",
    ]
    assert contents(inside) == before


def test_tags_are_written_and_taken_back(inside, capsys):
    before = contents(inside)
    typed = "predict drums.gradatim in --write-tags genre --apply --json said.json -o tags.csv"
    assert run(typed) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        "tag genre: 3 files changed",
        f"what was there is in {SIDECAR} of each folder; gradatim untag takes it back",
    ]
    assert [read_tag(inside / name, "genre") for name in DRUMS] == ["kick"] * 3
    whole = json.loads((inside.parent / "said.json").read_text())
    assert whole["n_samples"] == 3
    assert whole["tags"] == {
        "field": "genre",
        "applied": True,
        "changes": [{"path": name, "before": None, "after": ["kick"]} for name in DRUMS],
        "n_same": 0,
        "n_silent": 0,
        "left": [],
    }
    assert main(["untag", "in"]) == 0
    assert capsys.readouterr().out == "in: tags from before given back to 3 files\n"
    assert contents(inside) == before


def test_where_the_model_abstains_no_tag_is_written(inside, capsys):
    typed = "predict drums.gradatim in --write-tags genre --apply --abstain-below 0.9"
    before = contents(inside)
    assert run(typed) == 0
    assert "tag genre: 0 files changed, 3 without a prediction" in capsys.readouterr().out
    assert contents(inside) == before


def test_files_that_cannot_be_tagged_have_a_line_each(inside, capsys):
    (inside / DRUMS[0]).chmod(0o444)
    (inside / "link.flac").symlink_to(DRUMS[1])
    (inside / "bad.mp3").write_bytes(b"no sound")
    assert run("predict drums.gradatim in --write-tags mood --apply") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "tag mood: 2 files changed, 3 left"
    left = [line.removeprefix("left: ").split(" ", 1) for line in lines if line.startswith("left")]
    assert [name for name, _ in left] == ["bad.mp3", DRUMS[0], "link.flac"]
    assert left[1][1] == "is read-only"
    assert left[2][1].startswith("is a link; ")


def test_where_no_file_can_be_tagged_the_status_is_2(inside, capsys):
    for name in DRUMS:
        (inside / name).chmod(0o444)
    assert run("predict drums.gradatim in --write-tags mood --apply --json a.json") == 2
    said = capsys.readouterr()
    assert said.out.count("is read-only") == 3
    assert said.err == "gradatim: no file can be given a tag; the reason stands with each file\n"
    assert len(json.loads((inside.parent / "a.json").read_text())["tags"]["left"]) == 3


def test_with_json_on_standard_output_nothing_else_stands_there(inside, capsys):
    assert run("predict drums.gradatim in --write-tags genre --json -") == 0
    tags = json.loads(capsys.readouterr().out)["tags"]
    assert (tags["applied"], len(tags["changes"])) == (False, 3)


def test_untag_names_what_has_changed_and_force_restores_it(inside, capsys):
    before = contents(inside)
    assert run("predict drums.gradatim in --write-tags genre --apply") == 0
    for name in DRUMS:
        from mutagen.flac import FLAC

        file = FLAC(inside / name)
        file["genre"] = "Jazz"
        file.save(padding=lambda info: info.padding)
    capsys.readouterr()
    assert main(["untag", "in"]) == 2
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "in: tags from before given back to 0 files, 3 left"
    assert said.out.splitlines()[1] == (
        f"left: {DRUMS[0]} has another genre since; --force restores it all the same"
    )
    assert said.err == "gradatim: no tag could be taken back; the reason stands with each file\n"
    assert main(["untag", "in", "--force"]) == 0
    assert contents(inside).keys() == before.keys()
    assert read_tag(inside / DRUMS[0], "genre") is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("predict drums.gradatim in --apply", "say which, such as --write-tags genre"),
        ("predict drums.gradatim in --write-tags title", "says which recording it is"),
        ("predict drums.gradatim in --write-tags bpm", "'kick' is none"),
        ("predict drums.gradatim in --write-tags a=b", "cannot name a tag"),
        ("predict drums.gradatim rows.csv --write-tags genre", "is no audio"),
        ("untag in", "there is nothing to take back"),
        ("untag nothing", "there is no file or folder nothing"),
        ("untag", "a folder, with all folders below it"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(typed, said, inside, capsys):
    (inside.parent / "rows.csv").write_text("a\n1\n")
    before = contents(inside)
    assert run(typed) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradatim: ")
    assert said in error
    assert error.count("\n") == 1
    assert contents(inside) == before


@pytest.mark.parametrize("typed", ["predict drums.gradatim in --write-tags genre", "untag in"])
def test_without_mutagen_nothing_begins(typed, inside, capsys, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "mutagen" else find(name)
    )
    assert run(typed) == 2
    assert "pip install 'gradatim[tags]'" in capsys.readouterr().err


def test_a_prediction_without_tags_loads_no_mutagen(inside):
    code = (
        "import sys; from gradatim.cli import main; "
        "assert main(['predict', 'drums.gradatim', 'in']) == 0; sys.exit('mutagen' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode
        == 0
    )


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_leaves_every_file_whole_and_is_taken_back(inside):
    before = contents(inside)
    # Killed where the second file would take the place of the first.
    code = (
        "import os, signal; import gradatim._files as files; replace, n = os.replace, []\n"
        "def kill(a, b):\n"
        "    n.append(b)\n"
        "    if len(n) == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    replace(a, b)\n"
        "os.replace = kill\n"
        "from gradatim.cli import main\n"
        "main('predict drums.gradatim in --write-tags genre --apply'.split())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert (inside / SIDECAR).is_file()
    assert [read_tag(inside / name, "genre") for name in DRUMS] == ["kick", None, None]
    assert main(["untag", "in"]) == 0
    after = contents(inside)
    assert {name: after[name] for name in DRUMS} == before


def test_what_came_back_is_written_as_json(inside, capsys):
    assert run("predict drums.gradatim in --write-tags genre --apply") == 0
    (inside / DRUMS[0]).unlink()
    capsys.readouterr()
    assert run("untag in --json back.json") == 0
    said = json.loads(Path("back.json").read_text())
    assert (said["n_restored"], said["n_same"], said["n_forgotten"]) == (2, 0, 0)
    [left] = said["left"]
    assert left["path"] == DRUMS[0]
    assert "is gone" in left["reason"]
    assert "json: " in capsys.readouterr().out
    assert run("untag in --force --json -") == 0
    assert json.loads(capsys.readouterr().out)["n_forgotten"] == 1
    assert run("untag in --json back.txt") == 2
    assert ".json" in capsys.readouterr().err
