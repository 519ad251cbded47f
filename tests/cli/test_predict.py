import json
import os
import shutil

import numpy as np
import pytest

from gradatim import Model, climb_collection, load_model, read_folder, read_table
from gradatim.cli import main
from gradatim.models.learners import Constant

TABLE = "a,b,kind\n" + "".join(f"{k},{k * k % 7},{'xy'[k // 15]}\n" for k in range(30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a model of a table and one of drums."""
    root = tmp_path_factory.mktemp("predict")
    (root / "rows.csv").write_text(TABLE)
    options = {"rungs": ["majority", "logistic"], "folds": 3, "repeats": 1, "keep": ["logistic"]}
    rows = climb_collection(read_table(root / "rows.csv", "kind"), **options)
    rows.find_model("logistic").save(root / "rows.gradatim")
    drums = climb_collection(read_folder("examples/drums", n_jobs=1), **options)
    drums.find_model("logistic").save(root / "drums.gradatim")
    for name in ("kick", "snare"):
        shutil.copytree(f"examples/drums/{name}", root / "in" / "new" / name)
    return root


@pytest.fixture
def inside(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return folder


def test_without_a_file_every_row_is_on_the_screen(inside, capsys):
    assert main(["predict", "rows.gradatim", "rows.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["path", "prediction", "probability", "x", "y"]
    proba = load_model("rows.gradatim").predict_proba(np.array([[0, 0]]))[0]
    assert lines[1].split() == ["row", "1", "x", f"{proba[0]:.3f}", *(f"{p:.3f}" for p in proba)]
    assert len(lines) == 1 + 30 + 2
    assert lines[-1] == "rows.csv, 30 rows: x 15, y 15"


def test_a_narrow_screen_keeps_the_prediction(inside, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["predict", "drums.gradatim", "in"]) == 0
    first = min(path.name for path in (inside / "in/new/kick").iterdir())
    expected = ["path", "prediction", "probability", f"new/kick/{first}"]
    assert capsys.readouterr().out.split()[:4] == expected


def test_files_hold_what_the_object_holds(inside, capsys):
    typed = "predict drums.gradatim in -o tags.json --json all.json --abstain-below 0.8 --jobs 1"
    assert main(typed.split()) == 0
    shown = capsys.readouterr().out.splitlines()
    whole = json.loads((inside / "all.json").read_text())
    assert whole["predictions"] == json.loads((inside / "tags.json").read_text())
    assert whole["schema"] == 1
    assert whole["model"]["rung"] == "logistic"
    assert list(whole["predictions"][0])[:3] == ["path", "prediction", "probability"]
    assert all(row["path"].startswith("new/") for row in whole["predictions"])
    doubtful = [row for row in whole["predictions"] if row["probability"] < 0.8]
    assert 0 < len(doubtful) == whole["n_abstained"]
    assert {row["prediction"] for row in doubtful} == {None}
    assert shown[0].endswith(f", no prediction below 0.8: {len(doubtful)}")
    assert [line.partition(" ")[0] for line in shown[1:]] == ["wrote", "json:"]
    assert main(["predict", "drums.gradatim", "in", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["n_abstained"] == 0


def test_a_folder_gets_playlists_of_its_classes(inside, capsys):
    (inside / "lists").mkdir()
    assert main(["predict", "drums.gradatim", "in", "-o", "lists"]) == 0
    names = sorted(path.name for path in (inside / "lists").iterdir())
    assert names == [f"{name}.m3u8" for name in ("cymbal", "hihat", "kick", "snare", "tom")]
    entries = (inside / "lists" / "kick.m3u8").read_text().splitlines()[1:]
    assert len(entries) > 5
    assert all((inside / "lists" / entry).is_file() for entry in entries)
    assert capsys.readouterr().out.splitlines()[-1].startswith("wrote 5 playlists into ")


def test_sets_are_on_the_screen_and_in_files(inside, capsys):
    typed = "predict drums.gradatim in --coverage 0.9 --json all.json --jobs 1"
    assert main(typed.split()) == 0
    shown = capsys.readouterr().out
    assert shown.split()[:4] == ["path", "prediction", "probability", "set"]
    assert "sets are made to hold the true class of 0.9 of the samples" in shown
    whole = json.loads((inside / "all.json").read_text())
    [threshold] = whole["thresholds"]
    names = ("cymbal", "hihat", "kick", "snare", "tom")
    for row in whole["predictions"]:
        probable = [name for name in names if 1 - row[name] <= threshold]
        assert row["set"] == "|".join(probable or [row["prediction"]])


def test_a_file_with_a_line_break_in_its_name_costs_no_playlist(inside, capsys):
    kick = next((inside / "in/new/kick").iterdir())
    for name in ("a.flac", "a\nb.flac"):
        (inside / "broken").mkdir(exist_ok=True)
        shutil.copy(kick, inside / "broken" / name)
    assert main(["predict", "drums.gradatim", "broken", "-o", "broken.m3u8"]) == 0
    assert (inside / "broken.m3u8").read_text() == "#EXTM3U\n./broken/a.flac\n"
    shown = " ".join(capsys.readouterr().out.split())
    assert "broken.m3u8, without 1 file whose path has a line break: a\\nb.flac" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nothing.gradatim rows.csv", "nothing.gradatim"),
        ("rows.csv rows.csv", "rows.csv"),
        ("rows.gradatim in", "no recipe computes from audio"),
        ("drums.gradatim rows.csv", "lacks the columns mfcc_1_mean, "),
        ("rows.gradatim nothing.csv", "there is no file"),
        ("rows.gradatim nothing.csv --id a", "there is no file"),
        ("drums.gradatim in --id a --delimiter bar", "--id, --delimiter does not go with in, a fo"),
        ("rows.gradatim rows.csv -o a.txt", "names no format of predictions"),
        ("rows.gradatim rows.csv -o rows.csv", "is read as input"),
        ("rows.gradatim rows.csv -o none/", "names no format of predictions"),
        ("rows.gradatim rows.csv -o a.json --json a.json", "both name"),
        ("rows.gradatim rows.csv -o a.m3u8", "is no audio"),
        ("rows.gradatim rows.csv --abstain-below 2", "abstain-below"),
        ("rows.gradatim rows.csv --coverage 1", "coverage"),
        ("rows.gradatim rows.csv --coverage 0.99", "cannot promise a coverage of 0.99"),
        ("rows.gradatim rows.csv --id nobody", "has no column 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(typed, said, inside, capsys):
    before = sorted(inside.iterdir())
    assert main(["predict", *typed.split()]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradatim: ")
    assert said in error
    assert error.count("\n") == 1
    assert sorted(inside.iterdir()) == before


def test_playlists_of_what_is_no_audio_are_refused_before_the_work(inside, capsys, monkeypatch):
    tunes = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "tunes")
    classes = np.array(["jig", "reel"])
    Model("majority", "", "classification", Constant(np.array([0.2])), classes=classes).save(
        "tunes.gradatim"
    )

    def work(*arguments, **options):
        raise AssertionError("the work has begun")

    monkeypatch.setattr("gradatim.tagging.predict_path", work)
    (inside / "lists").mkdir(exist_ok=True)
    for output in ("a.m3u8", "lists"):
        assert main(["predict", "tunes.gradatim", tunes, "-o", output]) == 2
        assert "is no audio that a playlist could name" in capsys.readouterr().err
