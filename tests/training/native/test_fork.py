"""Forking: a child of a process that has trained trains and predicts as its parent did."""

import os
import subprocess
import sys

import pytest

# In a process of its own, whose threads are those of training only.
_FORKS = """
import multiprocessing
import numpy as np
from gradatim import NetworkSpec, fit_many

X = np.random.default_rng(0).normal(size=(80, 3))
y = (X[:, 0] > 0).astype(int)
specs = [NetworkSpec((8,), optimizer=name, seed=1) for name in ("adam", "lbfgs")]

def curves(_):
    return [result.loss_curve for result in fit_many(specs, X, y, max_epochs=5)]

before = curves(0)
with multiprocessing.get_context("fork").Pool(2) as pool:
    for after in pool.map_async(curves, range(2)).get(timeout=60):
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)
print("equal")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_forked_after_training_trains_to_the_same_bits():
    command = [sys.executable, "-c", _FORKS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "equal\n"
