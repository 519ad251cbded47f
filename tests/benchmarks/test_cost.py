import json

import numpy as np
import pytest

import gradatim.training
from benchmarks import cost
from benchmarks.result import Options


def points(work, seconds):
    return [
        {"value": k, "work": w, "median": s}
        for k, (w, s) in enumerate(zip(work, seconds, strict=True))
    ]


def test_proportional_time_is_a_straight_line_of_slope_one():
    work = np.array([1e6, 1e7, 1e8])
    curve = cost.read_curve(points(work, 2e-9 * work))
    assert curve["slope"] == pytest.approx(1)
    assert curve["straight"] == [0, 2]
    assert [p["ns_a_visit"] for p in curve["points"]] == pytest.approx([2, 2, 2])


def test_fixed_costs_bend_the_curve_below_and_caches_above():
    work = np.array([1.0, 10.0, 100.0, 1000.0])
    curve = cost.read_curve(points(work, [2.0, 11.0, 100.0, 2000.0]))
    assert curve["straight"] == [1, 2]
    assert cost._words(curve) == "2.0 times as expensive at 0, 2.0 times as expensive at 3"


def test_work_is_counted_by_hand():
    size = cost.Size(nets=3, rows=50, features=2, width=4, depth=1)
    assert size.work == 3 * 50 * cost.EPOCHS * (3 * 4 + 5 * 10)


def test_each_size_is_varied_alone_and_measured_every_round(monkeypatch):
    calls = []

    def fit_many(specs, X, y, *, max_epochs, batch_size):
        calls.append((len(specs), *X.shape, specs[0].hidden_layer_sizes, max_epochs))

    monkeypatch.setattr(gradatim.training, "fit_many", fit_many)
    found = cost.measure(Options(rounds=2, quick=True), lambda share, doing: None).to_dict()
    json.dumps(found)
    # one call that compiles and two that count, for each size
    assert [calls[i] for i in range(0, 12, 3)] == [
        (2, 100, 4, (4,), cost.EPOCHS),
        (4, 100, 4, (4,), cost.EPOCHS),
        (4, 50, 4, (4,), cost.EPOCHS),
        (4, 100, 4, (4,), cost.EPOCHS),
    ]
    assert len(calls) == 12
    for curve in found["curves"].values():
        assert all(len(p["seconds"]) == 2 for p in curve["points"])
        assert curve["points"][1]["work"] == 2 * curve["points"][0]["work"]
