"""Probes are scikit-learn's ridge regression, and controls are what was dealt by hand."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from gradatim.evaluation.folds import Folds
from gradatim.probing.concepts import Concept
from gradatim.probing.probes import PENALTIES, control_of, probe

N, N_GROUPS = 120, 30
RNG = np.random.default_rng(3)
GROUPS = np.arange(N) // 4
LAYER = RNG.normal(size=(N, 6))
VALUES = LAYER @ RNG.normal(size=6) + RNG.normal(size=N)
CLASSES = np.array(["a", "b", "c"])[(LAYER[:, :3] + 0.6 * RNG.normal(size=(N, 3))).argmax(axis=1)]
FOLDS = Folds((GROUPS % 5)[None])
THERE = np.ones(N, dtype=bool)
NUMBER = Concept("number", "column", "regression", VALUES, THERE)
LABEL = Concept("label", "label", "classification", CLASSES, THERE)


def sklearn_ridge(layer, y, train, test, penalty):
    """Return the answers of an independent ridge regression for other rows."""
    scaler = StandardScaler().fit(layer[train])
    model = Ridge(alpha=penalty * len(train)).fit(scaler.transform(layer[train]), y[train])
    return model.predict(scaler.transform(layer[test]))


def by_plain_loop(layer, y, judge, there=THERE):
    """Return held-out answers, the penalty of each fold judged on the next one."""
    said = np.full(y.shape, np.nan)
    for k in range(5):
        inner = np.flatnonzero(~np.isin(FOLDS.fold_of[0], (k, (k + 1) % 5)) & there)
        next_ = np.flatnonzero((FOLDS.fold_of[0] == (k + 1) % 5) & there)
        answers = [sklearn_ridge(layer, y, inner, next_, penalty) for penalty in PENALTIES]
        # Of equal scores that of the least squared error.
        scores = [(judge(next_, out), -np.mean((out - y[next_]) ** 2)) for out in answers]
        train = np.flatnonzero((FOLDS.fold_of[0] != k) & there)
        test = np.flatnonzero((FOLDS.fold_of[0] == k) & there)
        best = PENALTIES[scores.index(max(scores))]
        said[test] = sklearn_ridge(layer, y, train, test, best)
    return said


def r2(true, said):
    return 1 - np.sum((said - true) ** 2) / np.sum((true - true.mean()) ** 2)


def test_probes_of_numbers_are_ridge_regressions_of_scikit_learn():
    [found] = probe([{"h": LAYER}] * 5, [NUMBER], FOLDS, GROUPS)
    said = by_plain_loop(LAYER, VALUES, lambda rows, out: r2(VALUES[rows], out))
    assert found.score == pytest.approx(r2(VALUES, said), abs=1e-9)
    assert found.interval[0] < found.score < found.interval[1]


def test_probes_of_classes_name_the_largest_of_one_hot_ridge_regressions():
    names = np.unique(CLASSES)
    onehot = (CLASSES[:, None] == names).astype(float)
    said = by_plain_loop(
        LAYER, onehot, lambda rows, out: np.mean(names[out.argmax(axis=1)] == CLASSES[rows])
    )
    [found] = probe([{"h": LAYER}] * 5, [LABEL], FOLDS, GROUPS)
    assert found.score == pytest.approx(np.mean(names[said.argmax(axis=1)] == CLASSES))


def test_a_column_that_tells_classes_is_read_where_each_fold_has_more_of_another_class():
    # Every penalty tells them apart where classes are equally many; in the rows that are left for
    # the last fit they are not, and the strongest penalty names nothing but the larger class.
    fold_of = np.repeat(np.arange(5), 15)
    n_second = np.repeat([10, 5, 8, 10, 5], 15)
    y = np.where(np.tile(np.arange(15), 5) < n_second, "b", "a")
    z = np.where(y == "b", 1.0, -1.0) + 0.1 * np.random.default_rng(0).normal(size=75)
    label = Concept("label", "label", "classification", y, np.ones(75, dtype=bool))
    [found] = probe([{"h": z[:, None]}] * 5, [label], Folds(fold_of[None]), np.arange(75))
    assert found.score == 1.0


def test_probes_of_classes_are_near_logistic_regression():
    right = 0
    for k in range(5):
        train, test = FOLDS.rows_without(0, k), FOLDS.rows(0, k)
        model = LogisticRegression(max_iter=1000).fit(LAYER[train], CLASSES[train])
        right += np.sum(model.predict(LAYER[test]) == CLASSES[test])
    [found] = probe([{"h": LAYER}] * 5, [LABEL], FOLDS, GROUPS)
    assert found.score == pytest.approx(right / N, abs=0.08)


def test_rows_without_a_value_are_neither_learnt_from_nor_scored():
    there = RNG.random(N) < 0.8
    values = np.where(there, VALUES, np.nan)
    [found] = probe([{"h": LAYER}] * 5, [replace(NUMBER, y=values, there=there)], FOLDS, GROUPS)
    judge = lambda rows, out: r2(VALUES[rows], out)  # noqa: E731
    said = by_plain_loop(LAYER, VALUES, judge, there)
    assert found.score == pytest.approx(r2(VALUES[there], said[there]), abs=1e-9)


def test_the_control_deals_the_values_of_groups_and_keeps_how_often_each_comes():
    y = np.array(["a", "a", "b", "b", "c", "c"])
    concept = Concept("label", "label", "classification", y, np.ones(6, dtype=bool))
    units = np.array([7, 7, 3, 3, 5, 5])
    # Units 3, 5, 7 bring b, c, a; the permutation of this seed is 1, 0, 2.
    rng = np.random.default_rng(6)
    order = np.random.default_rng(6).permutation(3)
    dealt = control_of(concept, units, rng).y
    assert dealt.tolist() == np.array(["b", "c", "a"])[order][[2, 2, 0, 0, 1, 1]].tolist()


def test_a_control_of_held_out_groups_is_chance_however_much_is_memorized():
    # As many inputs as rows: everything can be learnt by heart, nothing of it holds elsewhere.
    wide = np.random.default_rng(5).normal(size=(N, 150))
    [found] = probe([{"h": wide}] * 5, [LABEL], FOLDS, GROUPS)
    assert found.memorized > 0.75
    assert abs(found.control - 1 / 3) < 0.15
    assert found.selectivity == pytest.approx(found.score - found.control)


def test_a_fold_is_answered_by_its_own_networks_layer():
    # The layer of a fold's network knows the values of all rows but its own fold's.
    layers = []
    for k in range(5):
        own = VALUES[:, None].copy()
        rows = FOLDS.rows(0, k)
        own[rows] = np.random.default_rng(k).permutation(own[rows])
        layers.append({"h": own})
    [found] = probe(layers, [NUMBER], FOLDS, GROUPS)
    assert found.score < 0.2
    [leaking] = probe([{"h": VALUES[:, None]}] * 5, [NUMBER], FOLDS, GROUPS)
    assert leaking.score > 0.99


def test_threads_do_not_change_what_is_found():
    layers = [{"a": LAYER, "b": LAYER[:, :2]}] * 5
    one, four = (probe(layers, [LABEL, NUMBER], FOLDS, GROUPS, n_jobs=n) for n in (1, 4))
    assert [p.score for p in one] == [p.score for p in four]
    assert [(p.concept, p.layer) for p in one] == [
        ("label", "a"),
        ("label", "b"),
        ("number", "a"),
        ("number", "b"),
    ]
