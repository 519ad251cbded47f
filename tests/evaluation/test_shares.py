import numpy as np
import pytest
import scipy
from sklearn.metrics import f1_score, precision_score, recall_score

from gradatim.evaluation.metrics import Truth
from gradatim.evaluation.shares import class_scores


def truth_of(y):
    return Truth("classification", y, np.unique(y))


def test_scores_worked_by_hand():
    # Of a, two of three rows are found, in two repeats three of six; of b all are.
    y = np.array(["a", "a", "a", "b"])
    said = np.array([["a", "a", "b", "b"], ["a", "b", "b", "b"]])
    a, b = class_scores(truth_of(y), said, np.array([0, 0, 1, 2]))
    assert (a.n_rows, a.n_units, b.n_rows, b.n_units) == (3, 2, 1, 1)
    assert (a.recall.value, a.precision.value) == pytest.approx((3 / 6, 1.0))
    assert (b.recall.value, b.precision.value) == pytest.approx((1.0, 2 / 5))
    assert a.f1.value == pytest.approx(2 * 3 / (6 + 3))
    assert b.f1.value == pytest.approx(2 * 2 / (2 + 5))


def test_one_repeat_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    y = np.array(list("abcd"))[rng.integers(4, size=300)]
    said = np.where(rng.random(300) < 0.6, y, np.array(list("abcd"))[rng.integers(4, size=300)])
    found = class_scores(truth_of(y), said[None], rng.integers(30, size=300))
    for name, scorer in (("recall", recall_score), ("precision", precision_score),
                         ("f1", f1_score)):  # fmt: skip
        expected = scorer(y, said, average=None)
        assert [getattr(one, name).value for one in found] == pytest.approx(expected)


def test_labels_agree_with_scikit_learn_over_stacked_repeats():
    rng = np.random.default_rng(1)
    y = (rng.random((80, 3)) < [0.2, 0.5, 0.8]).astype(int)
    said = (rng.random((2, 80, 3)) < 0.5).astype(int)
    found = class_scores(Truth("multilabel", y, np.array([])), said, np.arange(80))
    stacked = np.tile(y, (2, 1)), said.reshape(-1, 3)
    assert [one.recall.value for one in found] == pytest.approx(
        recall_score(*stacked, average=None)
    )
    assert [one.f1.value for one in found] == pytest.approx(f1_score(*stacked, average=None))


def test_the_interval_is_the_jackknifes_on_the_logit():
    # An independent computation: without each group in turn, over the groups that have the class.
    rng = np.random.default_rng(2)
    y, groups = np.array(["a", "b"])[rng.integers(2, size=60)], rng.integers(6, size=60)
    y[groups == 5] = "b"
    said = np.where(rng.random(60) < 0.7, y, np.where(y == "a", "b", "a"))
    [a, _] = class_scores(truth_of(y), said[None], groups)
    mine = y == "a"
    left = [np.mean(said[mine & (groups != g)] == "a") for g in range(5)]
    sizes = np.array([np.sum(mine & (groups == g)) for g in range(5)])
    error = np.sqrt(1.5 * 4 / 5 * np.sum((np.array(left) - np.mean(left)) ** 2))
    p, n = np.mean(said[mine] == "a"), mine.sum()
    error = max(error, np.sqrt(p * (1 - p) / n))
    df = n**2 / np.sum(sizes**2) - 1
    half = scipy.stats.t.ppf(0.975, df) * error / (p * (1 - p))
    ends = scipy.special.expit(scipy.special.logit(p) + np.array([-half, half]))
    assert a.n_units == 5
    assert a.recall.interval == pytest.approx(ends, rel=1e-9)


def test_a_class_of_one_group_has_a_score_without_an_interval():
    y = np.array(["a", "a", "b", "b", "b"])
    [a, b] = class_scores(truth_of(y), y[None], np.array([0, 0, 1, 2, 2]))
    assert a.recall.value == 1.0
    assert np.isnan(a.recall.interval).all()
    assert b.recall.interval[0] < 1.0 == b.recall.interval[1]


def test_what_is_never_said_or_never_there_has_no_share():
    truth = Truth("classification", np.array(["a", "a"]), np.array(["a", "b", "c"]))
    [a, b, c] = class_scores(truth, np.array([["a", "b"]]), np.arange(2))
    assert a.recall.value == 0.5
    assert np.isnan(b.recall.value)
    assert (b.precision.value, b.f1.value) == (0.0, 0.0)
    assert np.isnan([c.recall.value, c.precision.value, c.f1.value]).all()
