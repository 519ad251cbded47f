from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gradatim.climb import climb_collection
from gradatim.climb import importance as climb_importance
from gradatim.climb.importance import first_repeat, group_features, measure_importance
from gradatim.climb.result import RungResult
from gradatim.climb.rung import HeldOut
from gradatim.climb.task import ClimbTask
from gradatim.evaluation.folds import make_folds
from gradatim.training.store import Store


@pytest.fixture
def sum_of_two(make_collection):
    """Return numbers that are the first feature, and a tenth of the second; the third is noise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    return make_collection(X, X @ [1.0, 0.1, 0.0], "regression")


def measured(collection, weights, **task):
    """Ask models that are known to compute a sum of weighted features."""
    task = ClimbTask(collection, folds=make_folds(collection, 3, 2, 0), **task)
    once = first_repeat(task)
    model = SimpleNamespace(
        outputs=lambda X: (X @ np.array(weights))[:, None],
        learner=SimpleNamespace(probabilistic=False),
    )
    row = RungResult("linear", "features", "", 4, np.empty(0), (0, 0), 1.0, np.empty(0))
    return measure_importance(once, row, [model] * 3)


def test_a_feature_without_weight_loses_nothing_and_the_others_what_they_explain(sum_of_two):
    found = measured(sum_of_two, [1.0, 0.1, 0.0], metric="r2")
    assert found.score == pytest.approx(1.0)
    first, second, third = found.features
    assert (third.drop, third.interval) == (0.0, (0.0, 0.0))
    # A shuffled value is as good as another row's: twice the variance that it explains is lost.
    assert first.drop == pytest.approx(2 / 1.01, rel=0.15)
    assert second.drop == pytest.approx(2 * 0.01 / 1.01, rel=0.15)
    assert first.interval[0] < first.drop < first.interval[1]
    assert (found.n_shuffles, found.groups) == (5, ())


def test_features_of_one_name_are_measured_each(sum_of_two):
    named = replace(sum_of_two, feature_names={"features": ("x", "x", "y")})
    found = measured(named, [1.0, 0.1, 0.0], metric="r2")
    assert [one.name for one in found.features] == ["x", "x", "y"]
    assert found.features[0].drop > found.features[1].drop > 0.0


def test_columns_are_shuffled_together_within_what_each_fold_holds_out():
    X = np.arange(24.0).reshape(8, 3)
    held_out = HeldOut(X, [np.array([0, 2, 4, 6]), np.array([7, 5, 3, 1])])
    shuffled = held_out.shuffled([0, 2], np.random.default_rng(0))
    for own, found in zip(held_out, shuffled, strict=True):
        np.testing.assert_array_equal(found[:, 1], own[:, 1])
        np.testing.assert_array_equal(found[:, 2], found[:, 0] + 2)
        assert sorted(found[:, 0]) == sorted(own[:, 0])
    assert any((found != own).any() for own, found in zip(held_out, shuffled, strict=True))
    np.testing.assert_array_equal(shuffled[1], shuffled[1:][0])


def test_of_losses_a_drop_is_what_they_grow(sum_of_two):
    found = measured(sum_of_two, [1.0, 0.1, 0.0], metric="rmse")
    assert found.score == pytest.approx(0.0, abs=1e-6)
    assert found.features[0].drop == pytest.approx(np.sqrt(2), rel=0.1)


def test_the_models_are_those_that_made_the_scores_of_the_first_repeat(blobs):
    found = climb_collection(blobs, rungs=["majority", "logistic"], folds=3, repeats=2, n_jobs=1)
    y = blobs.y
    assert found.importance.score == pytest.approx(np.mean(found.winner.predictions[0] == y))
    assert [one.name for one in found.importance.features] == ["column 1", "column 2"]
    assert min(one.drop for one in found.importance.features) > 0.2
    assert found.to_dict()["importance"]["features"][0]["n_features"] == 1


def test_every_number_of_threads_measures_the_same(blobs):
    found = [
        climb_collection(blobs, rungs=["majority", "linear"], folds=3, n_jobs=n).importance
        for n in (1, 3)
    ]
    assert found[0] == found[1]


def test_where_nothing_is_read_nothing_is_shuffled(blobs):
    found = climb_collection(blobs, rungs=["majority"], folds=3, n_jobs=1)
    assert found.importance is None
    assert found.to_dict()["importance"] is None


def test_models_that_are_not_in_memory_come_from_the_store_or_not_at_all(
    blobs, monkeypatch, tmp_path
):
    options = {"rungs": ["majority", "logistic"], "folds": 3, "repeats": 1, "n_jobs": 1}
    kept = climb_collection(blobs, **options).importance
    monkeypatch.setattr(climb_importance, "FOLD_MODEL_BYTES", 0)
    assert climb_collection(blobs, **options).importance is None
    store = Store(tmp_path)
    assert climb_collection(blobs, store=store, **options).importance == kept
    # So does a climb that finds its rungs finished.
    assert climb_collection(blobs, store=store, **options).importance == kept


def test_what_costs_too_much_is_measured_in_groups_or_not_at_all(sum_of_two, monkeypatch):
    names = {"features": ("mfcc_1", "mfcc_2", "rms")}
    named = replace(sum_of_two, feature_names=names)
    full = measured(named, [1.0, 0.1, 0.0], metric="r2")
    assert [(one.name, one.n_features) for one in full.groups] == [("mfcc", 2), ("rms", 1)]
    # Of two groups and three features only the groups.
    a_pass = 300 * (5e4 + 4 * 8)
    monkeypatch.setattr(climb_importance, "_BUDGET", 4.5 * a_pass)
    grouped = measured(named, [1.0, 0.1, 0.0], metric="r2")
    assert (grouped.features, grouped.n_shuffles) == ((), 2)
    assert [one.name for one in grouped.groups] == ["mfcc", "rms"]
    unnamed = replace(sum_of_two, feature_names={"features": ("f1", "f2", "f3")})
    monkeypatch.setattr(climb_importance, "_BUDGET", 3.5 * a_pass)
    assert [one.name for one in measured(unnamed, [1, 0, 0], metric="r2").features] == [
        "f1",
        "f2",
        "f3",
    ]
    monkeypatch.setattr(climb_importance, "_BUDGET", 2.5 * a_pass)
    assert measured(unnamed, [1, 0, 0], metric="r2") is None
    monkeypatch.setattr(climb_importance, "_BUDGET", 1.5 * a_pass)
    assert measured(named, [1.0, 0.1, 0.0], metric="r2") is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["mfcc_1_mean", "mfcc_1_std", "rms_mean"], {"mfcc_1": [0, 1], "rms_mean": [2]}),
        (["mfcc_1_mean", "mfcc_2_std", "mfcc_13_std", "rms_mean", "rms_std"],
         {"mfcc": [0, 1, 2], "rms": [3, 4]}),
        (["harmonic 1", "harmonic 2", "harmonic 3"], {}),
        (["tempo", "energy"], {}),
        (["zero_rate", "zero_cross", "zero", "one"], {"zero": [0, 1, 2], "one": [3]}),
    ],
)  # fmt: skip
def test_features_are_put_together_by_how_their_names_begin(names, expected):
    assert group_features(names) == expected


def test_many_features_are_shuffled_in_blocks_of_neighbors(make_collection):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 101))
    wide = make_collection(X, X[:, 100], "regression")
    found = measured(wide, [0.0] * 100 + [1.0], metric="r2")
    assert found.features == ()
    assert len(found.groups) == 20
    assert sum(one.n_features for one in found.groups) == 101
    assert [one.drop > 0.5 for one in found.groups] == [False] * 19 + [True]


def test_a_score_that_is_undefined_without_a_group_leaves_no_hole(make_collection):
    # The last group alone has the second class, so without it there is no AUC.
    rng = np.random.default_rng(2)
    groups = np.arange(40) // 4
    y = np.where(groups == 9, "b", "a")
    X = rng.normal(size=(40, 2)) + (y == "b")[:, None]
    made = make_collection(X, y, groups=groups)
    task = first_repeat(ClimbTask(made, folds=make_folds(replace(made, groups=None), 3, 1, 0),
                                  metric="auc"))  # fmt: skip
    model = SimpleNamespace(
        outputs=lambda X: 1 / (1 + np.exp(-X.sum(axis=1)))[:, None],
        learner=SimpleNamespace(probabilistic=True),
    )
    row = RungResult("linear", "features", "", 4, np.empty(0), (0, 0), 1.0, np.empty(0))
    found = measure_importance(task, row, [model] * 3)
    assert np.isfinite([one.interval for one in found.features]).all()
