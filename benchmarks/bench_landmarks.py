"""Kernel machines on landmarks beside the exact ones, where both run, and how time grows.

Conventions: each table is climbed with the kernel rung alone, once by scikit-learn's exact machines
and once on landmarks, on the same three folds; scores are accuracies or R2, seconds those of the
rung. Run as ``python -m benchmarks.bench_landmarks``; with numbers of rows as arguments, the whole
ladder climbs generated tables of 60 columns instead.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np
from sklearn import datasets as sklearn_datasets

from gradatim.climb import climb_collection
from gradatim.collection import Collection
from gradatim.datasets import load_timbre
from gradatim.models.families import kernel

# What its annotations promise is wider than what its loaders return.
datasets: Any = sklearn_datasets

__all__ = ["compare", "generated", "main"]


def tables() -> Iterator[Collection]:
    """Yield tables on which exact machines still run."""
    yield _collection("digits", *datasets.load_digits(return_X_y=True))
    yield load_timbre()
    for n, d, more in (
        (4000, 60, {"n_informative": 20, "n_classes": 10, "flip_y": 0.05, "random_state": 1}),
        (4000, 20, {"n_informative": 10, "n_classes": 3, "n_clusters_per_class": 4}),
    ):
        options = {"random_state": 2, **more}
        X, y = datasets.make_classification(n, d, **options)
        yield _collection(f"{options['n_classes']} classes", X, y)
    rng = np.random.default_rng(0)
    X = rng.uniform(-3, 3, (4000, 4))
    yield _collection("waves", X, np.sin(2 * X[:, 0]) * np.cos(2 * X[:, 1]) + 0.3 * X[:, 2] > 0)
    X = rng.normal(size=(4000, 30))
    yield _collection("products", X, X[:, 0] * X[:, 1] + X[:, 2] * X[:, 3] > 0)
    X, y = datasets.make_friedman1(4000, 10, noise=1.0, random_state=0)
    yield _collection("friedman", X, y)


def generated(n_rows: int) -> Collection:
    """Make a table of 60 columns and 10 classes."""
    options = {"n_informative": 20, "n_classes": 10, "n_clusters_per_class": 1, "flip_y": 0.02}
    X, y = datasets.make_classification(n_rows, 60, random_state=1, **options)
    return _collection(f"{n_rows:,} rows", X, y)


def compare(collection: Collection) -> list[tuple[float, float]]:
    """Return score and seconds of the exact machines, and of those on landmarks."""
    found = []
    for most in (collection.n_samples, 0):
        with mock.patch.object(kernel, "MOST_EXACT", most):
            climb = climb_collection(
                collection, rungs=["majority", "kernel"], folds=3, repeats=1, margin=0.0
            )
        row = max(climb.rungs, key=lambda row: row.mean)
        found.append((row.mean, row.seconds))
    return found


def main() -> None:
    """Print a row per table."""
    for n_rows in map(int, sys.argv[1:]):
        found = climb_collection(generated(n_rows))
        rungs = ", ".join(f"{r.rung} {r.mean:.3f} in {r.seconds:.0f} s" for r in found.rungs)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{n_rows:,} rows: {found.seconds:.0f} s, peak {peak:.2f} GB; {rungs}", flush=True)
    for collection in () if sys.argv[1:] else tables():
        (exact, slow), (near, fast) = compare(collection)
        print(
            f"{collection.name:12s} exact {exact:.3f} in {slow:5.1f} s, on landmarks {near:.3f} in "
            f"{fast:5.1f} s: {near - exact:+.3f}",
            flush=True,
        )


def _collection(name: str, X: np.ndarray, y: np.ndarray) -> Collection:
    ids = np.array([f"row {k + 1}" for k in range(len(y))])
    task = "regression" if y.dtype.kind == "f" else "classification"
    target = y if task == "regression" else y.astype(int).astype(str)
    return Collection(name, {"features": X.astype(np.float64)}, target, task, ids)


if __name__ == "__main__":
    main()
