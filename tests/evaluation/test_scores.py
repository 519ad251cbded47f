"""Scores against scikit-learn's on all rows, and on the rows without each unit in turn."""

from __future__ import annotations

import itertools
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from gradatim.collection import Collection
from gradatim.errors import SpecError
from gradatim.evaluation.metrics import METRICS, Truth, choose_metric, show_score
from gradatim.evaluation.scores import pool, resample, score

RNG = np.random.default_rng(7)
N = 60
UNITS = {"rows": np.arange(N), "groups": np.sort(RNG.integers(0, 9, N))}
Y3 = np.array(list("abc"))[RNG.integers(0, 3, N)]
Y2 = np.array(["no", "yes"])[RNG.integers(0, 2, N)]
LABELS = (RNG.random((N, 4)) < 0.4).astype(int)
PLACES = np.column_stack([RNG.uniform(-60, 60, N), RNG.uniform(-180, 180, N)])


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def classes(y, n_columns):
    """Return truth, predictions of two repeats, and outputs with ties."""
    names = np.unique(y)
    z = np.round(RNG.normal(size=(2, N, n_columns)), 1) + (y[:, None] == names)[:, :n_columns]
    out = softmax(z) if n_columns > 1 else 1 / (1 + np.exp(-z))
    full = out if n_columns > 1 else np.concatenate([1 - out, out], axis=2)
    return Truth("classification", y, names), names[full.argmax(axis=2)], out


def places():
    said = PLACES + RNG.normal(0, 10, (2, N, 2))
    return Truth("regression", PLACES, np.array([]), ("latitude", "Longitude")), said, said


def labels():
    out = np.round(RNG.random((2, N, 4)), 1)
    return Truth("multilabel", LABELS, np.array([])), (out >= 0.5).astype(int), out


def haversine(true, said):
    near = metrics.pairwise.haversine_distances
    pairs = zip(np.radians(true), np.radians(said), strict=True)
    return np.mean([near([t], [s])[0, 0] for t, s in pairs]) * 6371.0088


def two_columns(out):
    return np.column_stack([1 - out, out]) if out.shape[1] == 1 else out


def one_vs_rest(true, out):
    names = np.unique(Y3)
    return np.mean([metrics.roc_auc_score(true == c, out[:, k]) for k, c in enumerate(names)])


CASES = {
    "accuracy": (classes(Y3, 3), lambda y, p, o: metrics.accuracy_score(y, p)),
    "balanced_accuracy": (classes(Y3, 3), lambda y, p, o: metrics.balanced_accuracy_score(y, p)),
    "macro_f1": (classes(Y3, 3), lambda y, p, o: metrics.f1_score(y, p, average="macro")),
    "log_loss": (classes(Y3, 3), lambda y, p, o: metrics.log_loss(y, o)),
    "log_loss two": (classes(Y2, 1), lambda y, p, o: metrics.log_loss(y, two_columns(o))),
    "auc": (classes(Y2, 1), lambda y, p, o: metrics.roc_auc_score(y, o[:, 0])),
    "macro_auc": (classes(Y3, 3), lambda y, p, o: one_vs_rest(y, o)),
    "macro_auc labels": (labels(), lambda y, p, o: metrics.roc_auc_score(y, o)),
    "macro_f1 labels": (labels(), lambda y, p, o: metrics.f1_score(y, p, average="macro")),
    "micro_f1": (labels(), lambda y, p, o: metrics.f1_score(y, p, average="micro")),
    "hamming": (labels(), lambda y, p, o: metrics.hamming_loss(y, p)),
    "label_ranking": (
        labels(),
        lambda y, p, o: metrics.label_ranking_average_precision_score(
            y[(y.min(1) == 0) & (y.max(1) == 1)], o[(y.min(1) == 0) & (y.max(1) == 1)]
        ),
    ),
    "r2": (places(), lambda y, p, o: metrics.r2_score(y, p)),
    "rmse": (places(), lambda y, p, o: metrics.root_mean_squared_error(y, p)),
    "mae": (places(), lambda y, p, o: metrics.mean_absolute_error(y, p)),
    "km": (places(), lambda y, p, o: haversine(y, p)),
}


def test_every_metric_is_held_against_scikit_learn():
    assert {case.split()[0] for case in CASES} == set(METRICS)


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("case", CASES)
def test_scores_are_scikit_learns_on_all_rows_and_without_each_unit(case, units):
    (truth, said, out), expected = CASES[case]
    unit = UNITS[units]
    found = pool(case.split()[0], truth, said, out, unit)

    def by_hand(kept):
        return np.mean([expected(truth.y[kept], p[kept], o[kept]) for p, o in zip(said, out)])  # noqa: B905

    assert found.value == pytest.approx(by_hand(np.full(N, True)), abs=1e-9)
    # scikit-learn checks its arguments longer than it computes: of many units every seventh.
    some = slice(None, None, 7 if units == "rows" else 1)
    without = [by_hand(unit != g) for g in range(unit.max() + 1)[some]]
    assert found.without[some] == pytest.approx(without, abs=1e-9)
    assert METRICS[case.split()[0]].sign == (1 if METRICS[case.split()[0]].higher_is_better else -1)


@pytest.mark.parametrize("case", CASES)
def test_a_score_that_is_a_mean_over_rows_can_be_had_from_the_sums_of_its_units(case):
    (truth, said, out), _ = CASES[case]
    found = pool(case.split()[0], truth, said, out, UNITS["groups"])
    if found.sums is None or case == "label_ranking":
        return
    n = np.bincount(UNITS["groups"])
    assert found.sums.sum() / n.sum() == pytest.approx(found.value, rel=1e-13, abs=1e-13)
    without = (found.sums.sum() - found.sums) / (n.sum() - n)
    assert found.without == pytest.approx(without, abs=1e-12)


def test_a_unit_that_takes_all_of_a_class_away_leaves_the_mean_of_the_others():
    y = np.array(list("aabbcc"))
    said = np.array([list("aabacb")])
    truth = Truth("classification", y, np.unique(y))
    found = pool("balanced_accuracy", truth, said, None, np.repeat([0, 1, 2], 2))
    assert found.value == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert found.without == pytest.approx([0.5, 0.75, 0.75])


def test_what_is_undefined_is_neither_perfect_nor_chance():
    flat = Truth("regression", np.ones(6), np.array([]))
    nobody = Truth("multilabel", np.zeros((6, 2)), np.array([]))
    one_class = Truth("classification", np.repeat("a", 6), np.array(["a", "b"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert np.isnan(score("r2", flat, np.ones(6), None))
        assert np.isnan(score("macro_auc", nobody, np.zeros((6, 2)), np.zeros((6, 2))))
        assert np.isnan(score("micro_f1", nobody, np.zeros((6, 2)), None))
        assert np.isnan(score("label_ranking", nobody, np.zeros((6, 2)), np.zeros((6, 2))))
        assert np.isnan(score("auc", one_class, one_class.y, np.zeros((6, 1))))
    assert np.isnan(score("log_loss", one_class, one_class.y, None))


def test_a_label_that_nobody_has_is_left_out_of_the_mean_over_labels():
    y = np.array([[1, 0], [0, 0], [1, 0], [0, 0]])
    out = np.array([[0.9, 0.1], [0.2, 0.3], [0.8, 0.5], [0.1, 0.9]])
    assert score("macro_auc", Truth("multilabel", y, np.array([])), y, out) == 1.0


def test_a_quarter_of_the_equator_is_ten_thousand_kilometers():
    y = np.array([[0.0, 0.0], [0.0, 170.0]])
    said = np.array([[0.0, 90.0], [0.0, -170.0]])
    truth = Truth("regression", y, np.array([]), ("latitude", "longitude"))
    quarter = 6371.0088 * np.pi / 2
    assert score("km", truth, said, None) == pytest.approx((quarter + quarter * 20 / 90) / 2)


def make(y, task="classification", names=()):
    y = np.asarray(y)
    X = {"x": np.zeros((len(y), 1))}
    return Collection("songs.csv", X, y, task, np.arange(len(y)), target_names=names)


def test_the_default_metric_fits_the_task():
    assert choose_metric(make(["a", "b"] * 10), None) == ("accuracy", None)
    assert choose_metric(make(LABELS, "multilabel"), None) == ("macro_auc", None)
    assert choose_metric(make(PLACES, "regression"), None) == ("r2", None)


def test_places_are_scored_by_their_distance_and_that_is_said():
    name, notice = choose_metric(make(PLACES, "regression", ("latitude ", "Longitude")), None)
    assert name == "km"
    assert "--metric r2" in notice.message
    assert choose_metric(make(PLACES, "regression", ("x", "latitude")), None) == ("r2", None)


def test_what_is_no_degrees_is_no_place():
    places = np.array(PLACES, dtype=float)
    places[3] = (90.5, 10.0)
    made = make(places, "regression", ("latitude", "longitude"))
    name, notice = choose_metric(made, None)
    assert name == "r2"
    assert "are no degrees" in notice.message
    with pytest.raises(SpecError, match="in degrees"):
        choose_metric(made, "km")


def test_above_four_fifths_of_one_class_balanced_accuracy_is_taken_and_that_is_said():
    assert choose_metric(make(["a"] * 8 + ["b"] * 2), None)[0] == "accuracy"
    name, notice = choose_metric(make(["a"] * 17 + ["b"] * 3), None)
    assert name == "balanced_accuracy"
    assert notice.message.startswith("85 % of the samples are a, so the score is balanced accuracy")
    assert choose_metric(make(["a"] * 17 + ["b"] * 3), "accuracy") == ("accuracy", None)


@pytest.mark.parametrize(
    ("made", "name", "says"),
    [
        (make(Y3), "r2", "'r2' does not fit classification; choose among accuracy, balanced"),
        (make(Y3), "auc", "auc is of 2 classes, not of the 3 of songs.csv; choose macro_auc"),
        (make(LABELS, "multilabel"), "accuracy", "choose among macro_f1, macro_auc, micro_f1"),
        (make(PLACES, "regression"), "km", "km needs the two targets latitude and longitude"),
        (
            make(PLACES, "regression", ("x", "latitude")),
            "km",
            "songs.csv is to predict x, latitude",
        ),
        (make(Y3), "beauty", "'beauty' is no metric of classification"),
        (make(Y3), "mae", "balanced_accuracy, macro_f1, log_loss, macro_auc$"),
        (make(["a", "b"]), "mae", "macro_f1, log_loss, auc, macro_auc$"),
        (make(PLACES, "regression", ("x", "y")), "auc", "choose among r2, rmse, mae$"),
        (make(PLACES, "regression", ("latitude", "longitude")), "auc", "r2, rmse, mae, km$"),
    ],
)
def test_a_metric_that_does_not_fit_is_refused_with_those_that_do(made, name, says):
    with pytest.raises(SpecError, match=says):
        choose_metric(made, name)


def test_order_of_rows_does_not_matter():
    (truth, said, out), _ = CASES["macro_auc labels"]
    order = np.random.default_rng(0).permutation(N)
    unit = UNITS["groups"]
    first = pool("macro_auc", truth, said, out, unit)
    other = pool("macro_auc", truth.take(order), said[:, order], out[:, order], unit[order])
    assert other.without == pytest.approx(first.without, abs=1e-12)
    assert replace(truth, y=truth.y).y is truth.y


@pytest.mark.parametrize("case", CASES)
def test_a_bootstrap_draws_what_scikit_learn_says_of_units_drawn_with_replacement(case):
    """Three units of different sizes: all 27 draws are worked out by repeating their rows."""
    (truth, said, out), expected = CASES[case]
    unit = np.repeat([0, 1, 2], [30, 20, 10])
    drawn = resample(case.split()[0], truth, said[0], out[0], unit, draws=6000, seed=5)

    def by_hand(units):
        rows = np.concatenate([np.flatnonzero(unit == g) for g in units])
        return round(expected(truth.y[rows], said[0][rows], out[0][rows]), 7)

    ways = Counter(by_hand(units) for units in itertools.product(range(3), repeat=3))
    found = Counter(np.round(drawn, 7).tolist())
    known = np.array(sorted(ways))
    near = {value: known[np.abs(known - value).argmin()] for value in found}
    assert max(abs(value - known) for value, known in near.items()) < 2e-7
    times = Counter()
    for value, count in found.items():
        times[near[value]] += count
    for value, count in ways.items():
        share = count / 27
        assert abs(times[value] / 6000 - share) < 5 * np.sqrt(share * (1 - share) / 6000) + 1e-3


def test_a_bootstrap_by_hand_is_the_same_however_much_is_held_at_once(monkeypatch):
    y, said = np.array(list("aabb")), np.array(list("abbb"))
    truth, unit = Truth("classification", y, np.unique(y)), np.array([0, 0, 1, 1])
    drawn = resample("accuracy", truth, said, None, unit, draws=4000)
    # Both units have two rows: half right twice, both, or all right twice.
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [0.5, 0.75, 1.0]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.04)
    monkeypatch.setattr("gradatim.evaluation.scores._HELD", 100)
    again = resample("accuracy", truth, said, None, unit, draws=4000)
    assert np.array_equal(again, drawn)


def test_scores_that_are_infinite_are_ties_in_a_bootstrap_too():
    y = np.array(list("abab"))
    truth, out = (
        Truth("classification", y, np.unique(y)),
        np.array([[-np.inf]] * 2 + [[np.inf]] * 2),
    )
    drawn = resample("auc", truth, y, out, np.zeros(4, dtype=int), draws=3)
    assert drawn.tolist() == [0.5, 0.5, 0.5]


def test_a_bootstrap_of_what_has_no_probabilities_is_undefined():
    y = np.array(list("ab"))
    drawn = resample("log_loss", Truth("classification", y, y), y, None, np.arange(2), draws=4)
    assert np.isnan(drawn).all()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-2e-17, "0.000"),
        (-0.0004, "0.000"),
        (-0.0006, "\N{MINUS SIGN}0.001"),
        (99.9994, "99.999"),
        (-318.56, "\N{MINUS SIGN}318.6"),
        (float("nan"), "\N{EN DASH}"),
    ],
)
def test_a_score_is_written_with_a_true_minus_and_never_as_minus_nothing(value, said):
    assert show_score(value) == said
