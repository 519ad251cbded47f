"""One published split: learnt on train, scored once on test, choices inside train."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import numpy as np
import pytest

from gradatim.climb import climb_collection, compare_climbs
from gradatim.models import load_model
from gradatim.presentation.breakdowns import class_table
from gradatim.presentation.climb_views import confusion_data, scatter_data
from gradatim.presentation.climbs import explain_protocol, heading
from gradatim.reports.html import render_report

RUNGS = ["majority", "linear", "logistic", "kernel"]


def split_of(made, n_test):
    """Put every k-th sample into the part that is scored."""
    parts = np.where(np.arange(made.n_samples) % (made.n_samples // n_test) == 0, "test", "train")
    return replace(made, parts=parts)


@pytest.fixture(scope="module")
def made(make_collection):
    rng = np.random.default_rng(3)
    groups = np.arange(160) // 4
    y = np.array(["a", "b"])[groups % 2]
    X = rng.normal(size=(160, 3)) + 1.2 * (y == "b")[:, None]
    whole = make_collection(X, y, groups=groups)
    # Whole groups: the last ten are scored.
    return replace(whole, parts=np.where(groups < 30, "train", "test"))


@pytest.fixture(scope="module")
def found(made):
    return climb_collection(made, rungs=RUNGS, n_jobs=1, keep=["linear"])


def test_every_rung_is_scored_once_on_the_test_part_by_a_model_of_the_training_part(made, found):
    test = made.parts == "test"
    for row in found.rungs:
        assert row.predictions.shape == (1, 40)
        assert row.fold_scores.tolist() == [row.mean]
        assert row.mean == pytest.approx(np.mean(row.predictions[0] == made.y[test]))
        assert row.group_scores.mean() == pytest.approx(row.mean)
    # The kept model learnt from the training part, so it says the same again.
    said = found.model.predict(made.X["features"][test])
    assert said.tolist() == found.winner.predictions[0].tolist()
    kept = found.find_model("linear").training_rows
    assert list(kept.ids) == made.ids[~test].astype(str).tolist()
    assert kept.n_all == 120


def test_features_are_shuffled_in_the_scored_part(found):
    importance = found.importance
    assert importance.score == pytest.approx(found.winner.mean)
    assert len(importance.features) == 3
    assert max(one.drop for one in importance.features) > 0.05


def test_nothing_of_the_test_part_is_learnt_or_chosen_on(made, found):
    test = made.parts == "test"
    y = made.y.copy()
    y[test] = np.where(y[test] == "a", "b", "a")
    turned = climb_collection(replace(made, y=y), rungs=RUNGS, n_jobs=1, keep=["linear"])
    for row, other in zip(found.rungs, turned.rungs, strict=True):
        assert row.model == other.model
        assert row.predictions.tolist() == other.predictions.tolist()
        assert other.mean == pytest.approx(1 - row.mean)
    # Nor does the model that is kept know of it.
    X = made.X["features"]
    kept = [climb.find_model("linear").outputs(X) for climb in (found, turned)]
    assert np.array_equal(*kept)


def test_the_interval_is_a_bootstrap_over_the_groups_of_the_test_part(made, found):
    test = made.parts == "test"
    rng = np.random.default_rng(99)
    for row in found.rungs[1:]:
        right = (row.predictions[0] == made.y[test]).reshape(10, 4).mean(axis=1)
        drawn = [np.mean(right[rng.integers(10, size=10)]) for _ in range(20_000)]
        # Ten groups: t is 2.2622, times the root of 10/9 2.3845, beyond which lie .00855.
        ends = np.quantile(drawn, [0.00855, 1 - 0.00855])
        assert row.interval == pytest.approx(ends, abs=0.026)


def test_the_verdict_the_protocol_and_the_page_say_that_it_is_one_fixed_split(found):
    assert found.verdict.sentence.endswith(
        "All this is of one fixed split: what other samples to learn from would change "
        "is not in it."
    )
    wrote = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    protocol = wrote["protocol"]
    assert (protocol["split"], protocol["n_train"]) == ("fixed", 120)
    assert (protocol["folds"], protocol["repeats"]) == (1, 1)
    assert wrote["scored"] == {
        "n_samples": 40,
        "groups": 10,
        "group_names": [str(g) for g in range(30, 40)],
        "group_sizes": [4] * 10,
        "unit_weights": None,
    }
    assert "fixed-split" in {warning["code"] for warning in wrote["warnings"]}
    how = "one fixed split, 120 learnt from and 40 scored once"
    assert any(how in str(line) for line in heading(found))
    terms = dict(explain_protocol(found))
    assert "Folds" not in terms
    assert terms["Split"].startswith(how.capitalize())
    assert "drawing the groups of the scored part anew (bootstrap)" in terms["Intervals"]
    page = render_report(found)
    assert how in page
    data, _ = confusion_data(found)
    assert np.sum(data["counts"]) == 40


def test_a_climb_by_folds_says_nothing_of_a_fixed_split(made):
    by_folds = climb_collection(replace(made, parts=None), rungs=["majority", "linear"], folds=3)
    wrote = by_folds.to_dict()
    assert (wrote["protocol"]["split"], wrote["protocol"]["n_train"]) == ("folds", None)
    assert wrote["scored"] is None
    assert "fixed split" not in by_folds.verdict.sentence


def test_two_climbs_of_one_split_are_compared_on_its_test_part(made, found):
    rng = np.random.default_rng(4)
    X = made.X["features"] + rng.normal(size=(160, 3))
    worse = climb_collection(replace(made, X={"features": X}), rungs=RUNGS, n_jobs=1, seed=7)
    pair = [copy.deepcopy(climb.to_dict()) for climb in (worse, found)]
    one = compare_climbs(*pair).rungs[1]
    a, b = (np.array(climb["rungs"][1]["unit_sums"]) for climb in pair)
    assert len(a) == 10
    assert one.difference == pytest.approx((b.sum() - a.sum()) / 40)
    assert one.interval[0] < one.difference < one.interval[1]


def test_rows_are_drawn_where_there_are_no_groups_and_a_seed_repeats_the_interval(made):
    alone = replace(made, groups=None)
    first, again = (climb_collection(alone, rungs=["majority", "linear"]) for _ in range(2))
    assert first.rungs[1].interval == again.rungs[1].interval
    low, high = first.rungs[1].interval
    error = np.sqrt(first.rungs[1].mean * (1 - first.rungs[1].mean) / 40)
    assert high - low == pytest.approx(2 * 2.02 * error, rel=0.25)


def test_chance_is_of_the_classes_that_are_scored(make_collection):
    rng = np.random.default_rng(0)
    parts = np.repeat(["train", "test"], [90, 60])
    y = np.array(["a", "b", "c"])[np.arange(150) % 3]
    y[90:] = np.array(["a", "b"])[np.arange(60) % 2]
    noise = replace(make_collection(rng.normal(size=(150, 2)), y), parts=parts)
    told = climb_collection(noise, rungs=["majority", "linear"])
    # Of two classes a guess has 1/2; against 1/3 it would pass for something learnt.
    assert told.verdict.rung == "majority"
    assert "guessing 0.500" in told.verdict.sentence or told.verdict.answer == "nothing learnable"
    assert "1 class learnt but not scored: c" in [notice.message for notice in told.notices]


def test_numbers_and_several_labels_are_scored_on_the_test_part_too(make_collection):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(120, 2))
    numbers = split_of(make_collection(X, X @ [1.0, 2.0] + 5, "regression"), 30)
    row = (climb := climb_collection(numbers, rungs=["majority", "linear"])).rungs[1]
    assert row.mean > 0.99
    assert row.interval[0] <= row.mean <= row.interval[1] <= 1
    assert len(scatter_data(climb)["ids"]) == 30
    tags = (X + 0.3 * rng.normal(size=X.shape) > 0).astype(int)
    several = split_of(make_collection(X, tags, "multilabel"), 30)
    climb = climb_collection(several, rungs=["majority", "linear"])
    low, high = climb.rungs[1].interval
    assert 0.8 < low <= climb.rungs[1].mean <= high <= 1
    samples = sum(int(one["samples"]) for one in class_table(climb)["rows"])
    assert samples == several.y[several.parts == "test"].sum()


def test_a_group_in_both_parts_is_a_leak_with_its_name(made):
    parts = made.parts.copy()
    parts[0] = "test"
    told = climb_collection(replace(made, parts=parts), rungs=["majority", "linear"]).notices
    [leak] = [notice.message for notice in told if notice.code == "leak"]
    assert leak.startswith("1 group stands in both parts of the split, such as '0'")


def test_a_model_whose_score_has_no_interval_is_saved_all_the_same(made, tmp_path):
    one = np.where(made.parts == "test", 99, made.groups)
    climb = climb_collection(
        replace(made, groups=one), rungs=["majority", "linear"], n_jobs=1, keep=["linear"]
    )
    model = climb.find_model("linear")
    again = load_model(model.save(tmp_path / "one-group.gradatim"))
    assert again.about["score"]["interval"] == [None, None]
    assert f"{climb.rungs[1].mean:.3f}</td>" in again._repr_html_()
    # No class but one is scored: AUC is undefined, and so is the mean.
    y = np.where(made.parts == "test", "a", made.y)
    climb = climb_collection(
        replace(made, y=y), rungs=["majority", "linear"], n_jobs=1, keep=["linear"], metric="auc"
    )
    again = load_model(climb.find_model("linear").save(tmp_path / "one-class.gradatim"))
    assert again.about["score"]["mean"] is None
    assert "auc" not in again._repr_html_()


def test_a_class_of_one_group_stays_in_a_published_split(made):
    y = made.y.astype("<U4")
    y[:4] = "rare"  # The first group, which is learnt from
    told = climb_collection(replace(made, y=y), rungs=["majority", "linear"], folds=3)
    assert told.collection.n_samples == 160
    assert "lonely-class" not in {notice.code for notice in told.notices}
