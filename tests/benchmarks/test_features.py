"""The bench of features computes the same on both sides, and counts each round."""

import numpy as np

from benchmarks.bench_features import clip, cost, naive_features
from gradatim.music import extract_features


def test_both_sides_compute_the_same():
    y = clip(2.0)
    np.testing.assert_allclose(extract_features(y, 22050), naive_features(y), rtol=1e-5, atol=1e-5)


def test_each_side_has_its_seconds_of_each_round_and_the_first_counts_for_nothing():
    calls = []
    found = cost({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3)
    assert calls == ["a", "b"] * 4
    assert {name: len(all_) for name, all_ in found.items()} == {"a": 3, "b": 3}
