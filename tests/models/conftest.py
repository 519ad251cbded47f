"""Climbs of small collections, every rung of which is kept."""

from __future__ import annotations

import numpy as np
import pytest

from gradatim.climb import climb_collection
from gradatim.collection import Collection
from gradatim.models.families.registry import FAMILIES

RUNGS = {
    "two": tuple(FAMILIES),
    "three": tuple(FAMILIES),
    "labels": tuple(FAMILIES),
    "value": ("majority", "linear", "kernel", "shallow", "deep"),
    "values": ("majority", "linear", "kernel", "shallow", "deep"),
}


def make_collection(kind: str) -> Collection:
    """Return 60 rows of three columns far from standard units, some values missing."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 3)) * (1.0, 50.0, 0.01) + (0.0, 400.0, -7.0)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    task = "classification"
    if kind == "two":
        y = np.where(z[:, 0] + z[:, 1] > 0, "loud", "soft")
    elif kind == "three":
        y = np.array(["a", "b", "c"])[np.argmax(z, axis=1)]
    elif kind == "labels":
        y, task = (z > 0).astype(int), "multilabel"
    else:
        y, task = 100 + 5 * np.stack([z[:, 0] ** 2, z[:, 1] - z[:, 2]], axis=1), "regression"
        y = y[:, 0] if kind == "value" else y
    X[5, 1] = X[17, 2] = np.nan
    names = {"sounds": ["tempo", "level", "tilt"]}
    return Collection("made", {"sounds": X}, y, task, np.arange(60), feature_names=names)


@pytest.fixture(scope="session")
def climbs():
    """Return a maker of climbs by kind, each made once, with the models of all rungs."""
    made = {}

    def climb(kind: str, preset: str = "quick"):
        if (kind, preset) not in made:
            made[kind, preset] = climb_collection(
                make_collection(kind),
                folds=3,
                repeats=1,
                preset=preset,
                rungs=RUNGS[kind],
                keep=RUNGS[kind],
            )
        return made[kind, preset]

    return climb
