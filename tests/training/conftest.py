"""Shared data: one shape, so that the tests of this folder share compiled programs."""

from types import SimpleNamespace

import numpy as np
import pytest

N_ROWS, N_FEATURES, BATCH = 120, 5, 40


@pytest.fixture(scope="session")
def rows() -> SimpleNamespace:
    """120 rows of 5 standard normal features, and noisy targets of every kind."""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(N_ROWS, N_FEATURES)).astype(np.float32)
    Z = X @ rng.normal(size=(N_FEATURES, 4)) + 0.5 * rng.normal(size=(N_ROWS, 4))
    return SimpleNamespace(
        X=X,
        multiclass=Z[:, :3].argmax(axis=1),
        binary=(Z[:, 0] > 0).astype(int),
        multilabel=(Z[:, :2] > 0).astype(int),
        regression=np.tanh(Z[:, :2]),
        held_out=np.arange(N_ROWS) % 5 == 0,
    )


@pytest.fixture(params=["native", "jax"])
def engine(request, monkeypatch) -> str:
    """Let each engine in turn be the one that trains."""
    monkeypatch.setenv("GRADATIM_ENGINE", request.param)
    return request.param
