"""Inputs outside of the training range: counted by sample, named by column."""

from dataclasses import replace

import numpy as np
import soundfile

from gradatim.models.ranges import InputRanges
from gradatim.tagging import predict_path
from gradatim.tagging.answers import Leaving, answer, leaving_notice
from tests.tagging.conftest import write_tone


def outside(found):
    return [one.message for one in found.notices if one.code == "outside-range"]


def test_the_rows_of_training_lie_inside(table, table_models, tones, tone_model):
    assert outside(predict_path(table_models[0], table)) == []
    assert outside(predict_path(table_models[1], table)) == []
    assert outside(predict_path(tone_model, tones, n_jobs=1)) == []


def test_rows_outside_are_counted_and_the_columns_named(table_models, tmp_path):
    # In training b is from 0 to 4 and a from 0 to 59.
    (tmp_path / "t.csv").write_text("a,b\n0,4\n59,0\n60,3\n-1,2\n7,4.5\n60,5\n")
    assert outside(predict_path(table_models[0], tmp_path / "t.csv")) == [
        "4 of 6 rows are outside the range of the training rows, most in a (3), b (2); what is "
        "said of them is extrapolated"
    ]
    (tmp_path / "one.csv").write_text("a,b\n0,4\n59,-0.5\n")
    [said] = outside(predict_path(table_models[0], tmp_path / "one.csv"))
    assert said.startswith("1 of 2 rows is outside the range of the training rows, most in b (1);")
    old = replace(table_models[0], ranges=None)
    assert outside(predict_path(old, tmp_path / "t.csv")) == []


def test_a_file_is_outside_where_one_of_its_pieces_is(tones, tone_model, tmp_path):
    recipe = {**tone_model.recipe, "segment_seconds": 0.1}
    low, rate = soundfile.read(tones / "low" / "0.wav")
    pieces = [low[k * rate // 10 : (k + 1) * rate // 10] for k in range(4)]
    soundfile.write(tmp_path / "a.wav", np.concatenate(pieces), rate)
    soundfile.write(tmp_path / "b.wav", np.concatenate([pieces[0], pieces[1] / 50]), rate)
    model = replace(tone_model, recipe=recipe)
    from tests.tagging.test_predicting import features

    X = features(model, tmp_path / "a.wav")
    inside = InputRanges.of(X, np.arange(len(X)))
    found = predict_path(replace(model, ranges=inside), tmp_path, n_jobs=1)
    [said] = outside(found)
    assert said.startswith("1 of 2 files is outside the range of the training rows, most in ")


def test_only_the_columns_that_most_samples_leave_are_named(table_models):
    model = replace(table_models[0], feature_names=())
    by_column = np.array([1, 0, 5, 2000, 5, 1])
    [said] = leaving_notice(model, Leaving(9000, 2003, by_column), "file")
    assert said.message.startswith(
        "2,003 of 9,000 files are outside the range of the training rows, most in column 4 "
        "(2,000), column 3 (5), column 5 (5), and 2 more columns;"
    )


def test_pieces_are_averaged_and_any_of_them_leaves(table_models):
    model = table_models[0]
    X = np.array([[1.0, 5.0], [2.0, 60.0], [3.0, 8.0]])
    said = answer(model, X, np.array([0, 2]))
    each = model.predict_proba(X)
    np.testing.assert_allclose(said.probabilities, [each[:2].mean(axis=0), each[2]])
    np.testing.assert_array_equal(said.outside, [[False, True], [False, False]])


def test_tones_elsewhere_leave_the_range(tone_model, tmp_path):
    write_tone(tmp_path / "x" / "silent.wav", 3900, noise=0.3)
    assert len(outside(predict_path(tone_model, tmp_path, n_jobs=1))) == 1
