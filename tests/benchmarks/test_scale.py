import json
import time
from types import SimpleNamespace

import numpy as np
import pytest

import gradatim.training
from benchmarks import scale
from benchmarks.fresh import Fresh
from benchmarks.result import Options


def test_each_network_lacks_the_rows_of_one_fold_and_each_row_one_network_of_five():
    weight = scale.fold_weights(10, 50, seed=1)
    assert weight.dtype == np.float32
    np.testing.assert_array_equal((weight == 0).sum(axis=1), 10)
    np.testing.assert_array_equal((weight[:5] == 0).sum(axis=0), 1)


def test_a_true_time_left_has_no_error():
    trace = [(share * 8, share) for share in np.linspace(0.05, 1, 20)]
    errors = scale.errors_of_time_left(trace, 8.0)
    assert set(errors) == {"0.1", "0.25", "0.5"}
    assert max(map(abs, errors.values())) == pytest.approx(0, abs=1e-12)


def test_shares_that_were_never_told_have_no_error():
    assert scale.errors_of_time_left([(1.0, 0.9), (2.0, 1.0)], 2.0) == {}
    assert scale.errors_of_time_left([], 2.0) == {}


def test_memory_on_a_line_leaves_no_residual():
    memory = [{"networks": n, "grown_bytes": 1000 + 7 * n} for n in (10, 20, 40)]
    line = scale._straight_line(memory)
    assert line["bytes_a_network"] == pytest.approx(7)
    assert line["base_bytes"] == pytest.approx(1000)
    assert line["residual"] == pytest.approx(0, abs=1e-12)
    assert scale._straight_line([{"networks": 1, "grown_bytes": None}]) is None


def test_the_bench_asks_for_every_network_and_tells_memory_time_and_errors(monkeypatch):
    calls = []

    def fake(function, arguments, cache):
        calls.append((function, arguments["n_networks"]))
        value = {"seconds": 0.1, "before_bytes": 500}
        return Fresh(value, 1000 + 8 * arguments["n_networks"])

    def fit_many(specs, X, y, *, sample_weight, max_epochs, progress, batch_size):
        assert sample_weight.shape == (len(specs), len(X))
        for fold in range(5):  # five networks in a row differ in their fold alone
            assert specs[fold] == specs[0]
        for share in (0.1, 0.25, 0.5, 1.0):
            time.sleep(0.001)
            progress(share, "training")
        return [SimpleNamespace(n_epochs=max_epochs) for _ in specs]

    monkeypatch.setattr(scale, "call_fresh", fake)
    monkeypatch.setattr(gradatim.training, "fit_many", fit_many)
    result = scale.measure(Options(rounds=1, quick=True), lambda share, doing: None)
    found = json.loads(json.dumps(result.to_dict()))
    assert calls == [("benchmarks.scale:train_alone", n) for n in (6, 12, 24)]
    assert found["networks"] == 24
    assert found["memory_line"]["bytes_a_network"] == pytest.approx(8)
    assert [m["grown_bytes"] for m in found["memory"]] == [548, 596, 692]
    # 2-2-1 has 9 parameters, 2-2-2-1 has 15; three float32 numbers of each
    assert found["state_bytes_a_network"] == 12 * 12
    assert len(found["ours"]["seconds"]) == 1
    assert set(found["time_left_errors"]) == {"0.1", "0.25", "0.5"}


def test_a_process_of_its_own_tells_its_size_before_the_networks(monkeypatch):
    monkeypatch.setattr(scale, "train", lambda *_, **__: {"seconds": 0.5})
    monkeypatch.setattr(scale, "peak_memory", lambda: 123)
    assert scale.train_alone(6, True, 0) == {"seconds": 0.5, "before_bytes": 123}
