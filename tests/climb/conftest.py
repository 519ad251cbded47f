"""Rows of a ladder, and a protocol."""

from __future__ import annotations

import numpy as np
import pytest

from gradatim.climb.result import EvaluationProtocol, RungResult
from gradatim.evaluation.statistics import mean_posterior


@pytest.fixture
def row():
    """Return a maker of ladder rows with given fold scores."""

    def make(rung, scores, input="features", folds=5):
        scores = np.asarray(scores, dtype=float)
        interval = mean_posterior(scores, folds).interval()
        return RungResult(rung, input, "", 1, scores, interval, 0.0, np.empty((2, 0)))

    return make


@pytest.fixture
def protocol():
    return EvaluationProtocol(
        folds=5, repeats=2, grouped=False, seed=0, metric="accuracy", margin=0.01
    )
