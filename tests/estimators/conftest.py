"""Small data sets that several tests of estimators share."""

import numpy as np
import pytest


@pytest.fixture
def three_classes():
    """Sixty rows of three overlapping classes, with an order that repeats none of them."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(60) % 3)
    X = np.eye(3)[y] @ rng.normal(size=(3, 4)) + 1.5 * rng.normal(size=(60, 4))
    return X, y
