"""``gradatim layers``: what is read, written and refused."""

import json

import numpy as np
import pytest

from gradatim.cli import main
from gradatim.models import Model
from gradatim.models.learners import AveragedNetworks, Constant
from gradatim.network import Layer, Network
from gradatim.scalers import Scaler


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("layers")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    kinds = np.where(x[:, 0] * x[:, 1] > 0, "same", "other")
    rows = [
        f"{a},{b},{kind},{a - b:.4f},s{i // 3}"
        for i, ((a, b), kind) in enumerate(zip(x.tolist(), kinds.tolist(), strict=True))
    ]
    (folder / "table.csv").write_text("\n".join(["x1,x2,kind,slope,song", *rows]) + "\n")
    layers = [
        Layer(rng.normal(size=(6, 2)), rng.normal(size=6), "relu"),
        Layer(rng.normal(size=(1, 6)), np.zeros(1), "logistic"),
    ]
    scaler = Scaler(np.zeros(2), np.ones(2), np.zeros(2))
    names = {"classes": np.array(["other", "same"]), "feature_names": ("x1", "x2")}
    learner = AveragedNetworks((Network(layers),), True)
    Model("shallow", "features", "classification", learner, scaler, **names).save(
        folder / "net.gradatim"
    )
    Model(
        "majority", "", "classification", Constant(np.array([0.5])), classes=names["classes"]
    ).save(folder / "plain.gradatim")
    return folder


@pytest.fixture(autouse=True)
def inside(folder, monkeypatch):
    monkeypatch.chdir(folder)


READ = ("net.gradatim", "table.csv", "--target", "kind", "--groups", "song")


def test_probes_of_a_table_are_printed_with_its_columns(capsys):
    assert main(["layers", *READ]) == 0
    said = capsys.readouterr().out
    assert "table.csv: 60 samples, 2 classes, 20 groups" in said
    assert "shallow network 2-6-1 on features" in said
    assert "the network has not learnt from these samples" in said
    for words in ("label, accuracy", "slope, R²", "hidden 1", "selectivity"):
        assert words in said
    assert "label rises from input to hidden 1" in said


def test_the_page_holds_units_and_the_json_object_all_of_them(capsys):
    assert main(["layers", *READ, "-o", "a.html", "--json", "-", "--units", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["layers"]] == ["input", "hidden 1", "output"]
    assert len(found["layers"][1]["units"]) == 6
    assert {(one["concept"], one["layer"]) for one in found["probes"]} >= {("slope", "hidden 1")}
    with open("a.html", encoding="utf-8") as file:
        text = file.read()
    assert text.count("<div data-view=") == 2
    assert "optimized input" in text
    assert "The dashed lines are the control" in text
    assert "and the same probe of an untrained network." in text
    assert "On held-out groups it scores by chance" in text
    assert "x1" in text


def test_a_table_without_a_label_is_still_looked_at(capsys):
    assert main(["layers", "net.gradatim", "table.csv"]) == 0
    said = capsys.readouterr().out
    assert "note: no label is probed for: --target COLUMN names one" in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("plain.gradatim", "table.csv"), "the majority model has no hidden layers to look into"),
        (("none.gradatim", "table.csv"), "none.gradatim"),
        (("net.gradatim", "nowhere"), "there is no file, folder or dataset"),
        (("net.gradatim", "timbre"), "the model reads features, and timbre has wave, harmonics"),
        ((*READ, "-o", "a.txt"), "cannot hold a page; end it in .html"),
        ((*READ, "--json", "a.html"), "end it in .json"),
        ((*READ, "-o", "table.html", "--units", "-1"), "units"),
        (("musicnn", "table.csv", "--target", "kind"), "hears sounds; give it a folder of audio"),
        (("musicnn", "."), "holds no audio"),
        (("net.gradatim", "table.csv", "--target", "x1"), "the model reads column x1"),
        ((*READ, "--features", "mel"), "leave --features out"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_2(typed, said, capsys):
    assert main(["layers", *typed]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
