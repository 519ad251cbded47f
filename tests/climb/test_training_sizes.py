from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from gradatim.climb import Observer, climb_collection
from gradatim.climb.task import ClimbTask
from gradatim.climb.training_sizes import part_of
from gradatim.evaluation.folds import make_folds
from gradatim.models.families.registry import FAMILIES


def task_of(collection):
    return ClimbTask(collection, folds=make_folds(collection, 3, 1, 0))


@pytest.fixture
def tones(make_collection):
    """Return 240 rows in 60 groups, of two classes that overlap."""
    rng = np.random.default_rng(0)
    groups = np.arange(240) // 4
    y = np.array(["a", "b"])[groups % 2]
    X = rng.normal(size=(240, 6)) + 0.7 * (y == "b")[:, None]
    return make_collection(X, y, groups=groups)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_a_part_has_whole_groups_and_the_same_share_of_each_class(tones, share):
    task, rows = task_of(tones), np.arange(160)
    part = part_of(task, rows, share)
    assert (np.diff(part) > 0).all()
    for group in np.unique(tones.groups[part]):
        assert np.isin(np.flatnonzero(tones.groups[rows] == group), part).all()
    for name in "ab":
        assert len(np.unique(tones.groups[part][tones.y[part] == name])) == np.ceil(share * 20)


def test_a_larger_part_holds_a_smaller_one_and_all_is_all(tones):
    task, rows = task_of(tones), np.arange(40, 240)
    small, large = part_of(task, rows, 0.25), part_of(task, rows, 0.5)
    assert set(small) < set(large) < set(rows)
    assert part_of(task, rows, 1.0) is rows


def test_a_rare_class_keeps_a_group(make_collection):
    y = np.array(["a"] * 40 + ["b"])
    made = make_collection(np.zeros((41, 1)), y)
    task = ClimbTask(made, folds=None)
    part = part_of(task, np.arange(41), 0.25)
    assert 40 in part
    assert len(part) == 11


def test_the_last_size_is_the_first_repeat_and_gains_add_up(tones):
    found = climb_collection(
        tones, rungs=["majority", "logistic"], folds=3, n_jobs=1, learning_curve=True
    )
    small, half, whole = found.sizes
    assert [one.n_samples for one in found.sizes] == [40.0, 80.0, 160.0]
    assert [one.n_groups for one in found.sizes] == [10.0, 20.0, 40.0]
    assert whole.mean == pytest.approx(np.mean(found.winner.predictions[0] == tones.y))
    assert np.isnan(small.gain)
    assert small.mean + half.gain + whole.gain == pytest.approx(whole.mean)
    assert half.gain_interval[0] < half.gain < half.gain_interval[1]
    written = found.to_dict()["learning_curve"]
    assert (written[0]["gain"], written[2]["n_groups"]) == (None, 40.0)
    assert "learning_curve=True" in found.command


def test_scores_are_those_of_models_trained_on_the_parts_alone(make_collection):
    # An independent implementation, of ridge regression with the penalties that were chosen.
    rng = np.random.default_rng(1)
    X = rng.normal(size=(120, 30))
    y = 2 * X[:, 0] + rng.normal(size=120)
    made = make_collection(X, y, "regression")
    found = climb_collection(
        made, rungs=["linear"], folds=3, repeats=1, n_jobs=1, learning_curve=True
    )
    task = task_of(made)
    penalties = FAMILIES["linear"].candidates(task, "features")
    said = np.empty(120)
    for (r, k), choice in zip(task.folds.outer, found.winner.choices, strict=True):
        rows, test = part_of(task, task.folds.rows_without(r, k), 0.5), task.folds.rows(r, k)
        scaler = StandardScaler().fit(X[rows])
        ridge = Ridge(max(penalties[choice], 1e-9) * len(rows))
        ridge.fit(scaler.transform(X[rows]), y[rows])
        said[test] = ridge.predict(scaler.transform(X[test]))
    expected = 1 - np.sum((said - y) ** 2) / np.sum((y - y.mean()) ** 2)
    assert found.sizes[1].mean == pytest.approx(expected, abs=1e-6)


def test_of_a_fixed_split_parts_are_of_the_training_part(tones):
    fixed = replace(tones, parts=np.where(np.arange(240) < 160, "train", "test"))
    found = climb_collection(fixed, rungs=["majority", "linear"], n_jobs=1, learning_curve=True)
    assert [one.n_samples for one in found.sizes] == [40.0, 80.0, 160.0]
    assert found.sizes[-1].mean == pytest.approx(found.winner.mean)
    assert found.sizes[-1].interval == pytest.approx(found.winner.interval)


def test_unless_asked_for_nothing_is_trained_again(tones):
    found = climb_collection(tones, rungs=["majority", "linear"], folds=3, n_jobs=1)
    assert found.sizes == ()
    assert found.to_dict()["learning_curve"] is None
    only = climb_collection(tones, rungs=["majority"], folds=3, n_jobs=1, learning_curve=True)
    assert only.sizes == ()


def test_whoever_watches_hears_of_it_and_of_the_rung_again(tones):
    heard = []

    class Watching(Observer):
        def progressed(self, rung, input, fraction, doing, total):
            heard.append((rung, doing, total))

        def finished(self, result, total):
            heard.append((result.rung, "finished", total))

    climb_collection(
        tones, rungs=["majority", "logistic"], folds=3, repeats=1, n_jobs=1,
        observer=Watching(), learning_curve=True,
    )  # fmt: skip
    first = heard.index(("logistic", "finished", 1.0))
    rest = heard[first + 1 :]
    assert rest[-1] == ("logistic", "finished", 1.0)
    assert rest[:-1]
    assert all(rung == "logistic" and "learning curve" in doing for rung, doing, _ in rest[:-1])
    assert {total for _, _, total in rest} == {1.0}
