"""Scores of a kept model, counted by hand or against its own predictions."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from gradatim.errors import InputError, LabelError, SpecError, TableError
from gradatim.sources.registry import Options, read_source
from gradatim.tagging import predict_path, score_path
from gradatim.tagging.scoring import _interval


def write(path, lines):
    path.write_text("\n".join(["kind,artist,a,note,b", *lines]) + "\n")
    return path


# In training even rows have a below 40, odd ones have 20 more, so the far ends are sure.
ROWS = [
    "even,A,0,x,2",
    "even,A,1,y,2",
    "odd,B,59,z,2",
    "even,B,58,,2",
    "blue,C,0,x,2",
    "blue,C,59,x,2",
]


@pytest.fixture
def other(tmp_path):
    return write(tmp_path / "other.csv", ROWS)


def test_right_ones_are_counted_and_classes_never_heard_are_wrong(other, table_models):
    found = score_path(table_models[0], other, Options(target=["kind"], groups="artist"))
    assert found.classes == ["blue", "even", "odd"]
    assert (found.n_samples, found.n_right) == ([2, 3, 1], [0, 2, 1])
    assert found.accuracy == 0.5
    assert found.balanced_accuracy == pytest.approx((0 + 2 / 3 + 1) / 3)
    assert (found.unheard, found.n_groups) == (["blue"], 3)
    assert found.notices[0].message == (
        "1 class that the model has never heard of, all counted as wrong: blue (2 samples)"
    )
    assert found.to_dict()["classes"][1] == {"class": "even", "n_samples": 3, "n_right": 2}


def test_columns_are_matched_by_name_and_others_passed_over(other, table_models, tmp_path):
    # In training b stood before a; note is text.
    model = table_models[0]
    found = score_path(model, other, Options(target=["kind"], drop_rows_without=["note"]))
    assert sum(found.n_samples) == 5
    said = predict_path(model, other).values
    true = np.array([line.split(",")[0] for line in ROWS])
    assert found.accuracy == np.mean((said == true)[[0, 1, 2, 4, 5]])
    (tmp_path / "lacks.csv").write_text("kind,a\nx,1\ny,2\n")
    with pytest.raises(TableError, match="lacks the column b"):
        score_path(model, tmp_path / "lacks.csv", Options(target=["kind"]))
    with pytest.raises(TableError, match="the model reads column a, so it is no target"):
        score_path(model, other, Options(target=["a"]))


def test_sounds_are_analyzed_by_the_recipe_inside(tones, tone_model, tmp_path):
    shutil.copytree(tones, tmp_path / "in")
    shutil.move(tmp_path / "in" / "low" / "0.wav", tmp_path / "in" / "high" / "wrong.wav")
    found = score_path(tone_model, tmp_path / "in", Options(n_jobs=1))
    assert (found.n_samples, found.n_right) == ([9, 7], [8, 7])
    assert found.n_groups is None


def test_a_file_of_many_segments_counts_once(tones, tone_model):
    recipe = {**tone_model.recipe, "segment_seconds": 0.1, "max_seconds": 120.0}
    model = replace(tone_model, recipe=recipe)
    found = score_path(model, tones, Options(n_jobs=1))
    said = predict_path(model, tones, n_jobs=1)
    true = np.array([path.split("/")[0] for path in said.paths])
    assert sum(found.n_samples) == 16
    assert found.accuracy == np.mean(said.values == true)
    # Those of a file were its group.
    assert found.n_groups == 16


def test_the_interval_is_that_of_groups():
    right = np.array([1, 1, 1, 1, 0, 0, 0, 0, 1, 0], dtype=bool)
    groups = np.array(list("aaaabbbbcc"))
    # Without a 1/6, without b 5/6, without c 1/2: variance 2/3 * 2/9; the logit's slope is 4.
    from scipy import special, stats

    half = stats.t.ppf(0.975, 100 / 36 - 1) * np.sqrt(2 / 3 * 2 / 9) * 4
    np.testing.assert_allclose(_interval(right, groups), special.expit([-half, half]))
    low, high = _interval(right, None)
    assert 0.15 < low < 0.25
    assert 0.75 < high < 0.85
    assert _interval(right, np.array(["a"] * 10)) is None


def test_what_cannot_be_scored_is_an_error(other, table_models, tone_model, tones):
    model, constant = table_models
    with pytest.raises(SpecError, match="score is for models of classes"):
        score_path(replace(model, task="multilabel", classes=None), other)
    with pytest.raises(InputError, match="no recipe computes from audio"):
        score_path(model, tones)
    with pytest.raises(InputError, match="world lacks"):
        score_path(tone_model, "world")
    with pytest.raises(TableError, match="name the column that is to be learnt with --target"):
        score_path(model, other)
    assert score_path(constant, other, Options(target=["kind"])).n_right in ([0, 3, 0], [0, 0, 1])


def test_one_class_is_enough_to_score(tmp_path, tones, tone_model, table_models):
    write(tmp_path / "one.csv", ROWS[:1])
    found = score_path(table_models[0], tmp_path / "one.csv", Options(target=["kind"]))
    assert (found.classes, found.n_right, found.interval) == (["even"], [1], None)
    shutil.copytree(tones / "low", tmp_path / "in" / "low")
    (tmp_path / "labels.csv").write_text("path,kind\nlow/0.wav,low\nlow/1.wav,low\n")
    assert score_path(tone_model, tmp_path / "in", Options(n_jobs=1)).n_samples == [8]
    labels = Options(labels=str(tmp_path / "labels.csv"), target=["kind"], n_jobs=1)
    assert score_path(tone_model, tmp_path / "in", labels).n_samples == [2]
    with pytest.raises(LabelError, match="a single class"):
        read_source(str(tmp_path / "in"), Options(n_jobs=1))
    with pytest.raises(LabelError, match="two or more to learn"):
        read_source(str(tmp_path / "one.csv"), Options(target=["kind"]))


def test_a_class_written_otherwise_is_named_beside_the_known_one(tmp_path, table_models):
    write(tmp_path / "t.csv", ["Evens,A,0,x,2", "blue,B,1,y,2"])
    notices = score_path(table_models[0], tmp_path / "t.csv", Options(target=["kind"])).notices
    assert "counted as wrong: Evens, like even, blue (2 samples)" in notices[0].message
