from dataclasses import replace

import numpy as np
import pytest

from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import CONTENDERS, ContenderShape
from gradatim.comparisons.racing.runs import Candidate, Run
from gradatim.comparisons.racing.verdict import judge

BY_NAME = {contender.name: contender for contender in CONTENDERS}


def result(name, budget, accuracies, bar=0.99):
    runs = tuple(Run(a, a, budget or 3, "rate 0.01", lambda X: X[:, 0]) for a in accuracies)
    return CandidateResult(
        Candidate(BY_NAME[name], budget, ContenderShape((2,), budget or 3)), runs, bar, 0.0, 1000
    )


@pytest.fixture
def said(small_race):
    def say(*results):
        return judge(results, small_race.task, small_race.protocol, small_race.bar)

    return say


def noisy(mean, n=20, spread=0.002):
    return mean + spread * np.array([-1, 1] * (n // 2))


def test_depth_that_is_not_needed_is_said_to_be_not_needed(said):
    verdict = said(result("shallow-relu", 50, [1.0] * 20), result("deep-2", 50, [1.0] * 20))
    assert verdict.sentences[0].startswith("Depth is not needed: 1 hidden layer (ReLU) with 50")
    assert verdict.differences[0].kind == "no difference"


def test_depth_that_saves_parameters_is_said_to_save_them(said):
    verdict = said(
        result("shallow-relu", 20, noisy(0.8)),
        result("shallow-relu", 50, [1.0] * 20),
        result("deep-2", 20, [1.0] * 20),
    )
    assert verdict.sentences[0].startswith("Depth is not needed, but saves parameters: 1 hidden")
    assert "is 2 hidden layers (ReLU) with 20 parameters" in verdict.sentences[0]


def test_depth_that_pays_is_said_to_pay(said):
    verdict = said(result("shallow-relu", 50, noisy(0.8)), result("deep-2", 50, [1.0] * 20))
    assert verdict.sentences[0].startswith("Depth paid here: 2 hidden layers (ReLU) with 50")
    assert verdict.differences[0].kind == "better"


def test_who_reaches_the_bar_a_little_more_often_is_not_said_to_be_better(said):
    # 18 of 20 against 17 of 20 is nothing, though nine of ten lies between them.
    verdict = said(
        result("shallow-relu", 50, np.where(np.arange(20) < 17, 1.0, 0.985)),
        result("deep-2", 50, np.where(np.arange(20) < 18, 1.0, 0.985)),
    )
    assert verdict.sentences[0].startswith("Depth is not shown to pay: 2 hidden layers (ReLU)")
    assert "it is no different from one hidden layer of ReLU" in verdict.sentences[0]


def test_who_needs_fewer_parameters_by_chance_is_not_said_to_save_them(said):
    verdict = said(
        result("shallow-relu", 20, np.where(np.arange(20) < 17, 1.0, 0.985)),
        result("shallow-relu", 50, [1.0] * 20),
        result("deep-2", 20, np.where(np.arange(20) < 18, 1.0, 0.985)),
    )
    assert verdict.sentences[0].startswith("Depth is not needed: 1 hidden layer")


def test_a_line_that_is_enough_comes_first(said):
    results = [result("perceptron", None, [1.0] * 20), result("shallow-relu", 50, [1.0] * 20),
               result("deep-2", 50, [1.0] * 20)]  # fmt: skip
    assert said(*results).sentences[0].startswith("A line is enough: perceptron")


def test_where_nobody_solves_it_who_came_nearest_is_named(said):
    verdict = said(result("shallow-relu", 50, noisy(0.8)), result("deep-2", 50, noisy(0.7)))
    assert verdict.sentences[0].startswith("No network solved it in nine of ten seeds; 1 hidden")
    assert verdict.differences[0].kind == "worse"


def test_a_difference_that_is_not_shown_is_not_called_none(said):
    scattered = np.tile([0.6, 1.0, 0.8, 0.9], 5)
    verdict = said(result("shallow-relu", 50, noisy(0.82)), result("deep-2", 50, scattered))
    assert verdict.differences[0].kind == "unclear"
    assert "not shown to differ at 50" in verdict.sentences[-1]


def test_intervals_widen_with_the_number_of_comparisons(said):
    shallow = [result("shallow-relu", b, noisy(0.9, spread=0.02)) for b in (20, 50)]
    deep = [result("deep-2", b, noisy(0.95)[::-1]) for b in (20, 50)]
    one = said(shallow[0], deep[0]).differences[0].interval
    two = said(*shallow, *deep).differences[0].interval
    assert two[0] < one[0] < one[1] < two[1]


def test_without_a_true_difference_one_is_claimed_rarely(said):
    rng = np.random.default_rng(0)
    claims = 0
    for _ in range(200):
        a, b = rng.normal(0.8, 0.05, (2, 20))
        kinds = [one.kind for one in said(result("shallow-relu", 50, a), result("deep-2", 50, b),
                                          result("deep-3", 50, rng.normal(0.8, 0.05, 20)))
                 .differences]  # fmt: skip
        claims += "better" in kinds or "worse" in kinds
    assert claims <= 20  # 5 % of 200 are expected; 20 would be four standard deviations more


def test_the_bar_decides_what_is_solved():
    one = result("deep-2", 50, [0.98, 0.99, 1.0])
    assert one.n_solved == 2
    assert replace(one, bar=1.0).n_solved == 1


def test_the_median_seed_is_in_the_middle():
    one = result("deep-2", 50, [0.7, 0.9, 0.5, 0.8])
    assert one.median_seed == 0
    assert result("deep-2", 50, [0.7, 0.9, 0.8]).median_seed == 2
