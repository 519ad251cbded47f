"""``gradatim features``: a table of features that every other verb reads, and what is kept."""

import csv
import json

import numpy as np
import pytest
import soundfile

from gradatim.cli import main
from gradatim.errors import OutputError
from gradatim.models import load_model
from gradatim.music import many_files

SR = 22050


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def sounds(tmp_path):
    """Two classes of eight sounds each, by four players."""
    rng = np.random.default_rng(0)
    rows = ["path,group"]
    for label, frequency in (("low", 150), ("high", 2500)):
        (tmp_path / "sounds" / label).mkdir(parents=True)
        for k in range(8):
            tone = np.sin(np.arange(3000) * 2 * np.pi * frequency * (1 + 0.02 * k) / SR)
            points = 0.5 * tone + 0.05 * rng.normal(size=3000)
            soundfile.write(tmp_path / "sounds" / label / f"{k}.wav", points, SR)
            rows.append(f"{label}/{k}.wav,player {k % 4}")
    (tmp_path / "players.csv").write_text("\n".join(rows) + "\n")
    return tmp_path / "sounds"


@pytest.fixture
def decoded(monkeypatch):
    names = []
    whole = many_files._analyze

    def remember(pool, path, *asked):
        names.append(path)
        return whole(pool, path, *asked)

    monkeypatch.setattr(many_files, "_analyze", remember)
    return names


def run(capsys, *words):
    status = main([*map(str, words)])
    said = capsys.readouterr()
    return status, " ".join(said.out.split()), said.err


CLIMB = ("--folds", "3", "--repeats", "1", "--rungs", "majority", "logistic", "--no-report")


def test_a_folder_becomes_a_table_that_is_climbed_without_a_target(sounds, capsys):
    status, said, _ = run(
        capsys, "features", sounds, "--groups", "players.csv", "-o", "s.parquet",
        "--features", "classical", "mel",
    )  # fmt: skip
    assert status == 0
    assert "sounds, 16 files of features: classical 90, mel 256" in said
    assert "wrote" in said
    status, said, _ = run(capsys, "climb", "s.parquet", *CLIMB)
    assert status == 0
    assert "s.parquet: 16 samples, 2 classes, 4 groups" in said
    assert "logistic classical" in said
    assert "logistic mel" in said


def test_what_one_verb_computed_no_other_computes_again(sounds, capsys, decoded):
    run(capsys, "features", sounds, "-o", "s.parquet")
    assert len(decoded) == 16
    run(capsys, "features", sounds, "-o", "again.parquet")
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "m.gradatim")
    run(capsys, "predict", "m.gradatim", sounds)
    run(capsys, "score", "m.gradatim", sounds)
    run(capsys, "inspect", sounds)
    assert len(decoded) == 16
    run(capsys, "features", sounds, "-o", "s.parquet", "--verify")
    assert len(decoded) == 16


def test_without_a_cache_everything_is_computed(sounds, capsys, decoded, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", "")
    run(capsys, "features", sounds, "-o", "s.parquet")
    run(capsys, "features", sounds, "-o", "s.parquet")
    assert len(decoded) == 32


def test_a_model_of_a_folder_is_at_work_on_the_table_and_the_other_way_round(sounds, capsys):
    features = ("--features", "classical+mel")
    run(capsys, "features", sounds, "-o", "s.parquet", "--features", "mel", "classical")
    run(capsys, "climb", sounds, *features, *CLIMB, "--save-rung", "logistic", "folder.gradatim")
    run(
        capsys, "climb", "s.parquet", *features, *CLIMB, "--save-rung", "logistic", "table.gradatim"
    )
    folder, table = load_model("folder.gradatim"), load_model("table.gradatim")
    assert folder.recipe == table.recipe
    assert folder.recipe["set"] == "classical+mel"
    said = []
    for model in ("folder.gradatim", "table.gradatim"):
        for source in ("sounds", "s.parquet"):
            status, *_ = run(capsys, "predict", model, source, "-o", "p.csv")
            assert status == 0
            with open("p.csv", newline="") as file:
                said.append([(row["path"], row["prediction"]) for row in csv.DictReader(file)])
            status, told, _ = run(capsys, "score", model, source)
            assert status == 0
            assert "16 of 16 samples right" in told
    assert said[0] == said[1] == said[2] == said[3]
    assert said[0][0] == ("high/0.wav", "high")


def test_a_default_model_of_a_folder_reads_the_table_too(sounds, capsys):
    run(capsys, "features", sounds, "-o", "s.parquet")
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "m.gradatim")
    assert load_model("m.gradatim").input == "features"
    assert run(capsys, "predict", "m.gradatim", "s.parquet")[0] == 0
    assert "16 of 16" in run(capsys, "score", "m.gradatim", "s.parquet")[1]


def test_features_of_another_recipe_are_refused(sounds, capsys):
    run(capsys, "features", sounds, "-o", "s.parquet", "--seconds", "0.1")
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "m.gradatim")
    for verb in ("predict", "score"):
        status, _, error = run(capsys, verb, "m.gradatim", "s.parquet")
        assert status == 2
        assert "computed with max_seconds 0.1, the model reads those with 120.0" in error


def test_files_that_cannot_be_read_are_named_and_stop_nothing(sounds, capsys):
    for k in range(7):
        (sounds / "low" / f"{k}.wav").write_bytes(b"nothing")
    status, said, _ = run(capsys, "features", sounds, "-o", "s.parquet")
    assert status == 0
    assert "7 files could not be read: low/0.wav:" in said
    assert "and 2 more, with their reasons under error" in said
    for k in range(6):
        soundfile.write(sounds / "low" / f"{k}.wav", np.sin(np.arange(3000) * 0.01 * (k + 5)), SR)
    run(capsys, "features", sounds, "-o", "s.parquet")
    status, said, _ = run(capsys, "climb", "s.parquet", *CLIMB)
    assert status == 0
    assert "1 file that could not be read left out, such as low/6.wav" in said


def test_the_json_object_says_what_was_done(sounds, capsys):
    (sounds / "low" / "0.wav").write_bytes(b"nothing")
    words = ("features", str(sounds), "-o", "s.parquet", "--json", "-")
    assert main([*words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n_files"], found["n_rows"], found["n_features"]) == (16, 16, 90)
    assert [one["path"] for one in found["errors"]] == ["low/0.wav"]
    assert found["recipe"]["inputs"]["classical"]["n_mfcc"] == 20


def test_a_csv_says_how_it_is_climbed_and_that_works(sounds, capsys):
    (sounds / "low" / "0.wav").write_bytes(b"nothing")
    _, said, _ = run(capsys, "features", sounds, "--groups", "players.csv", "-o", "s.csv")
    command = said.partition("climb it with: gradatim ")[2].partition(" wrote")[0]
    assert command.startswith("climb s.csv --target label --groups group --drop path error")
    status, said, _ = run(capsys, *command.split(), *CLIMB)
    assert status == 0
    assert "15 samples, 2 classes, 4 groups" in said


def test_what_a_csv_says_works_with_sounds_of_no_label_and_none_is_said_where_all_lack_it(
    sounds, capsys
):
    soundfile.write(sounds / "loose.wav", np.sin(np.arange(3000) * 0.03), SR)
    (sounds / "low" / "0.wav").write_bytes(b"nothing")
    _, said, _ = run(capsys, "features", sounds, "-o", "s.csv")
    command = said.partition("climb it with: gradatim ")[2].partition(" wrote")[0]
    assert command.endswith("--drop-rows-without label mfcc_1_mean")
    status, said, _ = run(capsys, *command.split(), *CLIMB)
    assert status == 0
    assert "15 samples, 2 classes" in said
    _, said, _ = run(capsys, "features", sounds / "high", "-o", "s.csv")
    assert "extract the features with --labels: these sounds have none" in said
    assert "climb it with" not in said
    _, said, _ = run(capsys, "features", sounds, "--from", "100", "-o", "s.csv")
    assert "no file with a label could be read, so there is nothing to climb" in said


def test_a_sound_and_its_mp3_stay_in_one_fold_from_a_table_as_from_the_folder(sounds, capsys):
    for file in [*sounds.glob("*/*.wav")]:
        y, _ = soundfile.read(file)
        soundfile.write(file.with_suffix(".mp3"), 0.5 * y, SR)
    run(capsys, "features", sounds, "-o", "s.parquet")
    for source in ("sounds", "s.parquet"):
        _, said, _ = run(capsys, "climb", source, *CLIMB, "--json", f"{source}.json")
        assert "nearly the same" in said
    with open("sounds.json") as one, open("s.parquet.json") as other:
        folder, table = json.load(one), json.load(other)
    both = ([rung["unit_sums"] for rung in one["rungs"]] for one in (folder, table))
    assert next(both) == next(both)


def test_what_is_odd_about_sounds_is_told_as_climb_tells_it(sounds, capsys):
    soundfile.write(sounds / "low" / "0.wav", np.zeros(3000), SR)
    whole = (sounds / "low" / "1.wav").read_bytes()
    (sounds / "low" / "1.wav").write_bytes(whole[:3000])
    _, said, _ = run(capsys, "features", sounds, "--seconds", "0.1", "-o", "s.parquet")
    assert "1 file (such as low/1.wav) is shorter than the header says" in said
    assert "1 file (such as low/0.wav) is silent throughout" in said
    assert "longer than 0.1 s, of which only the start was analyzed" in said


def test_sounds_that_a_table_of_labels_leaves_out_have_a_row_and_that_is_said(sounds, capsys):
    with open("labels.csv", "w") as file:
        file.write("path,kind\n" + "".join(f"low/{k}.wav,{'xy'[k % 2]}\n" for k in range(8)))
    words = ("--labels", "labels.csv", "--target", "kind")
    _, said, _ = run(capsys, "features", sounds, *words, "-o", "s.parquet")
    assert "16 files of features" in said
    assert "8 audio files without a row in labels.csv left without a label, such as high/0" in said


def test_where_the_pretrained_nets_scores_stand_its_training_is_told(sounds, capsys):
    _, said, _ = run(capsys, "climb", sounds, *CLIMB, "--features", "musicnn", "--json", "c.json")
    assert "may have heard tracks of this collection" in said
    with open("c.json") as file:
        codes = [one["code"] for one in json.load(file)["warnings"]]
    assert "pretrained" in codes


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["timbre", "-o", "a.csv"], "there is no file or folder 'timbre'"),
        (["players.csv", "-o", "a.csv"], "players.csv is no audio"),
        (["sounds", "-o", "a.json"], "end it in .parquet"),
        (["sounds", "-o", "a.csv", "--features", "melt"], "there are no features 'melt'"),
        (["sounds", "-o", "a.csv", "--drop", "x"], "unknown option: --drop"),
        (["sounds", "-o", "no/a.csv"], "there is no folder"),
        (["sounds"], "-o"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(sounds, capsys, words, sentence):
    status, _, error = run(capsys, "features", *words)
    assert status == 2
    assert error.count("\n") == 1
    assert sentence in error


def test_options_that_have_no_meaning_are_refused(sounds, capsys):
    run(capsys, "features", sounds, "-o", "s.parquet")
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "m.gradatim")
    for words, sentence in (
        (("climb", "s.parquet", "--drop", "path"), "--drop does not go with s.parquet"),
        (("climb", "timbre", "--features", "mel"), "--features does not go with timbre"),
        (("score", "m.gradatim", sounds, "--features", "mel"), "leave --features out"),
        (("climb", "s.parquet", "--features", "musicnn"), "and no musicnn"),
    ):
        status, _, error = run(capsys, *words)
        assert (status, sentence in error) == (2, True), error


def test_a_file_of_several_pieces_is_scored_once(sounds, capsys):
    for k in range(8):
        for label, frequency in (("low", 150), ("high", 2500)):
            tone = np.sin(np.arange(6000) * 2 * np.pi * frequency * (1 + 0.02 * k) / SR)
            soundfile.write(sounds / label / f"{k}.wav", 0.5 * tone, SR)
    cut = ("--segment", "0.1")
    run(capsys, "features", sounds, "-o", "s.parquet", *cut)
    run(capsys, "climb", "s.parquet", *CLIMB, "--save-rung", "logistic", "m.gradatim")
    status, said, _ = run(capsys, "score", "m.gradatim", "s.parquet")
    assert "16 of 16 samples in 16 groups right" in said
    status, said, _ = run(capsys, "predict", "m.gradatim", "s.parquet")
    assert status == 0
    assert "s.parquet, 16 files: " in said
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "whole.gradatim")
    status, _, error = run(capsys, "predict", "whole.gradatim", "s.parquet")
    assert status == 2
    assert "with segment_seconds 0.1, the model reads those without segment_seconds;" in error


def test_a_sound_of_the_table_is_explained_as_the_sound_itself_is(sounds, capsys):
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "m.gradatim")
    run(capsys, "features", sounds, "-o", "s.parquet")
    by_file = json.loads(read_json(capsys, "explain", "m.gradatim", sounds / "low" / "3.wav"))
    for which in (("--id", "low/3.wav"), ("--row", "12")):
        by_row = json.loads(read_json(capsys, "explain", "m.gradatim", "s.parquet", *which))
        assert by_row["sample"] == "low/3.wav"
        assert by_row["inputs"] == by_file["inputs"]


def read_json(capsys, *words):
    assert main([*map(str, words), "--json", "-"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("verb", "words", "left_out"),
    [
        ("predict", ("--id", "path"), "--id"),
        ("explain", ("--id-column", "path", "--row", "1"), "--id-column"),
        ("predict", ("--delimiter", ";"), "--delimiter"),
    ],
)
def test_no_option_gets_around_the_recipe(sounds, capsys, verb, words, left_out):
    run(capsys, "climb", sounds, *CLIMB, "--save-rung", "logistic", "m.gradatim")
    run(capsys, "features", sounds, "--seconds", "0.05", "-o", "s.parquet")
    status, _, said = run(capsys, verb, "m.gradatim", "s.parquet", *words)
    assert status == 2
    assert said == (
        "gradatim: s.parquet says itself how it is read, and its rows are called by their path; "
        f"leave out {left_out}\n"
    )


def test_help_lists_no_option_that_features_refuses(capsys):
    assert main(["features", "--help"]) == 0
    said = capsys.readouterr().out
    assert "--labels" in said
    assert "--from" in said
    for other in ("--drop", "--impute", "--fold-column", "--split-column", "--ignore-notation"):
        assert other not in said


def test_one_file_is_called_by_its_own_name(capsys, tmp_path):
    soundfile.write(tmp_path / "bd_808.flac", np.sin(np.arange(3000)), 22050)
    assert main(["features", str(tmp_path / "bd_808.flac"), "-o", "one.parquet"]) == 0
    assert capsys.readouterr().out.startswith("bd_808.flac, 1 file")


def test_no_file_that_could_not_be_written_is_offered_to_climb(sounds, capsys, monkeypatch):
    status, out, _ = run(capsys, "features", sounds, "-o", "s.csv")
    assert (status, "climb it with" in out) == (0, True)

    def full(table, path):
        raise OutputError("the disk is full")

    monkeypatch.setattr("gradatim.music.write_features", full)
    status, out, error = run(capsys, "features", sounds, "-o", "s.csv")
    assert status == 2
    assert "climb it with" not in out
    assert "the disk is full" in error
