"""Features of a folder as a table, into a file, and back into a collection."""

import csv
import json
import os
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import soundfile
from pyarrow import parquet

from gradatim.errors import AudioError, LabelError, OutputError, SpecError, TableError
from gradatim.inspection.near import near_pairs
from gradatim.music import FeatureRecipe, extract_table, read_folder, write_features
from gradatim.music.feature_reading import read_feature_table, read_unlabelled
from gradatim.music.feature_tables import FileRecipes, read_recipes
from gradatim.music.plans import plan_inputs
from gradatim.tables import read_table

CLASSICAL = plan_inputs(["classical"])["classical"]


@pytest.fixture
def kits(tmp_path, folder):
    rows = [f"{c}/{k}.wav,kit{k % 3}" for c in ("low", "high") for k in range(6)]
    file = tmp_path / "kits.csv"
    file.write_text("path,group\n" + "\n".join(rows) + "\n")
    return file


@pytest.fixture
def saved(tmp_path, folder, kits):
    table = extract_table(folder, kits, features=["classical", "mel", "classical+mel"])
    return write_features(table, tmp_path / "sounds.parquet")


def test_a_table_has_a_row_for_each_sound_in_the_order_of_paths(folder, kits):
    table = extract_table(folder, kits)
    arrow = table.to_arrow()
    assert arrow.column_names[:5] == ["path", "label", "group", "error", "mfcc_1_mean"]
    assert arrow["path"].to_pylist()[:2] == ["high/0.wav", "high/1.wav"]
    assert arrow["label"].to_pylist() == ["high"] * 6 + ["low"] * 6
    assert arrow["group"].to_pylist()[:4] == ["kit0", "kit1", "kit2", "kit0"]
    assert arrow["error"].null_count == 12
    assert {field.type for field in arrow.schema}.issuperset({pa.float32(), pa.string()})
    np.testing.assert_array_equal(table.features, read_folder(folder).X["features"])


def test_a_file_that_cannot_be_read_is_a_row_with_the_reason(folder, tmp_path):
    (folder / "low" / "2.wav").write_bytes(b"RIFF nothing")
    table = extract_table(folder)
    assert len(table.paths) == 12
    assert [*table.failed] == ["low/2.wav"]
    assert str(tmp_path) not in table.failed["low/2.wav"]
    arrow = table.to_arrow()
    assert arrow["label"].to_pylist()[8] == "low"
    assert [arrow[name].null_count for name in arrow.column_names[4:]] == [1] * 90


def test_near_copies_are_found_in_the_parquet_as_in_the_folder(folder, tmp_path):
    for file in [*folder.glob("*/*.wav")]:
        y, sr = soundfile.read(file)
        soundfile.write(file.with_suffix(".mp3"), 0.5 * y, sr)
    (folder / "low" / "a.wav").write_bytes(b"RIFF nothing")
    saved = write_features(extract_table(folder), tmp_path / "sounds.parquet")
    table, whole = read_feature_table(saved), read_folder(folder, lenient=True)
    assert table.ids.tolist() == whole.ids.tolist()
    np.testing.assert_allclose(table.fingerprints, whole.fingerprints, rtol=0, atol=0.016)
    found, wanted = near_pairs(table), near_pairs(whole)
    assert len(wanted) >= 12
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("marks", [b"", b"?", b"eJwD", b"eJxjYAAAAAIAAQ=="])
def test_fingerprints_that_are_not_of_all_rows_are_none(saved, marks):
    told = read_recipes(saved)
    n_rows = parquet.read_metadata(saved).num_rows
    assert told.fingerprints(n_rows) is not None
    assert told.fingerprints(n_rows + 1) is None
    assert replace(told, marks=marks).fingerprints(n_rows) is None


def test_where_no_file_can_be_read_there_are_rows_all_the_same(tmp_path, tone):
    for k in range(2):
        tone(tmp_path / "x" / f"{k}.wav").write_bytes(b"nothing")
    table = extract_table(tmp_path / "x")
    assert len(table.failed) == 2
    file = write_features(table, tmp_path / "a.parquet")
    with pytest.raises(TableError, match=r"no file of a\.parquet could be read"):
        read_feature_table(file)


def test_what_only_an_extra_reads_is_a_row(folder, monkeypatch):
    (folder / "low" / "film.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(40))
    monkeypatch.setattr("gradatim.music.listing.has_media", lambda: False)
    table = extract_table(folder)
    assert table.failed == {
        "low/film.mp4": "only FFmpeg reads this file; to read it: pip install 'gradatim[media]'"
    }
    assert not [one for one in table.notices if one.code == "left-out"]


def test_sounds_need_no_labels(folder, tone):
    assert extract_table(folder / "low").labels == [None] * 6
    assert extract_table(folder / "low" / "0.wav").paths == ["0.wav"]
    tone(folder / "loose.wav")
    assert extract_table(folder).labels == ["high"] * 6 + [None] + ["low"] * 6


def test_parts_of_a_split_are_no_labels(tmp_path, tone):
    for part in ("train", "test"):
        for name in ("a", "b"):
            tone(tmp_path / "x" / part / name / "0.wav")
    with pytest.raises(LabelError, match="parts of a split") as refused:
        extract_table(tmp_path / "x")
    assert "--split-column" not in str(refused.value)
    assert extract_table(tmp_path / "x", labels="folder:2").labels == ["a", "b", "a", "b"]


def test_labels_of_a_table_are_classes_numbers_or_tags(folder, tmp_path):
    file = tmp_path / "labels.csv"
    rows = [f"{c}/{k}.wav,{k + 0.5},{'a|b' if k % 2 else 'b|c'}" for c in ("low", "high")
            for k in range(6)]  # fmt: skip
    file.write_text("path,bpm,tags\n" + "\n".join(rows) + "\n")
    numbers = extract_table(folder, labels=file, target="bpm")
    assert numbers.labels[:2] == [0.5, 1.5]
    tags = extract_table(folder, labels=file, target="tags")
    assert tags.labels[:2] == [["b", "c"], ["a", "b"]]
    for table, task in ((numbers, "regression"), (tags, "multilabel")):
        again = read_feature_table(write_features(table, tmp_path / "t.parquet"))
        direct = read_folder(
            folder, labels=file, target=["bpm" if task == "regression" else "tags"]
        )
        assert again.task == task
        np.testing.assert_array_equal(again.y, direct.y)
        np.testing.assert_array_equal(again.X["classical"], direct.X["features"])


def test_segments_have_a_start_and_one_group_per_file(folder, tmp_path):
    table = extract_table(folder, recipe=FeatureRecipe(segment_seconds=0.1, max_seconds=0.1))
    assert table.to_arrow().column_names[4] == "start"
    assert table.starts == [0.0] * 12
    assert table.groups[0] == "high/0.wav"
    again = read_feature_table(write_features(table, tmp_path / "t.parquet"))
    assert again.ids[0] == "high/0.wav 0 s"
    assert again.groups is not None


def test_a_folder_without_audio_is_refused(tmp_path):
    with pytest.raises(AudioError, match="no audio"):
        extract_table(tmp_path)
    with pytest.raises(AudioError, match="does not exist"):
        extract_table(tmp_path / "nowhere")


# -- files --------------------------------------------------------------------------------------


def test_the_recipe_stands_in_the_metadata(saved):
    told = json.loads(parquet.read_metadata(saved).metadata[b"gradatim.recipe"])
    assert list(told["inputs"]) == ["classical", "mel", "classical+mel"]
    assert told["inputs"]["mel"]["n_mels"] == 64
    assert len(parquet.read_schema(saved)) == 4 + 90 + 256


def test_a_collection_from_the_file_is_that_of_the_folder(saved, folder, kits):
    names = ["classical", "mel", "classical+mel"]
    direct = read_folder(folder, kits, features=names)
    again = read_feature_table(saved)
    assert list(again.X) == names
    for name in names:
        np.testing.assert_array_equal(again.X[name], direct.X[name])
        assert again.X[name].dtype == np.float32
    assert (again.recipes, again.feature_names) == (direct.recipes, direct.feature_names)
    for name in ("y", "ids", "groups"):
        np.testing.assert_array_equal(getattr(again, name), getattr(direct, name))
    assert again.sha256 == direct.sha256


def test_inputs_are_chosen_by_name_also_unions_of_what_is_there(saved):
    assert list(read_feature_table(saved, features=["mel"]).X) == ["mel"]
    both = read_feature_table(saved, features=["mel+classical"]).X["mel+classical"]
    mel = read_feature_table(saved, features=["mel"]).X["mel"]
    np.testing.assert_array_equal(both[:, :256], mel)
    assert len(read_feature_table(saved, features=["all"]).X) == 3
    with pytest.raises(SpecError, match="no musicnn; extract them with"):
        read_feature_table(saved, features=["musicnn"])


def test_gaps_and_doubled_paths_are_told_by_what_the_table_has(saved, tmp_path):
    arrow, file = parquet.read_table(saved), tmp_path / "t.parquet"
    values = arrow["mfcc_1_mean"].to_pylist()
    values[1] = None
    place = arrow.column_names.index("mfcc_1_mean")
    parquet.write_table(
        arrow.set_column(place, "mfcc_1_mean", pa.array(values, pa.float32())), file
    )
    message = r"mfcc_1_mean of t\.parquet has no finite number for high/1\.wav"
    with pytest.raises(TableError, match=message):
        read_feature_table(file)
    with pytest.raises(TableError, match=message):
        read_unlabelled(file, CLASSICAL)
    parquet.write_table(pa.concat_tables([arrow, arrow.slice(3, 1)]), file)
    with pytest.raises(TableError, match=r"column path of t\.parquet names high/3\.wav in two"):
        read_feature_table(file)


def test_parts_of_a_collection_are_joined_as_the_guide_says(folder, tmp_path):
    parts = [write_features(extract_table(folder / one), tmp_path / f"{one}.parquet") for one in
             ("low", "high")]  # fmt: skip
    whole = tmp_path / "all.parquet"
    parquet.write_table(pa.concat_tables(map(parquet.read_table, parts)), whole)
    again = read_unlabelled(whole, CLASSICAL)
    assert len(again.paths) == 12


def test_rows_without_features_or_label_are_left_out_with_a_word(folder, tone, tmp_path):
    (folder / "low" / "2.wav").write_bytes(b"nothing")
    tone(folder / "loose.wav", 700)
    file = write_features(extract_table(folder), tmp_path / "t.parquet")
    found = read_feature_table(file)
    assert found.n_samples == 11
    assert {"low/2.wav", "loose.wav"}.isdisjoint(found.ids.tolist())
    told = [one.message for one in found.notices]
    assert any("1 file that could not be read left out, such as low/2.wav" in one for one in told)
    assert any("1 row without a label left out" in one for one in told)


def test_groups_are_the_column_group_or_what_is_said(saved, folder, tmp_path):
    assert set(read_feature_table(saved).groups.tolist()) == {"kit0", "kit1", "kit2"}
    assert len(set(read_feature_table(saved, groups="path").groups.tolist())) == 12
    with pytest.raises(SpecError, match="grouped by path, group or stem:path"):
        read_feature_table(saved, groups="label")
    plain = write_features(extract_table(folder), tmp_path / "plain.parquet")
    assert read_feature_table(plain).groups is None


def test_a_row_without_a_group_is_alone(saved, tmp_path):
    table = parquet.read_table(saved)
    groups = [None, None, *table["group"].to_pylist()[2:]]
    changed = table.set_column(2, "group", pa.array(groups))
    parquet.write_table(changed, tmp_path / "t.parquet")
    assert read_feature_table(tmp_path / "t.parquet").groups.tolist()[:3] == [
        "/high/0.wav", "/high/1.wav", "kit2",
    ]  # fmt: skip


def test_what_is_learnt_is_the_label(saved):
    assert read_feature_table(saved, target=["label"]).n_samples == 12
    with pytest.raises(SpecError, match="its column label"):
        read_feature_table(saved, target=["group"])


def test_a_recipe_that_is_damaged_is_refused_with_a_sentence(saved, tmp_path):
    table = parquet.read_table(saved)
    file = tmp_path / "t.parquet"
    for text in ("{", "[]", '{"inputs": {}, "task": "classification"}',
                 '{"inputs": {"x": {"set": "y"}}, "task": "classification"}',
                 '{"inputs": {"mel": 3}, "task": "classification"}'):  # fmt: skip
        parquet.write_table(table.replace_schema_metadata({"gradatim.recipe": text}), file)
        with pytest.raises(TableError, match=r"t\.parquet"):
            read_recipes(file)
    parquet.write_table(table.replace_schema_metadata(None), file)
    assert read_recipes(file) is None
    parquet.write_table(table.drop_columns(["mel_3_std"]), file)
    with pytest.raises(TableError, match="lacks the column mel_3_std"):
        read_feature_table(file)


def test_features_of_another_recipe_are_refused_by_a_model(saved):
    told = read_recipes(saved)
    assert isinstance(told, FileRecipes)
    told.require(CLASSICAL)
    with pytest.raises(TableError, match="computed with n_mfcc 20, the model reads those with 13"):
        told.require(FeatureRecipe(n_mfcc=13))


def test_unlabelled_sounds_are_read_file_by_file(folder, tmp_path):
    recipe = FeatureRecipe(segment_seconds=0.1)
    (folder / "low" / "2.wav").write_bytes(b"nothing")
    file = write_features(extract_table(folder, recipe=recipe), tmp_path / "t.parquet")
    found = read_unlabelled(file, recipe)
    assert found.paths[:2] == ("high/0.wav", "high/1.wav")
    assert (found.X.shape, len(found.paths)) == ((11, 90), 11)
    assert [one.code for one in found.notices] == ["left-out"]


def test_a_csv_says_the_same_without_the_recipe(folder, kits, tmp_path):
    (folder / "low" / "2.wav").write_bytes(b"nothing")
    table = extract_table(folder, kits)
    file = write_features(table, tmp_path / "t.csv")
    with file.open(newline="") as opened:
        rows = [*csv.DictReader(opened)]
    assert rows[0]["path"] == "high/0.wav"
    assert rows[8]["error"]
    assert rows[8]["mfcc_1_mean"] == ""
    # Every float32 is written so that it comes back.
    for row, values in zip(rows[:6], table.features, strict=False):
        written = np.array([row[name] for name in table.feature_names], dtype=np.float32)
        np.testing.assert_array_equal(written, values)
    again = read_table(file, "label", "group", ["path", "error"],
                       drop_rows_without=["mfcc_1_mean"])  # fmt: skip
    assert again.n_samples == 11


def test_another_format_is_refused(folder, tmp_path):
    with pytest.raises(OutputError, match=r"ends in \.parquet or \.csv"):
        write_features(extract_table(folder), tmp_path / "t.json")


@pytest.mark.skipif(os.name == "nt", reason="names of files are texts")
def test_a_name_that_is_no_utf_8_is_escaped(folder, tmp_path):
    os.rename(folder / "low" / "0.wav", os.fsencode(folder / "low") + b"/\xff.wav")
    file = write_features(extract_table(folder), tmp_path / "t.parquet")
    assert r"low/\xff.wav" in read_feature_table(file).ids.tolist()
