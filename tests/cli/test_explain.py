import json
import shutil
from pathlib import Path

import pytest

from gradatim import climb_collection, load_model, read_folder, read_table
from gradatim.cli import main

TABLE = "name,a,b,kind\n" + "".join(f"n{k},{k},{k * k % 7},{'xy'[k // 15]}\n" for k in range(30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with models of a table and of drums, and a sound."""
    root = tmp_path_factory.mktemp("explain")
    (root / "rows.csv").write_text(TABLE)
    options = {"rungs": ["majority", "logistic"], "folds": 3, "repeats": 1}
    options["keep"] = ["majority", "logistic"]
    rows = climb_collection(read_table(root / "rows.csv", "kind", drop=["name"]), **options)
    rows.find_model("logistic").save(root / "rows.gradatim")
    rows.find_model("majority").save(root / "majority.gradatim")
    drums = climb_collection(read_folder("examples/drums", n_jobs=1), **options)
    drums.find_model("logistic").save(root / "drums.gradatim")
    shutil.copy("examples/drums/kick/bd_jazz.flac", root / "new.flac")
    (root / "bad.wav").write_bytes(b"nothing")
    (root / "folder").mkdir()
    return root


@pytest.fixture
def inside(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return folder


def test_a_sound_has_its_inputs_and_the_nearest_sounds(inside, capsys):
    assert main(["explain", "drums.gradatim", "new.flac", "--top", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("new.flac: kick rather than ")
    assert lines[1].startswith("log-odds of kick against ")
    assert "at the baseline, the mean of the training rows" in lines[1]
    assert lines[3].split() == ["input", "value", "baseline", "contribution"]
    # The largest has the longest bar, of its own sign.
    _, _, _, contribution, bar = lines[4].split()
    assert bar == contribution[0] * 20
    assert lines[7].split()[:4] == ["87", "other", "inputs", "together"]
    assert "contributions are exact" in lines[9]
    assert lines[11].startswith("nearest training rows, of all 67")
    assert lines[13].split() == ["kick/bd_jazz.flac", "kick", "0.000"]
    assert len(lines) == 13 + 5
    shown = [float(line.split()[3]) for line in lines[4:7]]
    others = float(lines[7].split()[4])
    whole, before, given = (
        float(word) for word in lines[1].replace(",", " ").split() if word[0] in "+-"
    )
    assert sum(shown) + others == pytest.approx(given, abs=0.003)
    assert whole == pytest.approx(before + given, abs=0.002)


def test_files_hold_what_is_shown_and_more(inside, capsys):
    typed = "explain rows.gradatim rows.csv --row 3 -o why.svg --json why.json"
    assert main(typed.split()) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in shown[-2:]] == ["wrote", "json:"]
    whole = json.loads((inside / "why.json").read_text())
    assert (whole["schema"], whole["model"]["rung"]) == (1, "logistic")
    assert (whole["sample"], whole["explained"], whole["rival"]) == ("row 3", "x", "y")
    assert {one["name"]: one["value"] for one in whole["inputs"]} == {"a": 2.0, "b": 4.0}
    total = sum(one["contribution"] for one in whole["inputs"])
    assert whole["baseline_output"] + total == pytest.approx(whole["output"])
    picture = (inside / "why.svg").read_text()
    assert "a = 2" in picture
    assert "row 3 of rows.csv: x rather than y" in picture
    assert main(["explain", "rows.gradatim", "rows.csv", "--row", "3", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == whole


def test_a_page_plays_the_sound_and_the_nearest_ones(inside, capsys):
    drums = Path(__file__).parents[2] / "examples" / "drums"
    typed = ["explain", "drums.gradatim", "new.flac", "-o", "why.html"]
    assert main([*typed, "--sounds", str(drums)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("wrote ")
    assert (inside / "why.html").read_text().count('src="data:audio/') == 1 + 5
    assert main(typed) == 0
    assert (inside / "why.html").read_text().count('src="data:audio/') == 1
    capsys.readouterr()
    assert main([*typed[:-1], "why.svg", "--sounds", str(drums)]) == 2
    assert "add -o FILE.html" in capsys.readouterr().err
    assert main([*typed, "--sounds", "folder"]) == 2
    assert "none of the nearest training sounds" in capsys.readouterr().err


def test_a_row_is_found_by_its_name_and_another_class_explained(inside, capsys):
    typed = "explain rows.gradatim rows.csv --id n29 --id-column name --class x --nearest 0"
    assert main(typed.split()) == 0
    out = capsys.readouterr().out
    assert out.startswith("n29 of rows.csv: y, and why not x, probabilities ")
    assert "nearest" not in out


def test_majority_is_one_sentence(inside, capsys):
    assert main(["explain", "majority.gradatim", "rows.csv", "--row", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("no input moved this: the majority model gives every sample")


def test_a_sample_of_rows_and_none_are_said(inside, capsys):
    from dataclasses import replace

    model = load_model("rows.gradatim")
    kept = model.training_rows
    part = replace(kept, scaled=kept.scaled[:9], ids=kept.ids[:9], labels=kept.labels[:9])
    replace(model, training_rows=part).save("part.gradatim")
    replace(model, training_rows=None).save("bare.gradatim")
    assert main(["explain", "part.gradatim", "rows.csv", "--row", "2"]) == 0
    assert "nearest training rows, of a sample of 9 of 30" in capsys.readouterr().out
    assert main(["explain", "bare.gradatim", "rows.csv", "--row", "2"]) == 0
    assert "the model keeps no training rows" in capsys.readouterr().out


def test_a_narrow_screen_keeps_names_and_contributions(inside, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    assert main(["explain", "drums.gradatim", "new.flac", "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    [heads] = [line for line in lines if line.split()[:1] == ["input"]]
    assert heads.split() == ["input", "value", "contribution"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nothing.gradatim rows.csv", "nothing.gradatim"),
        ("rows.csv rows.csv", "rows.csv"),
        ("rows.gradatim rows.csv", "has 30 rows, and explain takes one"),
        ("rows.gradatim rows.csv --row 0", "no row 0; its rows go from 1 to 30"),
        ("rows.gradatim rows.csv --row 31", "no row 31"),
        ("rows.gradatim rows.csv --id nobody", "no row called nobody"),
        ("rows.gradatim rows.csv --id n1 --id-column who", "has no column 'who'"),
        ("rows.gradatim rows.csv --id n1 --row 2", "exclude each other"),
        ("rows.gradatim rows.csv --row 2 --class z", "knows no class z"),
        ("rows.gradatim new.flac", "no recipe computes from audio"),
        ("drums.gradatim rows.csv --row 2", "lacks the columns mfcc_1_mean, "),
        ("drums.gradatim bad.wav", "bad.wav"),
        ("drums.gradatim folder", "folder"),
        ("drums.gradatim nothing.wav", "there is no file"),
        (
            "rows.gradatim world --row 2",
            "X must be (n_rows, 2) of the input 'features', not (1, 68)",
        ),
        ("rows.gradatim timbre --row 2", "the model reads features, and timbre has wave, "),
        ("rows.gradatim rows.csv --row 2 -o a.txt", "a.txt"),
        ("rows.gradatim rows.csv --row 2 -o a.svg --json a.svg", "names another format"),
        ("rows.gradatim rows.csv --row 2 --json rows.csv", "names another format"),
        ("majority.gradatim rows.csv --row 2 -o a.svg", "nothing to draw"),
        ("rows.gradatim rows.csv --row 2 --top 0", "top"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(typed, said, inside, capsys):
    before = sorted(inside.iterdir())
    assert main(["explain", *typed.split()]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gradatim: ")
    assert said in error
    assert error.count("\n") == 1
    assert sorted(inside.iterdir()) == before
