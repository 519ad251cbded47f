import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from gradatim.presentation import climb_views


def without_sounds(climb):
    return replace(climb, collection=replace(climb.collection, media=None))


def test_the_ladder_has_the_digits_of_the_table(climb):
    # 5/16 lies between two scores of three decimals, and distances from 100 km on have one.
    for value, text in ((0.3125, "0.312"), (1204.56, "1204.6"), (np.nan, "\N{EN DASH}")):
        rung = replace(climb.rungs[0], fold_scores=np.full(10, value), interval=(value, value))
        verdict = replace(climb.verdict, margin=value)
        model = climb_views.ladder_data(replace(climb, rungs=[rung], verdict=verdict))
        [row] = model["rungs"]
        assert model["margin_text"] == text
        assert row["texts"] == {
            "mean": text,
            "interval": [text, text],
            "fold_scores": [text] * 10,
        }


def test_confusion_of_one_repeat_agrees_with_scikit_learn(climb):
    once = replace(climb.winner, predictions=climb.winner.predictions[:1])
    rungs = [once if rung is climb.winner else rung for rung in climb.rungs]
    model, _ = climb_views.confusion_data(without_sounds(replace(climb, rungs=rungs)))
    y = np.asarray(climb.collection.y)
    np.testing.assert_array_equal(model["counts"], confusion_matrix(y, once.predictions[0]))
    assert model["classes"] == sorted(set(y))


def test_a_sample_counts_once_as_what_most_repeats_said(climb):
    y = np.array(["a", "a", "b", "b"])
    said = np.array([["a", "b", "b", "a"], ["b", "b", "a", "b"], ["b", "a", "c", "b"]])
    collection = climb.collection.take(np.arange(5))
    collection = replace(collection, y=np.append(y, "c"), media=None)
    winner = replace(climb.winner, predictions=np.append(said, [["c"]] * 3, axis=1))
    rungs = [winner if rung is climb.winner else rung for rung in climb.rungs]
    model, _ = climb_views.confusion_data(replace(climb, collection=collection, rungs=rungs))
    # Twice b; twice b; once each, so the earliest, b; twice b; and c.
    assert model["counts"] == [[0, 2, 0], [0, 2, 0], [0, 0, 1]]
    assert model["cells"] == {
        "0,1": [(0, 2), (1, 2)],
        "1,1": [(3, 2), (2, 1)],
        "2,2": [(4, 3)],
    }


def test_the_samples_of_a_cell_are_as_many_as_it_counts(climb):
    model, _ = climb_views.confusion_data(without_sounds(climb))
    for cell, items in model["cells"].items():
        i, j = map(int, cell.split(","))
        assert len(items) == model["counts"][i][j]
        for item, _ in items:
            assert model["ids"][item] == climb.collection.ids[item]
            assert model["classes"][i] == climb.collection.y[item]
    assert np.sum(model["counts"]) == climb.collection.n_samples


def test_items_with_a_sound_are_listed_first(climb):
    model, n_unreadable = climb_views.confusion_data(climb)
    assert len(model["sounds"]) == 40
    assert n_unreadable == 0
    for items in model["cells"].values():
        silent = [item not in model["sounds"] for item, _ in items]
        assert silent == sorted(silent)


def test_a_long_cell_is_cut_but_its_size_is_kept(climb, monkeypatch):
    monkeypatch.setattr(climb_views, "_LISTED", 2)
    model, _ = climb_views.confusion_data(
        replace(climb, collection=replace(climb.collection, media=None))
    )
    assert max(map(len, model["cells"].values())) == 2
    assert np.max(model["counts"]) > 2


def test_curves_come_from_rungs_that_learn_by_epochs(climb):
    titles = [panel["title"] for panel in climb_views.curve_data(climb)["panels"]]
    assert titles == [
        "Shallow network on wave",
        "Deep network on wave",
        "Shallow network on harmonics",
        "Deep network on harmonics",
    ]


def test_no_curves_no_model(multilabel_climb):
    assert climb_views.curve_data(multilabel_climb) is None


def test_numbers_that_json_does_not_know_become_null():
    assert climb_views._finite([0.123456789, np.nan, np.inf]) == [0.12346, None, None]


def test_every_model_is_json(climb, regression_climb):
    silent = replace(climb, collection=replace(climb.collection, media=None))
    models = [
        climb_views.ladder_data(climb),
        climb_views.confusion_data(silent)[0],
        climb_views.curve_data(climb),
        climb_views.scatter_data(regression_climb),
    ]
    for model in models:
        json.dumps(model, allow_nan=False)


def test_scatter_shows_the_mean_prediction_of_each_target(regression_climb):
    rung = regression_climb.winner
    twice = replace(rung, predictions=np.concatenate([rung.predictions, rung.predictions + 2]))
    rungs = [twice if one is rung else one for one in regression_climb.rungs]
    model = climb_views.scatter_data(replace(regression_climb, rungs=rungs))
    assert [panel["title"] for panel in model["panels"]] == ["latitude", "longitude"]
    expected = rung.predictions[0, :, 1] + 1
    assert model["panels"][1]["predicted"] == pytest.approx(expected, rel=1e-4)


def test_many_points_are_thinned_evenly(regression_climb, monkeypatch):
    monkeypatch.setattr(climb_views, "_MOST_POINTS", 7)
    model = climb_views.scatter_data(regression_climb)
    assert model["ids"] == ["0", "50", "100", "150", "199", "249", "299"]


def test_one_target_may_be_a_plain_column(regression_climb):
    rung = regression_climb.winner
    flat = replace(rung, predictions=rung.predictions[..., 0])
    collection = replace(
        regression_climb.collection, y=regression_climb.collection.y[:, 0], target_names=()
    )
    climb = replace(regression_climb, collection=collection, rungs=[flat])
    assert [panel["title"] for panel in climb_views.scatter_data(climb)["panels"]] == ["target 1"]


def test_differences_are_written_once_and_undefined_ones_left_out(climb):
    one = climb.verdict.comparisons[0]
    odd = [replace(one, difference=np.nan), replace(one, difference=0.25, p_better=0.99999)]
    rows = climb_views.comparison_rows(
        replace(climb, verdict=replace(climb.verdict, comparisons=odd))
    )
    assert [(row["difference"], row["p_better"]) for row in rows] == [("0.250", "> 0.999")]
    rows = climb_views.comparison_rows(climb)
    assert [row["is_winner"] for row in rows].count(True) == 1
    assert next(r["input"] for r in rows if r["is_winner"]) == "harmonics"
