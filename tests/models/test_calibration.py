"""Thresholds of coverage, against cases worked by hand, crepes, and simulated groups."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gradatim import climb_collection, load_model
from gradatim.climb.calibration import calibration_of
from gradatim.climb.task import ClimbTask
from gradatim.collection import Collection
from gradatim.errors import InputError, SpecError
from gradatim.evaluation.folds import make_folds
from gradatim.models import calibration as module
from gradatim.models.calibration import calibrate
from gradatim.models.ranges import InputRanges
from tests.models.test_files import rewritten
from tests.models.test_model import model_of


def rows(*scores):
    return np.array(scores, dtype=float)[None, :, None]


def test_every_group_weighs_the_same_however_many_rows_it_has():
    # Three groups of 1, 2 and 4 rows. Of a weight of 3 + 1 a coverage of .5 takes 2.
    scores = rows(0.9, 0.1, 0.5, 0.2, 0.3, 0.4, 0.6)
    found = calibrate(scores, np.array(["a", "b", "b", "c", "c", "c", "c"]))
    # In order: .1 has 1/2, .2 3/4, .3 1, .4 5/4, .5 7/4, .6 2, .9 3.
    assert found.n_groups == 3
    assert found.thresholds(0.5) == [0.6]
    assert found.thresholds(0.25) == [0.3]
    assert found.thresholds(0.26) == [0.4]
    assert found.thresholds(0.75) == [0.9]
    assert found.thresholds(0.76) == [np.inf]


def test_repeats_share_the_weight_of_their_rows():
    once = calibrate(rows(0.1, 0.4, 0.2), np.array([0, 0, 1]))
    twice = calibrate(
        np.concatenate([rows(0.1, 0.4, 0.2), rows(0.3, 0.0, 0.8)]), np.array([0, 0, 1])
    )
    assert twice.weights.sum() == once.weights.sum() == 2
    # 0 .1 .2 .3 .4 .8 with weights 1/4 1/4 1/2 1/4 1/4 1/2; .34 of 3 is 1.02, past the first three.
    assert twice.thresholds(0.33) == [0.2]
    assert twice.thresholds(0.34) == [0.3]


@pytest.mark.parametrize(("coverage", "needed"), [(0.9, 10), (0.8, 5), (0.95, 20), (0.5, 2)])
def test_fewer_groups_than_one_over_what_is_left_promise_nothing(coverage, needed):
    def of(n):
        return calibrate(rows(*np.arange(n)), np.arange(n))

    assert of(needed).promises(coverage)
    assert not of(needed - 1).promises(coverage)
    # The rank itself ends one group later: ceil((G + 1) P) is above G.
    for n in range(1, needed + 2):
        rank = math.ceil(round((n + 1) * coverage, 9))
        assert of(n).thresholds(coverage) == [rank - 1 if rank <= n else np.inf]


def test_groups_of_one_row_give_the_sets_of_crepes():
    crepes = pytest.importorskip("crepes")
    rng = np.random.default_rng(3)
    chances = rng.dirichlet(np.ones(4), 83)
    true = rng.integers(0, 4, 83)
    new = rng.dirichlet(np.ones(4), 200)
    scores = 1 - chances[np.arange(83), true]
    peer = crepes.ConformalClassifier()
    peer.fit(scores)
    ours = calibrate(scores[None, :, None], np.arange(83))
    # Where (n + 1) * P is whole, crepes takes one score more than the rank needs.
    for coverage in (0.51, 0.77, 0.9, 0.95):
        theirs = peer.predict_set(1 - new, confidence=coverage, smoothing=False)
        np.testing.assert_array_equal(theirs, 1 - new <= ours.thresholds(coverage))


def test_groups_of_one_row_give_the_intervals_of_crepes():
    crepes = pytest.importorskip("crepes")
    rng = np.random.default_rng(4)
    residuals, said = np.abs(rng.normal(size=60)), rng.normal(size=50)
    peer = crepes.ConformalRegressor()
    peer.fit(residuals)
    ours = calibrate(residuals[None, :, None], np.arange(60))
    for coverage in (0.6, 0.88, 0.95):
        theirs = peer.predict_int(said, confidence=coverage)
        width = ours.thresholds(coverage)[0]
        np.testing.assert_allclose(theirs, np.stack([said - width, said + width], axis=1))


def test_a_new_group_is_covered_on_average_and_pooled_rows_would_not_do():
    # Small groups are hard, a large one is easy: rows pooled would see the easy one only.
    rng = np.random.default_rng(5)
    covered, pooled = [], []
    for _ in range(1500):
        hard = rng.random(12) < 0.5
        groups = np.repeat(np.arange(12), np.where(hard, 2, 40))
        scores = rng.random(len(groups)) * np.where(hard, 2.0, 1.0)[groups]
        found = calibrate(scores[None, :, None], groups)
        new = rng.random(20) * (2.0 if rng.random() < 0.5 else 1.0)
        covered.append(np.mean(new <= found.thresholds(0.9)))
        pooled.append(np.mean(new <= np.quantile(scores, 0.9)))
    error = np.std(covered) / np.sqrt(len(covered))
    assert np.mean(covered) > 0.9 - 3 * error
    assert np.mean(covered) < 0.97
    assert np.mean(pooled) < 0.8


def test_many_scores_are_thinned_to_a_more_careful_few(monkeypatch):
    rng = np.random.default_rng(6)
    scores, groups = rng.random((2, 500, 2)), rng.integers(0, 30, 500)
    whole = calibrate(scores, groups)
    monkeypatch.setattr(module, "MOST_SCORES", 100)
    thin = calibrate(scores, groups)
    assert thin.scores.shape == thin.weights.shape == (100, 2)
    np.testing.assert_allclose(thin.weights.sum(axis=0), 30)
    for coverage in np.linspace(0.05, 0.95, 19):
        away = thin.thresholds(coverage) - whole.thresholds(coverage)
        assert (away >= 0).all()
        assert (away < 0.03).all()


def test_a_coverage_is_a_share():
    found = calibrate(rows(1, 2), np.arange(2))
    for coverage in (0, 1, -0.1, 2):
        with pytest.raises(SpecError, match="a share between 0 and 1"):
            found.thresholds(coverage)


# -- in a climb and in a file -------------------------------------------------------------------


def test_a_climb_keeps_how_far_each_fold_was_off_by_group():
    rng = np.random.default_rng(7)
    X = rng.normal(size=(60, 3))
    y = np.array(["a", "b", "c"])[np.argmax(X + rng.normal(size=(60, 3)), axis=1)]
    groups = np.repeat(np.arange(12), 5)
    climb = climb_collection(
        Collection("made", {"x": X}, y, "classification", np.arange(60), groups=groups),
        rungs=["majority", "linear", "logistic"],
        folds=3,
        repeats=2,
        keep=["linear", "logistic"],
    )
    found = climb.find_model("logistic").calibration
    row = next(row for row in climb.rungs if row.rung == "logistic")
    of_true = row.outputs[:, np.arange(60), np.searchsorted(["a", "b", "c"], y)]
    assert found.n_groups == 12
    assert found.grouped
    np.testing.assert_array_equal(found.scores[:, 0], np.sort(1 - of_true.ravel()))
    np.testing.assert_allclose(found.weights, 1 / 10)
    assert climb.find_model("linear").calibration is None


def test_numbers_keep_their_residuals(climbs):
    climb = climbs("values")
    model = model_of(climb, "linear")
    row = next(row for row in climb.rungs if row.rung == "linear")
    y = np.asarray(climb.collection.y).reshape(climb.collection.n_samples, -1)
    said = row.predictions.reshape(len(row.predictions), *y.shape)
    away = np.abs(said - y).reshape(-1, y.shape[1])
    np.testing.assert_allclose(model.calibration.scores, np.sort(away, axis=0))


def test_labels_keep_nothing(climbs):
    assert model_of(climbs("labels"), "logistic").calibration is None


@pytest.mark.parametrize(("kind", "rung"), [("three", "logistic"), ("values", "linear")])
def test_a_file_keeps_calibration_and_ranges(climbs, tmp_path, kind, rung):
    climb = climbs(kind)
    model = model_of(climb, rung)
    loaded = load_model(model.save(tmp_path / "m.gradatim"))
    for name in ("scores", "weights"):
        np.testing.assert_array_equal(
            getattr(loaded.calibration, name), getattr(model.calibration, name)
        )
    assert loaded.calibration.n_groups == model.calibration.n_groups
    assert loaded.calibration.grouped == model.calibration.grouped
    X = climb.collection.X["sounds"]
    np.testing.assert_array_equal(loaded.ranges.low, np.nanmin(X, axis=0))
    np.testing.assert_array_equal(loaded.ranges.high, np.nanmax(X, axis=0))


def test_a_model_without_them_is_read_as_before(climbs, tmp_path):
    model = replace(model_of(climbs("three"), "logistic"), calibration=None, ranges=None)
    loaded = load_model(model.save(tmp_path / "m.gradatim"))
    assert loaded.calibration is None
    assert loaded.ranges is None


DAMAGE = {
    "no number of groups": lambda r, t: r["calibration"].update(n_groups=0),
    "not those of 9 groups": lambda r, t: r["calibration"].update(n_groups=9),
    "do not ascend": lambda r, t: t.update(
        {"calibration.scores": t["calibration.scores"][::-1].copy()}
    ),
    "are not those": lambda r, t: t["calibration.weights"].__setitem__(0, -1.0),
    "not finite": lambda r, t: t["calibration.scores"].__setitem__(-1, np.inf),
    "calibration.weights is missing": lambda r, t: t.pop("calibration.weights"),
    "has the shape": lambda r, t: t.update({"ranges.low": t["ranges.low"][1:]}),
    "ranges of the training rows": lambda r, t: t.update({"ranges.low": t["ranges.high"] + 1}),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_damage_is_said_in_a_sentence(climbs, tmp_path, said):
    model = model_of(climbs("three"), "logistic")

    def change(record, tensors):
        tensors |= {name: np.array(array) for name, array in tensors.items()}
        DAMAGE[said](record, tensors)

    with pytest.raises(InputError, match=said):
        load_model(rewritten(model, tmp_path, change))


def test_ranges_pass_over_what_is_missing():
    X = np.array([[9.0, 9.0, 9.0], [1.0, np.nan, 5.0], [3.0, np.nan, np.nan]])
    found = InputRanges.of(X, np.array([1, 2]))
    np.testing.assert_array_equal(found.low, [1, np.nan, 5])
    np.testing.assert_array_equal(found.high, [3, np.nan, 5])
    new = np.array([[0.9, 7.0, 5.0], [3.0, -7.0, np.nan], [2.0, 0.0, 5.1]])
    expected = [[True, False, False], [False] * 3, [False, False, True]]
    assert found.outside(new).tolist() == expected


def test_the_rounding_of_single_precision_is_not_outside():
    # What a table of text holds of single precision is the same number, in other last digits.
    single = np.array([[0.1, -238.58455], [7.3, 1e-9]], dtype=np.float32)
    found = InputRanges.of(single, np.arange(2))
    written = np.array([[float(str(value)) for value in row] for row in single])
    assert (written != single.astype(float)).any()
    assert not found.outside(written).any()
    assert found.outside(np.array([[7.30001, -238.586], [0.09999, 1.1e-9]])).all()


def test_ranges_of_many_rows_are_those_of_all_blocks():
    X = np.random.default_rng(8).normal(size=(10_000, 2))
    found = InputRanges.of(X, np.arange(10_000))
    np.testing.assert_array_equal([found.low, found.high], [X.min(axis=0), X.max(axis=0)])


def test_of_a_fixed_split_the_scored_part_calibrates():
    rng = np.random.default_rng(9)
    X = rng.normal(size=(60, 2))
    y = np.where(X[:, 0] + rng.normal(size=60) > 0, "a", "b")
    parts = np.where(np.arange(60) < 40, "train", "test")
    made = Collection("made", {"x": X}, y, "classification", np.arange(60), parts=parts)
    climb = climb_collection(made, rungs=["majority", "logistic"], folds=3, keep=["logistic"])
    model = climb.find_model("logistic")
    of_true = model.predict_proba(X[40:])[np.arange(20), (y[40:] == "b").astype(int)]
    assert model.calibration.n_groups == 20
    assert not model.calibration.grouped
    np.testing.assert_allclose(model.calibration.scores[:, 0], np.sort(1 - of_true), atol=1e-12)
    np.testing.assert_array_equal(model.ranges.low, X[:40].min(axis=0))


def test_what_ran_away_keeps_no_scores(climbs):
    climb = climbs("value")
    collection = climb.collection
    folds = make_folds(collection, 3, 1, 0)
    task = ClimbTask(collection, folds=folds, metric="r2")
    row = next(row for row in climb.rungs if row.rung == "linear")
    assert calibration_of(task, row).scores.shape == (60, 1)
    away = row.predictions.copy()
    away[0, 7] = np.inf
    assert calibration_of(task, replace(row, predictions=away)) is None
