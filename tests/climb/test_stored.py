import numpy as np

from gradatim.climb import climb_collection
from gradatim.collection import Collection
from gradatim.training.store import Record, Store


class Stranger(Store):
    """Has a whole record under every key, which says something else."""

    def get(self, key):
        return Record({"model": 3, "tensors": 4, "curves": [], "interval": 5}, (np.ones(2),) * 2)


def test_a_record_that_says_something_else_counts_as_missing(tmp_path):
    X = np.random.default_rng(0).normal(size=(30, 2))
    y = np.where(X[:, 0] > 0, "a", "b")
    rows = Collection("t", {"features": X}, y, "classification", np.arange(30).astype(str))
    options = {"rungs": ["majority", "linear", "kernel"], "folds": 3, "repeats": 1}
    expected = climb_collection(rows, **options)
    found = climb_collection(rows, **options, store=Stranger(tmp_path))
    for one, other in zip(found.rungs, expected.rungs, strict=True):
        np.testing.assert_array_equal(one.fold_scores, other.fold_scores)
