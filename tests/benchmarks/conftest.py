"""A small problem that all ladders climb, and results that nobody measured."""

import gc

import numpy as np
import pytest

from benchmarks.result import Result, Table
from gradatim.climb.task import ClimbTask
from gradatim.collection import Collection
from gradatim.evaluation.folds import make_folds


@pytest.fixture(scope="module", autouse=True)
def frozen():
    """Spare what earlier tests left behind: garbage is collected before everything timed."""
    gc.freeze()


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    y = np.repeat(["bell", "drum", "horn"], 21)
    X = rng.normal(size=(63, 4))
    X[:, 0] += 1.2 * (y == "bell") - 1.2 * (y == "drum")
    collection = Collection("sounds", {"features": X}, y, "classification", np.arange(63))
    return ClimbTask(collection, 0, 1, folds=make_folds(collection, 3, 2, 0))


@pytest.fixture
def make_result():
    def make(name, headline="4 times peer", data=None):
        table = Table("Times", ("", "seconds"), (("gradatim", "1"), ("peer", "4")))
        return Result(name, headline, "floor 3", True, (table,), ("in turns",), data or {})

    return make
