"""Predictions from sounds and tables, against the model asked for the same rows."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError, InputError, SpecError, TableError
from gradatim.models import load_model
from gradatim.music.analysis import analyze_file
from gradatim.music.features import RECIPE, FeatureRecipe
from gradatim.tables.columns import Dialect
from gradatim.tagging import predict_path


def features(model, path):
    recipe = FeatureRecipe.from_dict(model.recipe)
    return np.stack([piece.features for piece in analyze_file(path, recipe).pieces])


def test_sounds_need_no_labels_and_are_analyzed_by_the_recipe_inside(
    tones, tone_model, tmp_path, capsys
):
    shutil.copytree(tones / "low", tmp_path / "in" / "some" / "depth")
    shutil.copy(tones / "high" / "3.wav", tmp_path / "in" / "z.wav")
    model = load_model(tone_model.save(tmp_path / "m.gradatim"))
    found = predict_path(model, tmp_path / "in", n_jobs=1)
    assert found.source == "in"
    assert found.paths == (*(f"some/depth/{k}.wav" for k in range(8)), "z.wav")
    assert found.values.tolist() == ["low"] * 8 + ["high"]
    X = np.concatenate([features(model, file) for file in found.files])
    assert X.shape[1] != len(RECIPE.names)
    np.testing.assert_allclose(found.probabilities, model.predict_proba(X), rtol=1e-12)
    assert found.names == ("high", "low")


def test_one_file_is_called_by_its_name(tones, tone_model):
    found = predict_path(tone_model, tones / "high" / "5.wav", n_jobs=1)
    assert (found.paths, found.values.tolist()) == (("5.wav",), ["high"])


def test_a_sound_in_segments_has_the_mean_of_their_probabilities(tones, tone_model, tmp_path):
    recipe = {**tone_model.recipe, "segment_seconds": 0.1, "max_seconds": 120.0}
    model = replace(tone_model, recipe=recipe)
    low, rate = soundfile.read(tones / "low" / "0.wav")
    high, _ = soundfile.read(tones / "high" / "0.wav")
    soundfile.write(tmp_path / "a.wav", np.concatenate([low, high[: rate // 10]]), rate)
    soundfile.write(tmp_path / "b.wav", high[: rate // 10], rate)
    found = predict_path(model, tmp_path, n_jobs=1)
    by_piece = model.predict_proba(features(model, tmp_path / "a.wav"))
    assert len(by_piece) == 5
    np.testing.assert_allclose(found.probabilities[0], by_piece.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(
        found.probabilities[1], model.predict_proba(features(model, tmp_path / "b.wav"))[0]
    )
    of_mean = by_piece.mean(axis=0).argmax()
    assert found.values.tolist() == [model.classes[of_mean], "high"]


def test_what_cannot_be_read_is_left_out_with_a_notice(tones, tone_model, tmp_path):
    shutil.copy(tones / "low" / "0.wav", tmp_path / "good.wav")
    for k in range(7):
        (tmp_path / f"bad{k}.wav").write_bytes(b"nothing")
    found = predict_path(tone_model, tmp_path, n_jobs=1)
    assert found.paths == ("good.wav",)
    assert [one.code for one in found.notices] == ["left-out"] * 6
    assert found.notices[0].message.startswith("bad0.wav ")
    assert found.notices[5].message == "2 more files skipped in the same way"
    (tmp_path / "good.wav").unlink()
    with pytest.raises(AudioError, match=r"none of 7 audio files in .* can be read"):
        predict_path(tone_model, tmp_path, n_jobs=1)
    with pytest.raises(AudioError, match=r"^bad3\.wav cannot be read"):
        predict_path(tone_model, tmp_path / "bad3.wav", n_jobs=1)


def test_columns_of_a_table_are_matched_by_name(table, table_models, tmp_path):
    model = table_models[0]
    other = tmp_path / "other.csv"
    other.write_text("note;a;more;b\nx;3,5;1;0\ny;24;2;4\n")
    found = predict_path(model, other, id="note", dialect=Dialect(decimal=",", delimiter=";"))
    assert found.paths == ("x", "y")
    # In training b stood before a.
    expected = model.predict_proba(np.array([[0, 3.5], [4, 24]]))
    np.testing.assert_array_equal(found.probabilities, expected)
    assert predict_path(model, other).paths == ("row 1", "row 2")
    assert predict_path(model, table).probabilities.shape == (40, 2)
    assert found.files == ()


def test_columns_that_are_missing_are_named(table_models, tmp_path):
    (tmp_path / "one.csv").write_text("a,c\n1,2\n")
    with pytest.raises(TableError, match="lacks the column b, which the model reads"):
        predict_path(table_models[0], tmp_path / "one.csv")
    (tmp_path / "none.csv").write_text("c,d\n1,2\n")
    with pytest.raises(TableError, match=r"lacks the columns b, a \(2 of 2\)"):
        predict_path(table_models[0], tmp_path / "none.csv")


def test_a_gap_is_filled_as_in_training_and_said_or_refused(table_models, tmp_path):
    model = table_models[0]
    (tmp_path / "gap.csv").write_text("a,b\n1,2\n3,\n")
    # The median of b is 2 in the training table.
    found = predict_path(model, tmp_path / "gap.csv")
    np.testing.assert_array_equal(found.probabilities[1], model.predict_proba([[2.0, 3.0]])[0])
    assert [one.code for one in found.notices] == ["imputed"]
    assert found.notices[0].message == (
        "1 missing or infinite value replaced by the median of the training rows: b 1"
    )
    bare = replace(model, scaler=replace(model.scaler, fill=np.full(2, np.nan)))
    with pytest.raises(TableError, match=r"row 2 of gap\.csv has no value in column b"):
        predict_path(bare, tmp_path / "gap.csv")


def test_lists_of_a_parquet_table_are_matched_by_their_places(table_models, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    model = replace(table_models[0], feature_names=("v[1]", "v[0]"))
    path = tmp_path / "lists.parquet"
    parquet.write_table(pa.table({"v": [[1.0, 2.0], [30.0, 4.0]]}), path)
    expected = model.predict_proba(np.array([[2.0, 1.0], [4.0, 30.0]]))
    np.testing.assert_array_equal(predict_path(model, path).probabilities, expected)
    short = replace(model, feature_names=("v[1]", "v[2]"))
    with pytest.raises(TableError, match=r"give no 'v\[2\]'"):
        predict_path(short, path)


def test_a_constant_answers_without_a_look(table, table_models, tones, tmp_path):
    constant = table_models[1]
    assert predict_path(constant, tones).n_samples == 16
    assert predict_path(constant, table).paths[0] == "row 1"
    assert predict_path(constant, "world").n_samples == 1059


def test_a_dataset_has_the_models_input_or_is_refused(table_models):
    with pytest.raises(InputError, match="the model reads features, and timbre has wave"):
        predict_path(table_models[0], "timbre")


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("nothing.wav", InputError, "there is no file"),
        ("text.txt", InputError, "neither a folder of audio nor a table"),
        ("empty", AudioError, "there is no audio that can be read in"),
        ("tone.wav", InputError, "the model reads features, 2 columns that no recipe computes"),
    ],
)
def test_what_gives_nothing_to_predict_from_is_an_error(
    path, error, said, table_models, tones, tmp_path, monkeypatch
):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("words")
    shutil.copy(tones / "low" / "0.wav", tmp_path / "tone.wav")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=said):
        predict_path(table_models[0], path)


def test_abstention_needs_probabilities_of_classes(table, table_models):
    model = table_models[0]
    found = predict_path(model, table, abstain_below=0.9)
    assert (
        found.abstains.tolist() == (model.predict_proba(features_of(table)).max(1) < 0.9).tolist()
    )
    assert 0 < found.abstains.sum() < 40
    with pytest.raises(SpecError, match=r"from 0 to 1, not 1\.5"):
        predict_path(model, table, abstain_below=1.5)
    with pytest.raises(SpecError, match="only a model of classes abstains"):
        predict_path(replace(model, task="multilabel", classes=None), table, abstain_below=0.5)


def features_of(table):
    rows = [line.split(",") for line in table.read_text().splitlines()[1:]]
    return np.array([[float(row[0]), float(row[2])] for row in rows])


def test_how_a_table_is_read_does_not_go_with_sounds(tone_model, tones):
    with pytest.raises(SpecError, match="--id does not go with"):
        predict_path(tone_model, tones, id="name")
