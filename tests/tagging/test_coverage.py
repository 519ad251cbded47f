"""Prediction sets and intervals: what is in them, and what cannot be promised."""

import csv
import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from gradatim import climb_collection, read_table
from gradatim.collection import Collection
from gradatim.errors import SpecError
from gradatim.models.calibration import calibrate
from gradatim.presentation.predictions import prediction_lines, summary_lines
from gradatim.tagging import predict_path, write_predictions
from tests.tagging.test_predictions import P, make


def with_sets(threshold=0.5, **changes):
    return make(coverage=0.9, thresholds=np.array([threshold]), **changes)


def text_of(lines):
    return ["".join(part if isinstance(part, str) else part[0] for part in line) for line in lines]


def test_a_set_holds_what_is_probable_enough_and_the_prediction_always():
    # Of .7 .2 .1 | .1 .45 .45 | 0 .1 .9 | .6 .3 .1 those of at least .3, then of at least .65.
    assert with_sets(0.7).to_columns()["set"] == ["kick", "snare|tom", "tom", "kick|snare"]
    assert with_sets(0.35).to_columns()["set"] == ["kick", "snare", "tom", "kick"]
    assert with_sets(1.0).to_columns()["set"] == ["kick|snare|tom"] * 4


def test_the_set_stands_after_the_probability_and_nowhere_unasked():
    first = list(with_sets().to_columns())
    assert first == ["path", "prediction", "probability", "set", "kick", "snare", "tom"]
    assert "set" not in make().to_columns()
    assert make(names=("set", "snare", "tom")).to_columns()["set"] == P[:, 0].tolist()
    both = with_sets(names=("set", "snare", "tom")).to_columns()
    assert list(both)[3:5] == ["set", "set (class)"]


def test_files_hold_sets(tmp_path):
    found = with_sets(0.7, names=("set", "snare", "tom"))
    expected = ["set", "snare|tom", "tom", "set|snare"]
    for name in ("a.csv", "a.json", "a.parquet"):
        write_predictions(found, tmp_path / name)
    rows = csv.DictReader((tmp_path / "a.csv").read_text().splitlines())
    assert [row["set"] for row in rows] == expected
    assert [row["set"] for row in json.loads((tmp_path / "a.json").read_text())] == expected
    assert pq.read_table(tmp_path / "a.parquet")["set"].to_pylist() == expected
    whole = json.loads(json.dumps(found.to_dict()))
    assert (whole["coverage"], whole["thresholds"]) == (0.9, [0.7])


def test_numbers_have_intervals_of_their_own_widths(tmp_path):
    two = make(
        task="regression",
        names=("bpm", "low"),
        values=np.array([[100.0, 1.0], [90.0, 2.0]]),
        paths=["a", "b"],
        probabilities=None,
        coverage=0.5,
        thresholds=np.array([5.0, 0.25]),
    )
    columns = two.to_columns()
    assert list(columns) == ["path", "bpm", "low", "bpm low", "bpm high", "low low", "low high"]
    assert columns["bpm low"] == [95, 85]
    assert columns["low high"] == [1.25, 2.25]
    one = replace(two, names=("bpm",), values=two.values[:, 0], thresholds=np.array([5.0]))
    assert list(one.to_columns()) == ["path", "prediction", "low", "high"]
    assert one.to_columns()["high"] == [105, 95]
    assert "made to hold the true value of 0.5 of the samples" in text_of(summary_lines(one))[1]
    [written] = write_predictions(one, tmp_path / "a.parquet")
    assert pq.read_table(written)["low"].to_pylist() == [95, 85]


def test_the_screen_shows_sets_and_how_large_they_are():
    grid, _, _, words = prediction_lines(with_sets(0.7))
    assert [column.head for column in grid.columns][2:4] == ["probability", "set"]
    assert not grid.columns[3].right
    assert [column.spare for column in grid.columns] == [False] * 4 + [True] * 3
    assert text_of([words]) == [
        "sets are made to hold the true class of 0.9 of the samples, averaged over groups like "
        "those of the climb: 1 class 2, 2 classes 2"
    ]
    [said] = text_of([list(prediction_lines(with_sets(0.7, grouped=False)))[3]])
    assert " of 0.9 of the samples, if they are like those of the climb: 1 class 2" in said


# -- of a model ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grouped(table_models):
    """Return a model whose climb held out nine groups."""
    model = table_models[0]
    scores = np.linspace(0.1, 0.9, 9)
    return replace(model, calibration=calibrate(scores[None, :, None], np.arange(9)))


def test_sets_are_those_of_the_models_own_threshold(grouped, table):
    found = predict_path(grouped, table, coverage=0.75)
    # Of nine groups and a new one, .75 takes the eighth.
    assert found.thresholds == pytest.approx([0.8])
    assert found.coverage == 0.75
    np.testing.assert_array_equal(found.sets, found.probabilities >= 1 - found.thresholds)


def test_too_few_groups_promise_nothing_and_say_how_many_would(grouped, table):
    said = (
        r"cannot promise a coverage of 0\.9: its climb held out 9 groups, fewer than "
        r"1 / \(1 - 0\.9\) = 10; ask for at most 0\.888, or climb with more"
    )
    with pytest.raises(SpecError, match=said):
        predict_path(grouped, table, coverage=0.9)
    predict_path(grouped, table, coverage=0.888)
    alone = calibrate(np.zeros((1, 3, 1)), np.zeros(3))
    with pytest.raises(SpecError, match=r"held out 1 group, fewer than .* = 2; climb with more"):
        predict_path(replace(grouped, calibration=alone), table, coverage=0.5)
    rows = replace(grouped.calibration, grouped=False)
    with pytest.raises(SpecError, match="held out 9 rows"):
        predict_path(replace(grouped, calibration=rows), table, coverage=0.9)
    assert not predict_path(replace(grouped, calibration=rows), table, coverage=0.75).grouped
    assert predict_path(grouped, table, coverage=0.75).grouped


def test_what_has_no_sets_says_why(grouped, table, table_models):
    with pytest.raises(SpecError, match="between 0 and 1, not 1"):
        predict_path(grouped, table, coverage=1.0)
    with pytest.raises(SpecError, match="climb again and save it anew"):
        predict_path(replace(grouped, calibration=None), table, coverage=0.5)
    with pytest.raises(SpecError, match="this model is for labels"):
        predict_path(replace(grouped, task="multilabel", classes=None), table, coverage=0.5)
    learner = replace(grouped.learner, probabilistic=False)
    with pytest.raises(SpecError, match="gives no probabilities to make sets of"):
        predict_path(replace(grouped, learner=learner), table, coverage=0.5)


def test_intervals_of_a_climb_cover_rows_of_new_groups(tmp_path):
    rng = np.random.default_rng(1)

    def rows(n_groups):
        x = rng.normal(size=8 * n_groups)
        groups = np.repeat(np.arange(n_groups), 8)
        noise = rng.normal(size=n_groups)[groups] + 0.5 * rng.normal(size=len(x))
        return groups, x, 3 * x + noise

    groups, x, y = rows(40)
    lines = [f"{g},{a},{b}" for g, a, b in zip(groups, x, y, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["g,x,y", *lines]))
    learnt = read_table(tmp_path / "t.csv", "y", groups="g", task="regression")
    model = climb_collection(learnt, rungs=["majority", "linear"], keep=["linear"], repeats=1)
    groups, x, y = rows(150)
    (tmp_path / "new.csv").write_text("\n".join(["x", *map(str, x)]))
    found = predict_path(model.find_model("linear"), tmp_path / "new.csv", coverage=0.8)
    low, high = found.intervals[:, 0].T
    share = np.mean((low <= y) & (y <= high))
    assert 0.72 < share < 0.88


def test_a_file_of_many_segments_is_calibrated_as_one(tones):
    from gradatim import read_folder
    from gradatim.music import FeatureRecipe

    recipe = FeatureRecipe(n_mfcc=5, sr=8000, n_contrast_bands=4, segment_seconds=0.1)
    collection = read_folder(tones, recipe=recipe, n_jobs=1)
    assert isinstance(collection, Collection)
    climb = climb_collection(
        collection, rungs=["majority", "logistic"], repeats=1, folds=3, keep=["logistic"]
    )
    found = climb.find_model("logistic").calibration
    assert collection.n_samples == 64
    assert len(found.scores) == found.n_groups == 16
    row = climb.rungs[1]
    proba = row.outputs[0, :, 0].reshape(16, 4).mean(axis=1)
    expected = np.where(collection.y[::4] == "low", 1 - proba, proba)
    np.testing.assert_allclose(found.scores[:, 0], np.sort(expected), atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_table_in_parts_is_the_table_at_once(tmp_path, monkeypatch, size):
    found = with_sets(0.7, abstain_below=0.6)
    names = ("a.csv", "a.json", "a.parquet")
    whole = [write_predictions(found, tmp_path / name)[0].read_bytes() for name in names]
    assert json.loads(whole[1]) == found.to_rows()
    monkeypatch.setattr("gradatim.tagging.files._ROWS_OF_A_PART", size)
    parts = [write_predictions(found, tmp_path / name)[0].read_bytes() for name in names]
    assert parts[:2] == whole[:2]
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == found.to_rows()
