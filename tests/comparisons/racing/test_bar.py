from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.collection import Collection
from gradatim.comparisons.racing.bar import find_bar
from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import CONTENDERS, ContenderShape
from gradatim.comparisons.racing.runs import Candidate, Run
from gradatim.comparisons.racing.task import task_of_problem, task_of_table
from gradatim.problems import get_problem

BY_NAME = {contender.name: contender for contender in CONTENDERS}
RNG = np.random.default_rng(0)

#: 100 rows, 60 of them of class b: 20 are scored, and naming b is right for 12.
TABLE = task_of_table(
    Collection("songs.csv", {"features": RNG.normal(size=(100, 2))}, np.array(list("bbbaa" * 20)),
               "classification", np.arange(100).astype(str)),
    n_seeds=10, seed=0,
)  # fmt: skip


def result(name, ran):
    return CandidateResult(
        Candidate(BY_NAME[name], None, ContenderShape((), 3)), tuple(ran), None, TABLE.overlap, 20
    )


def runs(accuracies, choosing, n_parameters=3):
    pairs = np.broadcast(accuracies, choosing)
    return [Run(a, c, n_parameters, "", lambda X: X[:, 0]) for a, c in pairs]


def bar(*scores, task=TABLE, given=None):
    """Find the bar of contenders with these (accuracies, accuracies on the rows to choose on)."""
    names = ["perceptron", "logistic", "kernel-all"][: len(scores)]
    accuracies = [np.broadcast_to(one[0], 10) for one in scores]
    ran = [runs(a, c[1], 3 + k) for k, (a, c) in enumerate(zip(accuracies, scores, strict=True))]
    field = [result(name, one) for name, one in zip(names, ran, strict=True)]
    return find_bar(given, field, task)


def test_the_bar_of_a_table_is_the_reference_s_accuracy_less_wilson_s_noise():
    found = bar((0.9, 0.9))
    # By hand: z = 1.645, z^2 / n = 0.1353; center (0.9 + 0.0676) / 1.1353 = 0.8523; half width
    # 1.645 sqrt(0.9 * 0.1 / 20 + 0.1353 / 80) / 1.1353 = 0.1140.
    assert found.kind == "reference"
    assert found.accuracy == pytest.approx(0.8523 - 0.1140, abs=2e-4)
    assert found.reference.noise == pytest.approx(0.9 - found.accuracy)


def test_where_seeds_scatter_more_their_deviation_is_the_noise():
    accuracies = np.tile([0.7, 1.0], 5)
    found = bar((accuracies, 0.9))
    assert found.reference.noise == pytest.approx(1.645 * accuracies.std(ddof=1))


def test_the_reference_is_chosen_on_the_rows_to_choose_on_alone():
    found = bar((0.8, 0.9), (0.95, 0.85), (0.99, 0.7))
    assert found.reference.contender == "perceptron"
    assert found.reference.mean == pytest.approx(0.8)
    assert found.reference.choosing == pytest.approx(0.9)


def test_of_equals_the_one_with_fewer_parameters_is_the_reference():
    pairs = (("kernel-all", 90), ("logistic", 3))
    field = [result(name, runs([0.8] * 10, 0.9, n_parameters)) for name, n_parameters in pairs]
    found = find_bar(None, field, TABLE)
    assert found.reference.contender == "logistic"


def test_the_bar_is_never_below_a_row_more_than_the_most_frequent_class():
    found = bar((0.75, 0.8))
    assert found.kind == "majority"
    assert found.accuracy == pytest.approx(13 / 20)
    assert found.reference.mean - found.reference.noise < 12 / 20


def test_without_anything_better_than_the_most_frequent_class_there_is_no_bar():
    # Better on the rows to choose on, where it was chosen, and no better where it is scored.
    found = bar((np.tile([0.55, 0.65], 5), 0.8))
    assert (found.kind, found.accuracy) == ("none", None)
    assert found.reference.gain == pytest.approx(0.0, abs=1e-12)
    assert "not shown to be better than always naming the most frequent class" in found.words


def test_an_explicit_bar_wins():
    assert bar((0.9, 0.9), given=0.5).accuracy == 0.5
    assert bar((0.6, 0.9), given=0.5).accuracy == 0.5


def test_a_problem_s_bar_is_a_share_of_what_the_best_rule_reaches():
    task = task_of_problem(get_problem("moons"), n_seeds=2, n_samples=30, noise=0.4, seed=0)
    found = bar((0.6, 0.6), task=task)
    assert found.accuracy == 0.99 * task.ceiling < 0.9
    assert found.reference is None
    assert find_bar(None, [], replace(task, ceiling=1.0)).accuracy == 0.99


@given(
    st.lists(st.integers(0, 20), min_size=10, max_size=10),
    st.lists(st.integers(0, 20), min_size=10, max_size=10),
)
def test_a_bar_lies_above_the_most_frequent_class_and_within_reach(right, chosen):
    found = bar((np.array(right) / 20, np.array(chosen) / 20))
    if found.accuracy is not None:
        assert TABLE.majority < found.accuracy <= 1
        assert found.accuracy <= max(found.reference.mean, TABLE.majority + 1 / 20)
    assert (found.accuracy is None) == (not found.reference.is_better)


def test_nineteen_of_twenty_of_the_reference_s_own_scores_reach_its_bar():
    rng = np.random.default_rng(5)
    reached = []
    for _ in range(200):
        scores = rng.binomial(20, 0.9, (2, 10)) / 20
        reached.append(np.mean(scores[0] >= bar((scores[0], scores[1])).accuracy))
    assert 0.93 < np.mean(reached) < 0.995
