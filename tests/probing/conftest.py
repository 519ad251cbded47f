"""Single cycles of two kinds, and a climb on them."""

import numpy as np
import pytest

from gradatim import climb_collection
from gradatim.collection import Collection, CycleSound

N_POINTS = 32


@pytest.fixture(scope="session")
def cycles():
    rng = np.random.default_rng(1)
    order = np.arange(1, 6)
    groups = np.arange(72) // 4
    y = np.array(["dark", "bright"])[groups % 2]
    levels = np.where((y == "dark")[:, None], 1 / order**2, 1 / order)
    levels = levels * rng.uniform(0.3, 1, size=(72, 5))
    phase = 2 * np.pi * np.outer(order, np.arange(N_POINTS)) / N_POINTS
    wave = (levels @ np.sin(phase)).astype(np.float32)
    return Collection(
        "cycles",
        {"wave": wave},
        y,
        "classification",
        np.array([f"cycle {i}" for i in range(72)]),
        groups=groups.astype(str),
        media=[CycleSound(one) for one in wave],
    )


@pytest.fixture(scope="session")
def climb(cycles):
    return climb_collection(cycles, rungs=["majority", "shallow"], repeats=1, folds=3, n_jobs=1)


@pytest.fixture(scope="session")
def model(climb):
    return climb.model
