"""Predictions: what a model says of samples that nobody has labelled, as a value.

Conventions: rows stand in the order in which the samples were found. Where the model abstains a
prediction is None and its probabilities stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import plural, show_name
from gradatim.collection import Notice, Task


@dataclass(frozen=True, eq=False, repr=False)
class Predictions(Shown):
    """What a model predicts for the samples of a source.

    Parameters
    ----------
    source : str
        Name of what was read.
    task : {"classification", "multilabel", "regression"}
        What is predicted.
    names : sequence of str
        Classes, labels or targets, in the order of the model.
    paths : sequence of str
        What each sample is called: its path below the source, or its row.
    values : array of shape (n_samples,) or (n_samples, n_names)
        Class labels; 0 or 1 per label; or numbers.
    probabilities : array of shape (n_samples, n_names) or None
        Of every class or label; None where the model gives none.
    abstain_below : float or None, in [0, 1]
        Probability of the predicted class below which nothing is predicted.
    coverage : float or None, in (0, 1)
        Share of samples whose set or interval is to hold what is true.
    thresholds : array of shape (1,) or (n_names,), or None
        What that takes: how much below 1 the probability of a class in a set may lie, or how far
        an interval reaches to each side of every number.
    grouped : bool
        Whether the climb held out groups, over which `coverage` is an average; else rows.
    noun : str
        What a sample is: a row, a file or a score.
    files : sequence of pathlib.Path
        The audio file of each sample; empty where it is none.
    notices : sequence of Notice
        What a person should know, such as which files could not be read.
    """

    source: str
    task: Task
    names: Sequence[str]
    paths: Sequence[str]
    values: np.ndarray
    probabilities: np.ndarray | None = None
    abstain_below: float | None = None
    coverage: float | None = None
    thresholds: np.ndarray | None = None
    grouped: bool = True
    noun: str = "row"
    files: Sequence[Path] = ()
    notices: Sequence[Notice] = ()

    def __repr__(self) -> str:
        n_samples = plural(self.n_samples, self.noun)
        return f"Predictions: {show_name(self.source)}: {n_samples}, {self.task}"

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.paths)

    @property
    def probability(self) -> np.ndarray | None:
        """Probability of the most probable class, (n_samples,); None unless there are classes."""
        if self.task != "classification" or self.probabilities is None:
            return None
        return self.probabilities.max(axis=1)

    @property
    def abstains(self) -> np.ndarray:
        """Whether the model abstains, (n_samples,)."""
        probability = self.probability
        if probability is None or self.abstain_below is None:
            return np.zeros(self.n_samples, dtype=bool)
        return probability < self.abstain_below

    @property
    def sets(self) -> np.ndarray | None:
        """Which classes are in each prediction set, (n_samples, n_names); None without coverage.

        The most probable class is in every set, which covers no less by that.
        """
        if self.thresholds is None or self.probabilities is None:
            return None
        if self.task != "classification":
            return None
        most = self.probabilities.argmax(axis=1)
        inside = 1.0 - self.probabilities <= self.thresholds
        return inside | (np.arange(len(self.names)) == most[:, None])

    @property
    def intervals(self) -> np.ndarray | None:
        """Ends of the interval of each number, (n_samples, n_names, 2); None without coverage."""
        if self.thresholds is None or self.task != "regression":
            return None
        numbers = self.values.reshape(self.n_samples, -1)
        return np.stack([numbers - self.thresholds, numbers + self.thresholds], axis=-1)

    @property
    def holds(self) -> np.ndarray:
        """Which classes or labels are predicted, (n_samples, n_names); none where it abstains."""
        if self.task == "classification":
            chosen = np.array([str(value) for value in self.values])[:, None]
            held = chosen == np.array(self.names)[None, :]
        elif self.task == "multilabel":
            held = self.values.reshape(self.n_samples, -1) == 1
        else:
            held = np.zeros((self.n_samples, len(self.names)), dtype=bool)
        return held & ~self.abstains[:, None]

    @property
    def counts(self) -> dict[str, int]:
        """For how many samples each class or label is predicted."""
        return dict(zip(self.names, self.holds.sum(axis=0).tolist(), strict=True))

    def part(self, start: int, stop: int) -> Predictions:
        """Return the predictions of some samples, from `start` up to `stop`."""
        rows, chances = slice(start, stop), self.probabilities
        return replace(
            self,
            paths=self.paths[rows],
            values=self.values[rows],
            probabilities=None if chances is None else chances[rows],
            files=self.files[rows],
        )

    def to_columns(self) -> dict[str, list[Any]]:
        """Return the columns of a table: path, prediction, probability, then one per class.

        Returns
        -------
        dict of str to list
            Of labels ``prediction`` joins those that hold with ``|``, and there is no
            ``probability`` of them together; of real targets there is one column for each. With a
            coverage there is a ``set`` after the probability, whose classes are joined with ``|``;
            numbers have ``low`` and ``high`` at the end, after the name of the target where there
            are several. A class called as one of the first columns is followed by ``(class)``, such
            a target by ``(target)``.
        """
        columns: dict[str, list[Any]] = {"path": list(self.paths)}
        if self.task == "regression":
            numbers = self.values.reshape(self.n_samples, -1)
            named = ["prediction"] if len(self.names) == 1 else self.names
            columns |= _renamed(columns, named, numbers, "target")
            return columns | self._ends(columns)
        columns["prediction"] = self._predicted()
        if (probability := self.probability) is not None:
            columns["probability"] = probability.tolist()
        if (sets := self.sets) is not None:
            columns["set"] = [self._joined(row) for row in sets.tolist()]
        if self.probabilities is None:
            return columns
        return columns | _renamed(columns, self.names, self.probabilities, "class")

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a mapping of column to value for each sample; see `to_columns`."""
        columns = self.to_columns()
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "source": self.source,
            "task": self.task,
            "names": list(self.names),
            "n_samples": self.n_samples,
            "abstain_below": self.abstain_below,
            "n_abstained": int(self.abstains.sum()),
            "coverage": self.coverage,
            "thresholds": None if self.thresholds is None else self.thresholds.tolist(),
            "counts": None if self.task == "regression" else self.counts,
            "predictions": self.to_rows(),
            "warnings": [{"code": one.code, "message": one.message} for one in self.notices],
        }

    def _predicted(self) -> list[str | None]:
        if self.task == "multilabel":
            return [self._joined(row) for row in self.holds.tolist()]
        pairs = zip(self.values.tolist(), self.abstains.tolist(), strict=True)
        return [None if abstains else str(value) for value, abstains in pairs]

    def _joined(self, held: Sequence[bool]) -> str:
        return "|".join(name for name, on in zip(self.names, held, strict=True) if on)

    def _ends(self, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        if (intervals := self.intervals) is None:
            return {}
        prefixes = [""] if len(self.names) == 1 else [f"{name} " for name in self.names]
        named = [f"{prefix}{end}" for prefix in prefixes for end in ("low", "high")]
        return _renamed(columns, named, intervals.reshape(self.n_samples, -1), "interval")


def _renamed(
    columns: dict[str, list[Any]], names: Sequence[str], values: np.ndarray, what: str
) -> dict[str, list[Any]]:
    """Name the columns of a matrix, each unlike those that are there."""
    found: dict[str, list[Any]] = {}
    for name, column in zip(names, values.T.tolist(), strict=True):
        while name in columns or name in found:
            name += f" ({what})"
        found[name] = column
    return found
