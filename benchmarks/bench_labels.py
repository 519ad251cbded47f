"""Labels that are wrong, planted and found: gradatim's suspects beside cleanlab's.

Conventions: of each table 5 % of the labels are changed to another class, three times; F1 is that
of the rows found, over all three. cleanlab (`find_label_issues`, its defaults) is given out-of-fold
probabilities of the same trees, and is left out where it is not installed. Run as
``python -m benchmarks.bench_labels``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import datasets as sklearn_datasets
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from gradatim.datasets import load_timbre, load_world
from gradatim.inspection.mislabeled import suspects

# What its annotations promise is wider than what its loaders return.
datasets: Any = sklearn_datasets

__all__ = ["compare", "main", "plant"]

SHARE = 0.05
SEEDS = range(3)


def tables() -> Iterator[tuple[str, Any, Any]]:
    """Yield tables with labels that are mostly right."""
    for name in ("iris", "wine", "breast_cancer", "digits"):
        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        yield name, X, y
    timbre, world = load_timbre(), load_world()
    yield "timbre", timbre.X["harmonics"], np.unique(timbre.y, return_inverse=True)[1]
    yield "world", world.X["features"], np.unique(world.y, return_inverse=True)[1]
    options = {"n_informative": 8, "n_classes": 3, "random_state": 0, "flip_y": 0}
    yield "generated", *datasets.make_classification(600, 20, **options)
    yield "moons", *datasets.make_moons(400, noise=0.2, random_state=0)


def plant(y: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Change a share of the labels; return them all, and which were changed."""
    rng = np.random.default_rng(seed)
    flipped = np.zeros(len(y), dtype=bool)
    flipped[rng.choice(len(y), round(SHARE * len(y)), replace=False)] = True
    n_classes = int(y.max()) + 1
    planted = y.copy()
    planted[flipped] = (y[flipped] + rng.integers(1, n_classes, flipped.sum())) % n_classes
    return planted, flipped


def compare(X: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Return the F1 of each program over all seeds."""
    found: dict[str, list[np.ndarray]] = {}
    for seed in SEEDS:
        planted, flipped = plant(y, seed)
        said = {"gradatim": suspects(X, planted)[0]}
        if importlib.util.find_spec("cleanlab"):
            from cleanlab.filter import find_label_issues  # pyright: ignore[reportMissingImports]

            trees = ExtraTreesClassifier(100, random_state=0)
            folds = StratifiedKFold(5, shuffle=True, random_state=0)
            proba = cross_val_predict(trees, X, planted, cv=folds, method="predict_proba")
            said["cleanlab"] = np.flatnonzero(find_label_issues(planted, proba))
        for name, rows in said.items():
            hits = flipped[rows].sum()
            found.setdefault(name, []).append(np.array([hits, len(rows) + flipped.sum()]))
    return {name: float(2 * (s := np.sum(c, axis=0))[0] / s[1]) for name, c in found.items()}


def main() -> None:
    """Print a row per table."""
    every: dict[str, list[float]] = {}
    for name, X, y in tables():
        scores = compare(X, y)
        print(f"{name:14s}", "  ".join(f"{who} {f1:.3f}" for who, f1 in scores.items()), flush=True)
        for who, f1 in scores.items():
            every.setdefault(who, []).append(f1)
    print(f"{'mean':14s}", "  ".join(f"{who} {np.mean(f1):.3f}" for who, f1 in every.items()))


if __name__ == "__main__":
    main()
