import numpy as np
import pytest

from gradatim.climb import climb_collection
from gradatim.collection import Collection


def climbed(offset):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = X[:, 0] ** 2 + X[:, 1] + offset
    made = Collection("t", {"f": X}, y, "regression", np.arange(60).astype(str))
    rungs = ["majority", "linear", "kernel", "shallow"]
    return climb_collection(made, rungs=rungs, folds=3, repeats=1).rungs


def test_a_constant_added_to_a_target_is_added_to_what_is_predicted_and_no_more():
    # In single precision, numbers near 1e9 are 64 apart.
    near, far = climbed(0.0), climbed(-1e9)
    for one, other in zip(near, far, strict=True):
        moved = np.asarray(other.predictions) + 1e9
        assert moved == pytest.approx(np.asarray(one.predictions), abs=1e-5)
        assert other.mean == pytest.approx(one.mean, abs=1e-6)
