"""The task: what every seed trains on, chooses on, and is scored on.

Conventions: labels are whole numbers, places in ``classes``. A seed has rows to learn from, rows
to choose on (settings, and the epoch at which a network stops) and rows to be scored on, no row in
two of them. Inputs are standardized by the rows to learn from. For a problem all three are drawn
afresh by every seed; for a table every seed splits the rows anew, groups whole, classes even.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim._digest import sha256
from gradatim._text import name_inputs
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.folds import deal
from gradatim.inspection import inspected
from gradatim.problems import Problem
from gradatim.scalers import Scaler, fit_scaler

#: A fifth of a table is scored, a fifth chooses.
_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Split:
    """The rows of one seed."""

    # (n_rows, n_features): Rows to learn from, then rows to choose on, in their own units
    X: np.ndarray
    y: np.ndarray  # (n_rows,): Their labels
    n_train: int  # How many of them to learn from
    X_test: np.ndarray  # Rows to be scored on
    y_test: np.ndarray
    scaler: Scaler  # Learnt from the first `n_train` rows, as what missing values were filled with

    @classmethod
    def of(
        cls,
        train: tuple[np.ndarray, np.ndarray],
        choose: tuple[np.ndarray, np.ndarray],
        test: tuple[np.ndarray, np.ndarray],
    ) -> Split:
        """Put the rows of a seed together."""
        scaler = fit_scaler(train[0], "standard")
        X, y = (np.concatenate([a, b]) for a, b in zip(train, choose, strict=True))
        X, X_test = (np.where(np.isnan(part), scaler.fill, part) for part in (X, test[0]))
        return cls(X, y, len(train[0]), X_test, test[1], scaler)

    @property
    def learning(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows to learn from, standardized, and their labels."""
        return self.scaled[: self.n_train], self.y[: self.n_train]

    @property
    def choosing(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows to choose on, in their own units, and their labels."""
        return self.X[self.n_train :], self.y[self.n_train :]

    @property
    def most_frequent(self) -> int:
        """Label that most of the rows to learn from have."""
        return int(np.bincount(self.y[: self.n_train]).argmax())

    @property
    def scaled(self) -> np.ndarray:
        """Rows to learn from and to choose on, standardized."""
        return self.scaler.transform(self.X)

    @property
    def training(self) -> np.ndarray:
        """1 for rows to learn from, 0 for rows to choose on."""
        return (np.arange(len(self.X)) < self.n_train).astype(np.float32)


@dataclass(frozen=True, eq=False)
class RaceTask:
    """What is raced on."""

    name: str  # The problem or the table
    title: str
    takes: str  # What the problem takes, and why; empty for a table
    because: str
    classes: tuple[str, ...]  # Names of the labels
    feature_names: tuple[str, ...]  # Names of the columns
    splits: tuple[Split, ...]  # The rows of each seed
    noise: float | None = None  # Standard deviation of a problem's noise; None for a table
    # Accuracy of the rule that knows how the points are drawn; None for a table
    ceiling: float | None = None
    grouped: bool = False  # Whether groups stayed whole
    notices: tuple[Notice, ...] = ()  # What reading a table found that a person should know

    @property
    def is_problem(self) -> bool:
        """Whether every seed draws fresh points."""
        return self.noise is not None

    @property
    def n_features(self) -> int:
        """Dimensions of the points."""
        return len(self.feature_names)

    @property
    def n_outputs(self) -> int:
        """1 for two classes, else one per class."""
        return len(self.classes) if len(self.classes) > 2 else 1

    @property
    def majorities(self) -> np.ndarray:
        """Accuracy, seed by seed, of always naming the most frequent class learnt from."""
        return np.array([np.mean(split.y_test == split.most_frequent) for split in self.splits])

    @property
    def majority(self) -> float:
        """Mean of these."""
        return float(self.majorities.mean())

    @property
    def n_scored(self) -> int:
        """Rows that a seed is scored on; with groups, those of the seed that has fewest."""
        return min(len(split.y_test) for split in self.splits)

    @property
    def overlap(self) -> float:
        """Scored rows per row that the seed learns from, where seeds share rows; else 0."""
        first = self.splits[0]
        return 0.0 if self.is_problem else len(first.y_test) / first.n_train

    @property
    def sha256(self) -> str:
        """Hash of every row and label of every seed."""
        return sha256(*(a for h in self.splits for a in (h.X, h.y, h.X_test, h.y_test)))


def task_of_problem(
    problem: Problem, *, n_seeds: int, n_samples: int, noise: float | None, seed: int
) -> RaceTask:
    """Draw the rows of every seed of a problem."""
    n_train, n_features = 2 * n_samples // 3, problem.n_features
    splits = []
    for number in range(n_seeds):
        # Three streams per seed, none of which another seed of this race or its neighbor has.
        drawn = [
            problem.sample(n, noise=noise, seed=3 * (1_000_003 * seed + number) + k)
            for k, n in enumerate((n_train, n_samples - n_train, 2000))
        ]
        splits.append(Split.of(*drawn))
    return RaceTask(
        name=problem.name,
        title=problem.title,
        takes=problem.takes,
        because=problem.because,
        classes=("0", "1"),
        feature_names=name_inputs((), n_features) if n_features > 1 else ("x",),
        splits=tuple(splits),
        noise=problem.noise if noise is None else noise,
        ceiling=problem.ceiling(noise, seed=seed),
    )


def task_of_table(collection: Collection, *, n_seeds: int, seed: int) -> RaceTask:
    """Split the rows of a table for every seed."""
    if collection.task != "classification":
        raise LabelError(f"a race is about classes, but {collection.name} is a {collection.task}")
    if len(collection.X) != 1:
        inputs = ", ".join(collection.X)
        raise SpecError(
            f"a race takes one input, but {collection.name} has {len(collection.X)} ({inputs}); "
            "in Python, give a Collection with one of them"
        )
    [(_, X)] = collection.X.items()
    [names] = list(collection.feature_names.values()) or [()]
    classes, y = np.unique(collection.y, return_inverse=True)
    _check_classes(classes, y, collection.name)
    X = X.astype(np.float64)
    splits = []
    for number in range(n_seeds):
        parts = _fifths(y, collection.groups, 1_000_003 * seed + number)
        if len(np.unique(y[parts[0]])) < 2:
            raise SpecError(
                f"in split {number + 1} of {collection.name} all rows to learn from are of one "
                "class, since the other classes have too few groups; give groups that are smaller"
            )
        splits.append(Split.of(*((X[rows], y[rows]) for rows in parts)))
    return RaceTask(
        name=collection.name,
        title=collection.name,
        takes="",
        because="",
        classes=tuple(map(str, classes)),
        feature_names=name_inputs(tuple(map(str, names)), X.shape[1]),
        splits=tuple(splits),
        grouped=collection.groups is not None,
        notices=tuple(inspected(collection).notices),
    )


def _check_classes(classes: np.ndarray, y: np.ndarray, name: str) -> None:
    """Refuse a table without two classes that can be split into fifths."""
    if len(classes) < 2:
        raise LabelError(f"a race is between two classes or more, but {name} has {len(classes)}")
    counts = np.bincount(y)
    if counts.min() < _FOLDS:
        rows = "row" if counts.min() == 1 else "rows"
        raise LabelError(
            f"class {classes[counts.argmin()]!s} of {name} has {counts.min()} {rows}, but a race "
            f"splits every class into fifths: give at least {_FOLDS} rows per class, or leave the "
            "class out"
        )


def _fifths(
    y: np.ndarray, groups: np.ndarray | None, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows to learn from, rows to choose on, rows to be scored on."""
    if groups is not None and len(np.unique(groups)) < _FOLDS:
        raise SpecError(f"a race needs at least {_FOLDS} groups, one to be left out at a time")
    fold_of = deal(len(y), _FOLDS, seed % 2**32, y=y, groups=groups)
    rng = np.random.default_rng(seed)
    # With groups, scikit-learn puts a rare class into the same fifth every time.
    scored, chosen, *learnt = (np.flatnonzero(fold_of == k) for k in rng.permutation(_FOLDS))
    return rng.permutation(np.concatenate(learnt)), chosen, scored
