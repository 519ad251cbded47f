import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.inspection.splits import propose_splits


def proposed(names=(), X=None, **more):
    y = np.array(["a", "b"] * 10)
    X = np.zeros((20, len(names))) if X is None else X
    ids = np.arange(20)
    made = Collection(
        "t", {"f": X}, y, "classification", ids, feature_names={"f": tuple(names)}, **more
    )
    return [finding.fix for finding in propose_splits(made)]


def test_a_column_of_train_and_test_is_proposed():
    words = np.array(["Train", "train", "valid", "test"] * 5)
    assert proposed(texts={"my set": words}) == [
        "to score what is published, type --split-column 'my set'"
    ]
    assert proposed(texts={"set": np.array(["train"] * 20)}) == []
    assert proposed(texts={"set": words}, folds=np.arange(20) % 4) == []


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("fold", np.arange(20) % 5, True),
        ("CV_fold", np.arange(20) % 2, True),
        ("unfold", np.arange(20) % 5, False),
        ("fold", np.arange(20) / 7, False),
        ("fold", np.zeros(20), False),
    ],
)
def test_numbers_called_fold_are_proposed(name, values, found):
    X = np.stack([np.arange(20.0) ** 2, values], axis=1)
    fixes = proposed(("a", name), X)
    assert fixes == [f"to score by them, type --fold-column {name}"] * found
