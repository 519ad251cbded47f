from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import bench_raw

GROUPS = np.array(["a", "a", "b", "b", "c", "d"])
SIZES = [2, 2, 1, 1]


def row(rung, name, right):
    sums = np.bincount(np.unique(GROUPS, return_inverse=True)[1], right).tolist()
    mean = float(np.mean(right))
    return {"rung": rung, "input": name, "mean": mean, "interval": [0.0, 1.0], "unit_sums": sums}


def test_a_difference_of_nothing_is_zero_and_its_sign_is_that_of_the_second():
    climb = {"collection": {"group_sizes": SIZES}}
    worse, better = row("deep", "x", [1, 0, 1, 0, 0, 0]), row("deep", "y", [1, 1, 1, 1, 1, 0])
    assert bench_raw.difference(climb, worse, worse)[0] == 0.0
    d, half = bench_raw.difference(climb, worse, better)
    assert d == pytest.approx(0.5)
    assert half > 0


def test_the_mean_of_two_inputs_is_judged_row_by_row():
    y = np.array(["u", "v", "u", "v", "u", "v"])
    first = np.tile([0.9, 0.1], (2, 6, 1))
    second = np.tile(np.where((y == "u")[:, None], [0.6, 0.4], [0.0, 1.0]), (2, 1, 1))
    rungs = [SimpleNamespace(rung="deep", input=name, outputs=out)
             for name, out in (("wave", first), ("harmonics", second))]  # fmt: skip
    collection = SimpleNamespace(y=y, groups=GROUPS, classes=np.array(["u", "v"]))
    found = bench_raw.mean_of_two(
        SimpleNamespace(rungs=rungs, collection=collection), "deep", "wave", "harmonics"
    )
    assert found["mean"] == 1.0
    assert found["unit_sums"] == [2.0, 2.0, 1.0, 1.0]


def test_tables_have_a_cell_for_each_rung_and_leave_what_was_not_climbed_empty():
    rungs = [row("majority", "", [0] * 6), row("deep", "harmonics", [1, 0, 1, 0, 0, 0]),
             row("deep", "wave", [0] * 6), row("linear", "harmonics", [1] * 6)]  # fmt: skip
    lines = bench_raw.table({"collection": {"group_sizes": SIZES}, "rungs": rungs}).splitlines()
    assert lines[0] == "| input | deep | linear |"
    assert lines[2].startswith("| `harmonics` | 0.333 (0.000 to 1.000) | 1.000")
    assert lines[3] == "| `wave` | 0.000 (0.000 to 1.000) |  |"
    assert "\N{MINUS SIGN}0.333 ±" in lines[-1]
