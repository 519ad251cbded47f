from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim.climb import Observer, climb_collection
from gradatim.collection import Collection
from gradatim.datasets import load_world
from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.folds import make_folds

CHEAP = ["majority", "linear", "logistic", "perceptron", "kernel"]


@pytest.fixture(scope="module")
def heard(make_collection):
    """Climb the rings once with every rung; return the result and what the observer heard."""
    rng = np.random.default_rng(1)
    radius = np.repeat([1.0, 3.0], 60) + 0.2 * rng.normal(size=120)
    angle = rng.uniform(0, 2 * np.pi, 120)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    made = make_collection(X, np.repeat(["in", "out"], 60))

    class Ear(Observer):
        def __init__(self):
            self.plan, self.totals, self.done, self.reports, self.ends = [], [], [], [], [0.0]

        def planned(self, rows):
            self.plan = list(rows)

        def progressed(self, rung, input, fraction, doing, total):
            assert 0 <= fraction <= 1
            assert doing
            self.totals.append(total)
            self.reports.append((rung, fraction, doing, total))

        def finished(self, result, total):
            self.done.append((result.rung, result.input))
            self.totals.append(total)
            self.ends.append(total)

    ear = Ear()
    return climb_collection(made, folds=3, repeats=1, observer=ear), ear


@pytest.mark.slow
def test_rings_climb_past_every_line_and_stop_at_the_kernel(heard):
    found, _ = heard
    means = {row.rung: row.mean for row in found.rungs}
    assert means["logistic"] < 0.75
    assert means["kernel"] > 0.95
    assert means["deep"] > 0.9
    assert found.verdict.rung == "kernel"


@pytest.mark.slow
def test_rows_come_in_the_order_of_the_ladder(heard):
    found, _ = heard
    order = [*CHEAP, "shallow", "deep"]
    assert [row.rung for row in found.rungs] == order


@pytest.mark.slow
def test_the_observer_hears_a_plan_then_progress_that_never_goes_back(heard):
    found, ear = heard
    assert ear.plan == ear.done == [(row.rung, row.input) for row in found.rungs]
    assert ear.totals == sorted(ear.totals)
    assert ear.totals[-1] == pytest.approx(1.0)


@pytest.mark.slow
def test_a_rung_begins_then_chooses_then_trains_and_its_share_is_scaled_into_the_whole(heard):
    _, ear = heard
    for (rung, _), before, after in zip(ear.plan, ear.ends, ear.ends[1:], strict=False):
        reports = [report[1:] for report in ear.reports if report[0] == rung]
        words = list(dict.fromkeys(doing for _, doing, _ in reports))
        assert words in (
            ["starting"],
            ["starting", "training"],
            ["starting", "choosing", "training"],
        )
        assert (words[1:2] == ["choosing"]) == (rung in ("linear", "logistic", "kernel", "shallow"))
        for fraction, _, total in reports:
            assert total == pytest.approx(before + fraction * (after - before))


@pytest.mark.slow
def test_every_row_has_a_score_a_fold_and_a_prediction_a_sample(heard):
    found, _ = heard
    for row in found.rungs:
        assert row.fold_scores.shape == (3,)
        assert row.predictions.shape == (1, 120)
        assert set(row.predictions[0]) <= {"in", "out"}
        assert row.interval[0] <= row.mean <= row.interval[1]
        assert row.n_parameters > 0


@pytest.mark.slow
def test_the_result_is_plain_json_with_the_documented_keys(heard):
    found, _ = heard
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(data) >= {"gradatim", "collection", "protocol", "rungs", "verdict", "warnings"}
    assert data["collection"]["inputs"] == {"features": 2}
    assert data["protocol"]["metric"] == "accuracy"
    assert len(data["collection"]["sha256"]) == 64


def test_the_same_seed_gives_the_same_scores(blobs):
    first, again = (
        climb_collection(blobs, folds=3, repeats=1, rungs=CHEAP, seed=3) for _ in range(2)
    )
    for a, b in zip(first.rungs, again.rungs, strict=True):
        assert np.array_equal(a.fold_scores, b.fold_scores)


def test_separable_clouds_stop_at_a_linear_rung_and_the_winner_is_a_network(blobs):
    found = climb_collection(blobs, folds=3, repeats=1, rungs=CHEAP)
    assert found.verdict.rung in ("linear", "logistic")
    assert found.protocol.grouped
    assert found.model.network is not None
    assert found.model.network.output_names == ("a", "b", "c")
    assert found.winner.mean > 0.95


def test_shuffled_labels_find_nothing(make_collection):
    rng = np.random.default_rng(0)
    made = make_collection(rng.normal(size=(150, 6)), np.repeat(["a", "b", "c"], 50))
    found = climb_collection(made, shuffle_labels=True, rungs=CHEAP)
    assert found.verdict.rung == "majority"
    assert found.verdict.p_chance > 0.05
    assert "shuffled-labels" in [notice.code for notice in found.notices]


def test_labels_of_whole_groups_are_shuffled_over_groups_and_find_nothing(make_collection):
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 6)
    X = rng.normal(size=(120, 5)) + 3 * rng.normal(size=(20, 5))[groups]
    made = make_collection(X, np.array(["a", "b"])[groups % 2], groups=groups)
    found = climb_collection(made, shuffle_labels=True, rungs=CHEAP, repeats=1)
    by_group = [set(found.collection.y[groups == group]) for group in range(20)]
    assert all(len(labels) == 1 for labels in by_group)
    assert found.verdict.rung == "majority"


def test_nothing_found_stops_on_the_majority_which_then_is_on_the_ladder(blobs):
    found = climb_collection(blobs, rungs=["linear"], folds=3, repeats=1, shuffle_labels=True)
    assert [row.rung for row in found.rungs] == ["majority", "linear"]
    assert found.winner is found.rungs[0]
    assert found.model.predict(blobs.X["features"][:1]) in found.collection.classes
    clear = climb_collection(blobs, rungs=["linear"], folds=3, repeats=1)
    assert [row.rung for row in clear.rungs] == ["linear"]


def test_log_loss_is_of_rungs_with_probabilities_and_shares_of_the_majoritys(blobs):
    found = climb_collection(blobs, metric="log_loss", rungs=["logistic", "kernel"], folds=3)
    means = {row.rung: row.mean for row in found.rungs}
    assert list(means) == ["majority", "logistic", "kernel"]
    assert means["majority"] == pytest.approx(np.log(3), abs=0.05)
    assert means["logistic"] < 0.3
    assert np.isnan(means["kernel"])
    assert not found.protocol.higher_is_better
    assert found.verdict.margin == pytest.approx(0.01 * means["majority"])
    assert found.verdict.rung == "logistic"
    assert [n.message for n in found.notices if n.code == "unscored"] == [
        "the kernel machine gives no probabilities, and so has no log-loss"
    ]
    json.dumps(found.to_dict(), allow_nan=False)


def test_where_most_rows_are_of_one_class_the_score_is_balanced(make_collection):
    rng = np.random.default_rng(0)
    made = make_collection(rng.normal(size=(100, 2)), np.repeat(["a", "b"], [90, 10]))
    found = climb_collection(made, rungs=["majority", "linear"], repeats=1)
    assert found.protocol.metric == "balanced_accuracy"
    assert found.rungs[0].mean == 0.5
    assert "balanced-accuracy" in [notice.code for notice in found.notices]


def test_guessing_has_an_auc_of_one_half_whatever_shares_the_folds_have(make_collection):
    rng = np.random.default_rng(3)
    y = (rng.random((70, 3)) < [0.2, 0.4, 0.7]).astype(int)
    made = make_collection(rng.normal(size=(70, 2)), y, "multilabel", groups=np.arange(70) // 5)
    found = climb_collection(made, rungs=["majority", "linear"], folds=4)
    assert found.protocol.metric == "macro_auc"
    assert found.rungs[0].mean == 0.5
    assert found.verdict.rung == "majority"
    ranked = climb_collection(made, metric="label_ranking", rungs=["majority"], folds=4)
    assert ranked.rungs[0].mean > 0.6


@pytest.fixture
def overlapping(make_collection):
    rng = np.random.default_rng(2)
    y = np.repeat(["a", "b", "c"], 60)
    X = rng.normal(size=(180, 12))
    X[:, 0] += 1.2 * (y == "b")
    X[:, 1] += 1.2 * (y == "c")
    return make_collection(X, y)


def test_logistic_rung_scores_as_scikit_learn_with_the_same_folds_and_penalties(overlapping):
    made = overlapping
    found = climb_collection(made, rungs=["logistic"])
    split, X = make_folds(made, 5, 2, 0), made.X["features"]
    scores = []
    for r, k in split.outer:
        train, test = split.rows_without(r, k), split.rows(r, k)
        neighbors = [(k - 1) % 5, (k + 1) % 5]

        def inner(C, r=r, k=k, neighbors=neighbors):
            judged = []
            for j in neighbors:
                t, v = split.rows_without(r, k, j), split.rows(r, j)
                model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))
                judged.append(model.fit(X[t], made.y[t]).score(X[v], made.y[v]))
            return np.mean(judged)

        C = max((1e-3, 1e-2, 1e-1, 1.0, 10.0), key=inner)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))
        scores.append(model.fit(X[train], made.y[train]).score(X[test], made.y[test]))
    assert found.rungs[0].mean == pytest.approx(np.mean(scores), abs=0.01)
    assert np.mean(np.abs(found.rungs[0].fold_scores - scores)) < 0.01


def test_linear_rung_is_ridge_of_scikit_learn():
    from gradatim.models.axes import principal_axes, solve_ridge

    rng = np.random.default_rng(0)
    for shape in ((40, 5), (10, 30)):
        X, y = rng.normal(size=shape), rng.normal(size=(shape[0], 3))
        X -= X.mean(axis=0)
        solved = solve_ridge(X, y - y.mean(axis=0), (0.1, 2.0), *principal_axes(X))
        for penalty, weight in zip((0.1, 2.0), solved, strict=True):
            model = Ridge(alpha=penalty * len(X)).fit(X, y)
            assert np.allclose(weight, model.coef_, atol=1e-8)


def test_least_squares_without_a_penalty_is_numpys_minimum_norm_solution():
    from gradatim.models.axes import principal_axes, solve_ridge

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 20)), rng.normal(size=(8, 1))
    X -= X.mean(axis=0)
    y -= y.mean(axis=0)
    [weight] = solve_ridge(X, y, (0.0,), *principal_axes(X))
    centered = np.linalg.lstsq(X, y, rcond=None)[0]
    assert np.allclose(weight, centered.T, atol=1e-8)


def test_a_class_missing_from_a_training_fold_does_no_harm(make_collection):
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c"], [30, 30, 6])
    groups = np.concatenate([np.repeat(np.arange(20), 3), np.repeat([98, 99], 3)])
    made = make_collection(rng.normal(size=(66, 3)), y, groups=groups)
    found = climb_collection(made, folds=3, repeats=1, rungs=CHEAP)
    assert "few-groups" in [notice.code for notice in found.notices]
    assert all(np.isfinite(row.fold_scores).all() for row in found.rungs)


def test_missing_values_are_filled_inside_the_training_folds(blobs, make_collection):
    X = np.array(blobs.X["features"])
    X[::7, 0] = np.nan
    made = make_collection(X, blobs.y, groups=blobs.groups)
    found = climb_collection(made, folds=3, repeats=1, rungs=CHEAP)
    assert all(np.isfinite(row.fold_scores).all() for row in found.rungs)
    assert found.winner.mean > 0.7


@pytest.mark.slow
def test_regression_ladder_has_no_rungs_for_labels_and_learns_a_bend(make_collection):
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, (150, 2))
    y = X[:, :1] ** 2 + 10.0
    made = make_collection(X, y, "regression")
    rungs = ["majority", "linear", "kernel", "shallow"]
    found = climb_collection(made, folds=3, repeats=1, rungs=rungs)
    means = {row.rung: row.mean for row in found.rungs}
    assert list(means) == rungs
    with pytest.raises(SpecError, match="no rung 'logistic' for regression"):
        climb_collection(made, rungs=["logistic"])
    assert means["linear"] < 0.2
    assert means["shallow"] > 0.9
    assert found.protocol.metric == "r2"


@pytest.mark.slow
def test_multilabel_ladder_learns_every_label(make_collection):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 4))
    y = (X[:, :3] + 0.3 * rng.normal(size=(90, 3)) > 0).astype(int)
    made = make_collection(X, y, "multilabel")
    found = climb_collection(made, folds=3, repeats=1, rungs=[*CHEAP, "shallow"])
    assert len(found.rungs) == 6
    assert found.protocol.metric == "macro_auc"
    means = {row.rung: row.mean for row in found.rungs}
    assert min(means[r] for r in means if r != "majority") > 0.75 > means["majority"] == 0.5


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"rungs": ["tower"]}, "no rung 'tower'"),
        ({"rungs": []}, "at least one rung"),
        ({"margin": -0.1}, "margin"),
        ({"margin": float("nan")}, "margin"),
        ({"margin": 0.1}, "a margin of 0.1 is above the tolerance of 0.05"),
        ({"margin": 0.01, "tolerance": 0}, "choose a tolerance of at least 0.01"),
        ({"folds": 2}, "at least 3 folds"),
    ],
)
def test_options_out_of_range_are_refused_in_a_sentence(blobs, options, match):
    with pytest.raises(SpecError, match=match):
        climb_collection(blobs, **options)


def test_one_class_is_refused_before_any_training(make_collection):
    with pytest.raises(LabelError, match="one class"):
        climb_collection(make_collection(np.zeros((30, 2)), ["a"] * 30))


def test_scores_do_not_depend_on_where_a_column_begins():
    rng = np.random.default_rng(0)
    time = 1000.0 * np.arange(90)
    y = np.where(time + rng.normal(0, 9000, 90) < 45_000, "first", "second")
    means = [
        climb_collection(
            Collection("t", {"ts": (time + start)[:, None]}, y, "classification", np.arange(90)),
            rungs=["linear", "logistic", "perceptron", "kernel", "shallow"],
            repeats=1,
        ).rungs
        for start in (0.0, 1.6e12)
    ]
    assert [rung.mean for rung in means[0]] == [rung.mean for rung in means[1]]


def test_a_number_that_is_the_same_in_every_row_is_no_target():
    X, y = np.arange(40.0)[:, None], np.full(40, 5.5)
    table = Collection("t", {"x": X}, y, "regression", np.arange(40), target_names=("year",))
    with pytest.raises(LabelError, match=r"target 'year' of t is 5\.5 in every row"):
        climb_collection(table, repeats=1)
    both = replace(table, y=np.column_stack([np.arange(40.0), y]), target_names=("a", "b"))
    with pytest.raises(LabelError, match="target 'b'"):
        climb_collection(both, repeats=1)


def songs_of_random_labels():
    """Forty songs, cut into eight pieces each that are almost alike, whose labels are drawn."""
    rng = np.random.default_rng(4)
    X = np.repeat(rng.normal(size=(40, 3)), 8, axis=0) + 0.05 * rng.normal(size=(320, 3))
    y = np.repeat(np.array(["x", "y"])[rng.integers(2, size=40)], 8)
    songs = np.repeat(np.arange(40), 8).astype(str)
    ids = np.array([f"row {k}" for k in range(320)])
    return Collection("songs", {"f": X}, y, "classification", ids, texts={"song": songs})


def test_a_climb_of_pieces_of_songs_warns_of_the_leak():
    found = climb_collection(songs_of_random_labels(), rungs=["majority", "kernel"], repeats=1)
    warned = {one["code"]: one["message"] for one in found.to_dict()["warnings"]}
    assert warned["leak"].endswith("with --groups song")
    assert found.rungs[1].mean > 0.9


def test_labels_are_shuffled_song_by_song_so_that_what_the_songs_give_away_shows():
    made = songs_of_random_labels()
    options = {"rungs": ["majority", "kernel"], "repeats": 1, "shuffle_labels": True}
    found = climb_collection(made, **options)
    assert found.rungs[1].mean > 0.9
    told = {one.code: one.message for one in found.notices}["shuffled-labels"]
    assert told.startswith("labels were shuffled, the same for all rows that share column 'song'")
    y, songs = found.collection.y, made.texts["song"]
    assert all(len(set(y[songs == song])) == 1 for song in set(songs))
    assert (y != made.y).any()
    kept = climb_collection(replace(made, groups=songs), **options)
    assert (kept.verdict.answer, kept.verdict.rung) == ("cannot decide", "majority")
    told = {one.code: one.message for one in kept.notices}["shuffled-labels"]
    assert told.startswith("labels were shuffled group by group: any rung above the first is")


def test_a_climb_from_python_knows_the_call_that_repeats_it():
    world = load_world()
    options = {"rungs": ["majority", "linear"], "repeats": 1, "margin": 0.02}
    found = climb_collection(world, n_jobs=1, **options)
    assert found.command == (
        "climb_collection(collection, repeats=1, margin=0.02, rungs=['majority', 'linear'])"
    )
    assert found.to_dict()["command"] == found.command


def test_margins_are_how_far_the_best_score_is_above_the_next(blobs):
    found = climb_collection(
        blobs, rungs=["majority", "linear", "logistic", "kernel"], folds=3, repeats=1, n_jobs=1,
        keep=["linear"],
    )  # fmt: skip
    majority, linear, logistic, kernel = found.rungs
    assert majority.margins is None
    assert logistic.margins is None
    # A machine of three classes has two votes for the best, at most one for the next, and less
    # than a third of a vote each for the distances.
    assert ((kernel.margins > 1 / 3) & (kernel.margins < 8 / 3)).all()
    # Least squares of 0 and 1: independent of the climb's own program.
    split = make_folds(blobs, 3, 1, 0)
    X, onehot = blobs.X["features"], (blobs.y[:, None] == blobs.classes).astype(float)
    for r, k in split.outer:
        train, test = split.rows_without(r, k), split.rows(r, k)
        if linear.choices[k]:
            continue
        design = np.column_stack([X, np.ones(len(X))])
        weights = np.linalg.lstsq(design[train], onehot[train], rcond=None)[0]
        second, first = np.sort(design[test] @ weights, axis=1)[:, -2:].T
        np.testing.assert_allclose(linear.margins[0, test], first - second, atol=1e-5)
    assert 0 in linear.choices


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_a_kept_rung_is_that_of_the_input_where_it_is_better_whatever_better_means(blobs, metric):
    rng = np.random.default_rng(0)
    inputs = {"noise": rng.normal(size=(blobs.n_samples, 3)), **blobs.X}
    made = replace(blobs, X=inputs, feature_names={})
    found = climb_collection(
        made, metric=metric, rungs=["logistic"], folds=3, repeats=1,
        keep=["logistic/noise", f"logistic/{next(iter(blobs.X))}"],
    )  # fmt: skip
    assert ("logistic", "noise") in found.models
    assert found.find_model("logistic").input == next(iter(blobs.X))
    assert found.find_model("logistic/noise").input == "noise"
