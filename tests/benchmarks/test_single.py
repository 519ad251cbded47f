import json
from itertools import pairwise

import numpy as np
import pytest

from benchmarks import single
from benchmarks.result import Options
from benchmarks.workloads import make_data


@pytest.mark.parametrize("train", [single.train_ours, single.train_scikit_learn])
def test_all_parameters_of_every_epoch_come_back_and_move(train):
    X, y = make_data(50, 2, 2, 0)
    seen = train(X, y, 3)
    assert len(seen) == 3
    assert {sum(a.size for a in arrays) for arrays in seen} == {105}
    for before, after in pairwise(seen):
        assert not np.array_equal(before[0], after[0])


def test_the_bench_tells_steps_a_second_of_each_side(monkeypatch):
    monkeypatch.setattr(single, "has_torch", lambda: False)
    found = single.measure(Options(rounds=2, quick=True), lambda share, doing: None).to_dict()
    json.dumps(found)
    ours, [peer] = found["ours"], found["peers"]
    assert (ours["steps"], peer["steps"]) == (3 * 5, 2 * 5)
    assert ours["steps_a_second"] == pytest.approx(15 / ours["median"])
    expected = ours["steps_a_second"] / peer["steps_a_second"]
    assert found["ratio"] == pytest.approx(expected)


def test_a_side_that_hands_back_too_little_is_refused():
    whole = [[np.zeros(105)]] * 2
    single._check_work("peer", whole, 2)
    with pytest.raises(RuntimeError, match="peer handed back"):
        single._check_work("peer", whole, 3)
    with pytest.raises(RuntimeError, match="peer handed back"):
        single._check_work("peer", [[np.zeros(104)]] * 2, 2)
