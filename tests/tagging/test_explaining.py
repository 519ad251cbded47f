"""Why a model says what it says: of sounds, of rows, of every kind of model."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gradatim import explain, explain_path, predict_path
from gradatim.errors import AudioError, InputError, ShapeError, SpecError, TableError
from gradatim.models import Model, load_model
from gradatim.models.learners import AveragedNetworks, Constant, Perceptrons
from gradatim.music.analysis import analyze_file
from gradatim.music.features import FeatureRecipe
from gradatim.network import Layer, Network
from gradatim.scalers import Scaler

ROW = np.array([3.0, 50.0])


def test_contributions_of_a_logistic_model_are_its_weights_times_scaled_values(table_models):
    model = table_models[0]
    found = explain(model, ROW)
    [network] = model.networks
    weights = network.layers[0].weight[0]
    by_hand = weights * (ROW - model.scaler.center) / model.scaler.scale
    sign = 1 if found.explained == "odd" else -1
    np.testing.assert_allclose(found.contributions, sign * by_hand)
    assert (found.explained, found.rival, found.method) == ("odd", "even", "exact")
    assert found.baseline == "mean"
    assert (found.feature_names, found.values.tolist()) == (("b", "a"), ROW.tolist())
    np.testing.assert_array_equal(found.baseline_values, model.scaler.center)
    even, odd = model.predict_proba(ROW[None])[0]
    assert found.probabilities == pytest.approx((odd, even))
    assert found.output == pytest.approx(np.log(odd / even))
    at_mean = model.decision_function(model.scaler.center[None])[0]
    assert found.baseline_output == pytest.approx(at_mean)
    assert found.contributions.sum() == pytest.approx(found.output - found.baseline_output)
    assert abs(found.contributions[found.order[0]]) == abs(found.contributions).max()


def test_the_other_class_has_the_opposite_contributions(table_models):
    found = explain(table_models[0], ROW)
    other = explain(table_models[0], ROW, class_name="even")
    assert (other.explained, other.rival, other.prediction) == ("even", "odd", "odd")
    np.testing.assert_allclose(other.contributions, -found.contributions)
    assert other.output == pytest.approx(-found.output)
    assert other.probabilities == found.probabilities[::-1]


def test_the_nearest_training_rows_are_those_that_are_near(table_models, table):
    model = table_models[0]
    found = explain(model, [2.0, 32.0], n_nearest=3)
    # Row k of the table has b = k mod 5 and a = k, 20 more where k is odd; none is [2, 32].
    rows = np.array([[k % 5, k + 20 * (k % 2)] for k in range(40)])
    apart = np.sqrt((((rows - [2, 32]) / model.scaler.scale) ** 2).mean(axis=1))
    expected = np.argsort(apart, kind="stable")[:3]
    assert [one.id for one in found.nearest] == [f"row {k + 1}" for k in expected]
    assert [one.label for one in found.nearest] == [("even", "odd")[k % 2] for k in expected]
    np.testing.assert_allclose([one.distance for one in found.nearest], apart[expected], atol=1e-6)
    assert (found.n_training, found.n_searched) == (40, 40)
    bare = explain(replace(model, training_rows=None), [2.0, 32.0])
    assert (bare.nearest, bare.n_training, bare.n_searched) == ((), None, None)


def test_a_missing_value_is_filled_and_known(table_models):
    model = table_models[0]
    found = explain(model, [np.nan, 24.0])
    assert np.isnan(found.values[0])
    assert found.filled.tolist() == [model.scaler.fill[0], 24.0]
    filled = explain(model, [model.scaler.fill[0], 24.0])
    np.testing.assert_array_equal(found.contributions, filled.contributions)
    [entry] = [one for one in found.to_dict()["inputs"] if one["name"] == "b"]
    assert (entry["value"], entry["filled"]) == (None, model.scaler.fill[0])


def test_a_sound_is_explained_as_its_features_are(tones, tone_model, tmp_path):
    model = load_model(tone_model.save(tmp_path / "m.gradatim"))
    found = explain_path(model, tones / "high" / "5.wav")
    assert (found.source, found.sample, found.explained) == ("5.wav", "5.wav", "high")
    [piece] = analyze_file(tones / "high" / "5.wav", FeatureRecipe.from_dict(model.recipe)).pieces
    alone = explain(model, np.asarray(piece.features))
    np.testing.assert_array_equal(found.contributions, alone.contributions)
    assert found.nearest[0].id == "high/5.wav"
    assert found.nearest[0].distance == pytest.approx(0, abs=1e-5)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["n_pieces"] == 1


def test_a_sound_in_pieces_has_the_mean_of_theirs(tones, tone_model):
    recipe = {**tone_model.recipe, "segment_seconds": 0.1, "max_seconds": 120.0}
    model = replace(tone_model, recipe=recipe)
    found = explain_path(model, tones / "low" / "2.wav")
    assert found.explained == found.prediction
    pieces = analyze_file(tones / "low" / "2.wav", FeatureRecipe.from_dict(recipe)).pieces
    each = [explain(model, np.asarray(one.features), class_name=found.explained) for one in pieces]
    assert found.n_pieces == found.n_gradients == len(each) == 4
    np.testing.assert_allclose(
        found.contributions, np.mean([one.contributions for one in each], axis=0)
    )
    assert found.output == pytest.approx(np.mean([one.output for one in each]))
    assert found.is_complete
    # Features are of single precision, and so is their mean over the pieces.
    values = np.mean([one.values for one in each], axis=0)
    np.testing.assert_allclose(found.values, values, rtol=1e-6)
    assert found.prediction == predict_path(model, tones / "low" / "2.wav").values[0]


def test_rows_are_chosen_by_number_by_what_they_are_called_or_by_a_column(table, table_models):
    model = table_models[0]
    by_number = explain_path(model, table, row=8)
    assert by_number.sample == "row 8"
    # Row 8 is k = 7.
    assert by_number.values.tolist() == [2.0, 27.0]
    assert explain_path(model, table, id="row 8").values.tolist() == [2.0, 27.0]
    assert explain_path(model, table, row=8, id_column="name").sample == "r7"
    by_name = explain_path(model, table, id="r7", id_column="name")
    assert (by_name.sample, by_name.values.tolist()) == ("r7", [2.0, 27.0])


def test_what_does_not_name_one_row_is_refused(table, table_models, tones, tone_model, tmp_path):
    model = table_models[0]
    with pytest.raises(SpecError, match="has 40 rows, and explain takes one; choose it by --id"):
        explain_path(model, table)
    with pytest.raises(InputError, match="no row 41; its rows go from 1 to 40"):
        explain_path(model, table, row=41)
    with pytest.raises(InputError, match="no row 0; its rows go from 1 to 40"):
        explain_path(model, table, row=0)
    with pytest.raises(InputError, match=r'called r77; did you mean "r7"\? its 40 rows are r0'):
        explain_path(model, table, id="r77", id_column="name")
    with pytest.raises(SpecError, match="exclude each other"):
        explain_path(model, table, id="row 2", row=2)
    with pytest.raises(TableError, match="has no column 'nothing'"):
        explain_path(model, table, id="r7", id_column="nothing")
    with pytest.raises(SpecError, match="is a folder, and explain takes one sound"):
        explain_path(tone_model, tones)
    with pytest.raises(SpecError, match="is one sound; leave out"):
        explain_path(tone_model, tones / "low" / "1.wav", row=1)
    with pytest.raises(InputError, match="no recipe computes from audio"):
        explain_path(model, tones / "low" / "1.wav")
    with pytest.raises(TableError, match="lacks the columns"):
        explain_path(tone_model, table, row=2)
    (tmp_path / "bad.wav").write_bytes(b"nothing")
    with pytest.raises(AudioError, match=r"bad\.wav"):
        explain_path(tone_model, tmp_path / "bad.wav")
    with pytest.raises(SpecError, match=r'no class evn; did you mean "even"\?'):
        explain_path(model, table, row=2, class_name="evn")
    (tmp_path / "one.csv").write_text("a,b\n27,2\n")
    assert explain_path(model, tmp_path / "one.csv").values.tolist() == [2.0, 27.0]


def test_a_row_in_python_is_one_row(table_models):
    model = table_models[0]
    same = explain(model, ROW[None])
    np.testing.assert_array_equal(explain(model, ROW.tolist()).contributions, same.contributions)
    with pytest.raises(ShapeError, match="one row, not 2"):
        explain(model, np.zeros((2, 2)))
    with pytest.raises(ShapeError, match=r"\(n_rows, 2\)"):
        explain(model, [1.0, 2.0, 3.0])


def test_a_constant_is_moved_by_nothing(table_models, table, tones, tone_model):
    found = explain_path(table_models[1], table, row=2)
    assert (found.method, found.baseline, len(found.contributions)) == ("constant", "none", 0)
    assert found.probabilities == (0.5, 0.5)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert explain(table_models[1], np.zeros(2)).method == "constant"


def made(learner, task, scaler=None, **more):
    ones = np.ones(2)
    return Model("made", "x", task, learner, scaler or Scaler(0 * ones, ones, 0 * ones), **more)


def test_numbers_are_explained_in_their_own_units():
    network = Network([Layer([[2.0, 0.0], [1.0, -1.0]], [10.0, 0.0])])
    learner = AveragedNetworks((network,), probabilistic=False)
    scaler = Scaler(np.array([5.0, 0.0]), np.array([2.0, 1.0]), np.zeros(2))
    names = {"target_names": ("year", "tempo"), "units": ("a", "bpm"), "flat": False}
    model = made(learner, "regression", scaler, **names)
    found = explain(model, [9.0, 3.0])
    assert (found.explained, found.rival, found.measure, found.unit) == ("year", None, "value", "a")
    assert (found.output, found.baseline_output) == (14.0, 10.0)
    assert found.contributions.tolist() == [4.0, 0.0]
    assert found.prediction == "year 14, tempo -1"
    second = explain(model, [9.0, 3.0], class_name="tempo")
    assert (second.contributions.tolist(), second.unit) == ([2.0, -3.0], "bpm")
    with pytest.raises(SpecError, match="no target x; it knows year, tempo"):
        explain(model, [9.0, 3.0], class_name="x")


def test_the_surest_label_is_explained():
    network = Network([Layer([[1.0, 0.0], [0.0, 3.0]], [0.0, 0.0], "logistic")])
    learner = AveragedNetworks((network,), probabilistic=True)
    model = made(learner, "multilabel", target_names=("sad", "fast"), flat=False)
    found = explain(model, [1.0, 2.0])
    assert (found.explained, found.rival, found.prediction) == ("fast", None, "sad|fast")
    assert found.contributions.tolist() == [0.0, 6.0]
    assert found.probabilities[0] == pytest.approx(1 / (1 + np.exp(-6)))
    assert explain(model, [1.0, 2.0], class_name="sad").contributions.tolist() == [1.0, 0.0]


def test_a_class_that_was_never_met_cannot_be_explained():
    unit = (Network([Layer([[1.0, 0.0]], [0.5], "heaviside")]), (0, 2))
    classes = np.array(["a", "b", "c"])
    model = made(Perceptrons((unit,), 3), "classification", classes=classes)
    found = explain(model, [1.0, 0.0])
    assert (found.explained, found.rival, found.measure) == ("c", "a", "score")
    with pytest.raises(SpecError, match="was of class b"):
        explain(model, [1.0, 0.0], class_name="b")
    only = made(Perceptrons(((None, (1,)),), 3), "classification", classes=classes)
    assert (explain(only, [1.0, 0.0]).method, explain(only, [1.0, 0.0]).explained) == (
        "constant",
        "b",
    )


def test_what_gradients_do_not_see_is_said():
    layers = [Layer([[1.0, 0.0]], [-0.5], "heaviside"), Layer([[4.0]], [0.0])]
    learner = AveragedNetworks((Network(layers),), probabilistic=False)
    found = explain(made(learner, "regression"), [1.0, 0.0])
    assert not found.is_complete
    assert found.gap == 4.0
    [notice] = found.notices
    assert notice.message.startswith("the contributions miss 4 of what they should add up to")


def test_a_constant_takes_one_row_too():
    model = Model("majority", "", "regression", Constant(np.array([3.5])))
    assert explain(model, [1.0]).output == 3.5
    with pytest.raises(ShapeError, match="one row"):
        explain(model, np.zeros((3, 1)))


def test_the_rival_is_the_strongest_other_class_by_its_score():
    network = Network([Layer([[5.0, 0.0], [1.0, 0.0], [3.0, 0.0]], np.zeros(3))])
    classes = np.array(["a", "b", "c"])
    model = made(Perceptrons(((network, (0, 1, 2)),), 3), "classification", classes=classes)
    found = explain(model, [1.0, 0.0])
    assert (found.explained, found.rival, found.output) == ("a", "c", 2.0)


def test_a_small_probability_of_two_classes_has_all_its_digits():
    network = Network([Layer([[50.0, 0.0]], [0.0], "logistic")])
    learner = AveragedNetworks((network,), probabilistic=True)
    model = made(learner, "classification", classes=np.array(["a", "b"]))
    found = explain(model, [1.0, 0.0])
    assert found.probabilities[1] == pytest.approx(np.exp(-50), rel=1e-9, abs=0)


def test_a_robust_scaler_has_the_median_as_its_baseline():
    network = Network([Layer([[1.0, 0.0]], [0.0])])
    learner = AveragedNetworks((network,), probabilistic=False)
    scaler = Scaler(np.array([5.0, 1.0]), np.ones(2), np.zeros(2), clip=3.0)
    found = explain(made(learner, "regression", scaler), [9.0, 1.0])
    assert found.baseline == "median"
    # 4 units above it, clipped to 4 / sqrt(1 + 16 / 9).
    assert found.contributions == pytest.approx([2.4, 0.0])


def test_a_label_that_always_holds_is_not_the_one_explained():
    network = Network([Layer([[1.0, 0.0]], [0.0], "heaviside")])
    units = ((None, (1,)), (network, (0, 1)))
    names = {"target_names": ("sad", "fast"), "flat": False}
    model = made(Perceptrons(units, 2), "multilabel", **names)
    assert explain(model, [2.0, 0.0]).explained == "fast"
    assert explain(model, [2.0, 0.0], class_name="sad").method == "constant"
