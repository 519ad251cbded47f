import numpy as np
import pytest
from sklearn.linear_model import Perceptron

from gradatim.collection import Collection
from gradatim.comparisons.racing.rule import N_PASSES, passes, train_rule
from gradatim.comparisons.racing.runs import decide
from gradatim.comparisons.racing.task import course_of_problem, course_of_table
from gradatim.problems import get_problem


@pytest.fixture(scope="module")
def moons():
    return course_of_problem(get_problem("moons"), n_seeds=2, n_samples=90, noise=None, seed=0)


def blobs(n_classes):
    rng = np.random.default_rng(n_classes)
    y = np.arange(90) % n_classes
    X = 5 * np.column_stack([np.cos(2.1 * y), np.sin(2.1 * y)]) + rng.normal(0, 0.3, (90, 2))
    table = Collection("blobs.csv", {"features": X}, np.array(["a", "b", "c"])[y],
                       "classification", np.arange(90).astype(str))  # fmt: skip
    return course_of_table(table, n_seeds=2, seed=0)


def test_every_pass_is_that_of_scikit_learn_s_perceptron(moons):
    heat = moons.heats[1]
    rows, labels = heat.scaled[: heat.n_train].astype(float), heat.y[: heat.n_train]
    other = Perceptron(shuffle=False)
    orders = np.random.RandomState(7)
    for decision in passes(heat, moons, seed=7):
        order = orders.permutation(len(rows))
        other.partial_fit(rows[order], labels[order], classes=[0, 1])
        expected = other.decision_function(heat.scaler.transform(heat.X_test).astype(float))
        assert decision(heat.X_test) == pytest.approx(expected, abs=1e-9)


def test_several_classes_are_learnt_by_a_plain_loop_over_mistakes():
    course = blobs(3)
    heat = course.heats[0]
    rows, labels = heat.scaled[: heat.n_train].astype(float), heat.y[: heat.n_train]
    rows = np.column_stack([rows, np.ones(len(rows))])
    weights, orders = np.zeros((3, 3)), np.random.RandomState(2)
    for decision in passes(heat, course, seed=2):
        for i in orders.permutation(len(rows)):
            scores = weights @ rows[i]
            rivals = np.delete(np.arange(3), labels[i])
            rival = rivals[scores[rivals].argmax()]
            if scores[labels[i]] <= scores[rival]:
                weights[labels[i]] += rows[i]
                weights[rival] -= rows[i]
        scaled = heat.scaler.transform(heat.X_test).astype(float)
        expected = np.column_stack([scaled, np.ones(len(scaled))]) @ weights.T
        assert decision(heat.X_test) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_where_classes_are_separable_the_rule_ends_and_is_right(n_classes):
    course = blobs(n_classes)
    heat = course.heats[0]
    found = list(passes(heat, course, seed=0))
    assert len(found) < N_PASSES
    last = decide(found[-1](heat.X[: heat.n_train]))
    assert np.array_equal(last, heat.y[: heat.n_train])
    run = train_rule(heat, course, seed=0)
    assert run.accuracy == run.choosing == 1.0
    assert run.n_parameters == (3 if n_classes == 2 else 9)


def test_the_pass_that_counts_is_the_first_that_errs_least_on_the_rows_to_learn_from(moons):
    heat = moons.heats[0]
    X, y = heat.X[: heat.n_train], heat.y[: heat.n_train]
    wrong = [int((decide(one(X)) != y).sum()) for one in passes(heat, moons, seed=0)]
    assert len(wrong) == N_PASSES
    run = train_rule(heat, moons, seed=0)
    assert run.epoch == wrong.index(min(wrong)) + 1
    assert run.setting == f"pass {run.epoch}"
    assert run.choosing == np.mean(decide(run.decision(heat.choosing[0])) == heat.choosing[1])
