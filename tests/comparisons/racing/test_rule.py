import numpy as np
import pytest
from sklearn.linear_model import Perceptron

from gradatim.collection import Collection
from gradatim.comparisons.racing.rule import N_PASSES, passes, train_rule
from gradatim.comparisons.racing.runs import decide
from gradatim.comparisons.racing.task import task_of_problem, task_of_table
from gradatim.problems import get_problem


@pytest.fixture(scope="module")
def moons():
    return task_of_problem(get_problem("moons"), n_seeds=2, n_samples=90, noise=None, seed=0)


def blobs(n_classes):
    rng = np.random.default_rng(n_classes)
    y = np.arange(90) % n_classes
    X = 5 * np.column_stack([np.cos(2.1 * y), np.sin(2.1 * y)]) + rng.normal(0, 0.3, (90, 2))
    table = Collection("blobs.csv", {"features": X}, np.array(["a", "b", "c"])[y],
                       "classification", np.arange(90).astype(str))  # fmt: skip
    return task_of_table(table, n_seeds=2, seed=0)


def test_every_pass_is_that_of_scikit_learn_s_perceptron(moons):
    split = moons.splits[1]
    rows, labels = split.scaled[: split.n_train].astype(float), split.y[: split.n_train]
    other = Perceptron(shuffle=False)
    orders = np.random.RandomState(7)
    for decision in passes(split, moons, seed=7):
        order = orders.permutation(len(rows))
        other.partial_fit(rows[order], labels[order], classes=[0, 1])
        expected = other.decision_function(split.scaler.transform(split.X_test).astype(float))
        assert decision(split.X_test) == pytest.approx(expected, abs=1e-9)


def test_several_classes_are_learnt_by_a_plain_loop_over_mistakes():
    task = blobs(3)
    split = task.splits[0]
    rows, labels = split.scaled[: split.n_train].astype(float), split.y[: split.n_train]
    rows = np.column_stack([rows, np.ones(len(rows))])
    weights, orders = np.zeros((3, 3)), np.random.RandomState(2)
    for decision in passes(split, task, seed=2):
        for i in orders.permutation(len(rows)):
            scores = weights @ rows[i]
            rivals = np.delete(np.arange(3), labels[i])
            rival = rivals[scores[rivals].argmax()]
            if scores[labels[i]] <= scores[rival]:
                weights[labels[i]] += rows[i]
                weights[rival] -= rows[i]
        scaled = split.scaler.transform(split.X_test).astype(float)
        expected = np.column_stack([scaled, np.ones(len(scaled))]) @ weights.T
        assert decision(split.X_test) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_where_classes_are_separable_the_rule_ends_and_is_right(n_classes):
    task = blobs(n_classes)
    split = task.splits[0]
    found = list(passes(split, task, seed=0))
    assert len(found) < N_PASSES
    last = decide(found[-1](split.X[: split.n_train]))
    assert np.array_equal(last, split.y[: split.n_train])
    run = train_rule(split, task, seed=0)
    assert run.accuracy == run.choosing == 1.0
    assert run.n_parameters == (3 if n_classes == 2 else 9)


def test_the_pass_that_counts_is_the_first_that_errs_least_on_the_rows_to_learn_from(moons):
    split = moons.splits[0]
    X, y = split.X[: split.n_train], split.y[: split.n_train]
    wrong = [int((decide(one(X)) != y).sum()) for one in passes(split, moons, seed=0)]
    assert len(wrong) == N_PASSES
    run = train_rule(split, moons, seed=0)
    assert run.epoch == wrong.index(min(wrong)) + 1
    assert run.setting == f"pass {run.epoch}"
    assert run.choosing == np.mean(decide(run.decision(split.choosing[0])) == split.choosing[1])
