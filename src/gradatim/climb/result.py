"""What a climb found: the rungs with their scores, the verdict, and the winner.

Conventions: scores are the protocol's metric on rows that no part of the model has seen, larger
is better; fold scores are ordered repeat by repeat, so rung A's k-th and rung B's k-th score
are of the same rows. Times are seconds of wall clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError
from gradatim.models.families.base import LearningCurve
from gradatim.models.model import Model

__all__ = [
    "Climb",
    "Comparison",
    "EvaluationProtocol",
    "LearningCurve",
    "Observer",
    "RungResult",
    "Verdict",
]

#: Version of the JSON object: it grows when a key changes its meaning or goes.
SCHEMA = 1


@dataclass(frozen=True)
class EvaluationProtocol:
    """How the rungs were scored.

    Parameters
    ----------
    folds, repeats : int
        Folds per repeat, and repeats with fresh folds.
    grouped : bool
        Whether groups were kept on one side of every split.
    seed : int
        Seed of the folds and of every network.
    metric : {"accuracy", "r2"}
        What a score is.
    margin : float
        Difference in the metric that is held to be of no practical matter.
    preset : {"quick", "strong"}, default "quick"
        How shallow and deep networks were trained.
    """

    folds: int
    repeats: int
    grouped: bool
    seed: int
    metric: str
    margin: float
    preset: str = "quick"


@dataclass(frozen=True)
class RungResult:
    """One row of the ladder: a kind of model on one input, with its scores.

    Parameters
    ----------
    rung : str
        ``majority``, ``linear``, ``logistic``, ``perceptron``, ``kernel``, ``shallow``, ``deep``.
    input : str
        Name of the input that it reads; ``""`` for the majority rung, which reads none.
    model : str
        What was chosen inside the training folds, in words.
    n_parameters : int
        Largest number of parameters among the models that made the scores.
    fold_scores : array of shape (repeats * folds,)
        Scores on the held-out folds.
    interval : tuple of float
        95 % interval of the mean.
    seconds : float
        Time taken by selection, training and scoring.
    predictions : array of shape (repeats, n_samples) or (repeats, n_samples, n_targets)
        Out-of-fold predictions: labels, or real values.
    curves : sequence of LearningCurve
        Learning curves, for rungs that learn by epochs.
    choice : int
        Number of the candidate that was chosen in most folds.
    """

    rung: str
    input: str
    model: str
    n_parameters: int
    fold_scores: np.ndarray
    interval: tuple[float, float]
    seconds: float
    predictions: np.ndarray
    curves: Sequence[LearningCurve] = ()
    choice: int = 0

    @property
    def mean(self) -> float:
        """Mean score over all folds."""
        return float(np.mean(self.fold_scores))


@dataclass(frozen=True)
class Comparison:
    """The best rung against a simpler one.

    Parameters
    ----------
    rung, input : str
        The simpler rung.
    difference : float
        Mean score of the best minus that of this rung.
    interval : tuple of float
        95 % credible interval of the difference.
    p_better : float
        Posterior probability that the best is better by more than the margin.
    upper : float
        The gap is below this with probability 0.95.
    """

    rung: str
    input: str
    difference: float
    interval: tuple[float, float]
    p_better: float
    upper: float


@dataclass(frozen=True)
class Verdict:
    """The simplest rung that may be as good as the best.

    Parameters
    ----------
    rung, input : str
        The rung to stop on.
    kind : {"best", "equivalent", "not shown worse", "nothing"}
        Whether it is the best itself, is practically equivalent to it, or only may be as good;
        or whether the majority may be as good as the best, so that nothing was found.
    sentence : str
        The finding for people.
    comparisons : sequence of Comparison
        The best rung against each other one, in the order of the ladder.
    """

    rung: str
    input: str
    kind: str
    sentence: str
    comparisons: Sequence[Comparison] = ()


@dataclass(frozen=True)
class Climb:
    """Everything that a climb found.

    Parameters
    ----------
    collection : Collection
        What was climbed.
    protocol : EvaluationProtocol
        How rungs were scored.
    rungs : sequence of RungResult
        The ladder, simplest first.
    verdict : Verdict
        On which rung to stop.
    models : mapping of (str, str) to Model
        Models of rungs by rung and input, all trained on every row: the winner's and those that
        were asked for.
    notices : sequence of Notice
        What a person should know.
    seconds : float
        Time of the whole climb.
    version : str
        Version of gradatim.
    """

    collection: Collection
    protocol: EvaluationProtocol
    rungs: Sequence[RungResult]
    verdict: Verdict
    models: Mapping[tuple[str, str], Model] = field(default_factory=dict, repr=False)
    notices: Sequence[Notice] = ()
    seconds: float = 0.0
    version: str = field(default="")

    @property
    def winner(self) -> RungResult:
        """The ladder's row on which the verdict stops."""
        return next(
            r for r in self.rungs if (r.rung, r.input) == (self.verdict.rung, self.verdict.input)
        )

    @property
    def model(self) -> Model:
        """The model of the verdict's rung, trained again on every row."""
        return self.models[self.verdict.rung, self.verdict.input]

    def find_model(self, name: str) -> Model:
        """Return a model that was kept.

        Parameters
        ----------
        name : str
            A rung, or a rung and an input such as ``"linear/wave"``; without an input, the one of
            those kept on which it scored best.

        Returns
        -------
        Model
            Trained on every row.

        Raises
        ------
        SpecError
            If the model of that rung was not kept.
        """
        rung, _, input = name.partition("/")
        found = [
            row
            for row in self.rungs
            if row.rung == rung and input in ("", row.input) and (rung, row.input) in self.models
        ]
        if not found:
            kept = ", ".join("/".join(filter(None, pair)) for pair in self.models)
            raise SpecError(f"the model of {name!r} was not kept; there are {kept}")
        best = max(found, key=lambda row: row.mean)
        return self.models[best.rung, best.input]

    def to_dict(self) -> dict[str, Any]:
        """Return the climb as a JSON object.

        Returns
        -------
        dict
            Plain strings, numbers, lists and dicts; ``docs/guides/json.md`` documents the keys,
            whose meaning changes only together with ``"schema"``.
        """
        return {
            "gradatim": self.version,
            "schema": SCHEMA,
            "collection": self.collection.to_dict(),
            "protocol": asdict(self.protocol),
            "rungs": [_rung_dict(row) for row in self.rungs],
            "verdict": {
                "rung": self.verdict.rung,
                "input": self.verdict.input,
                "kind": self.verdict.kind,
                "sentence": self.verdict.sentence,
                "comparisons": [asdict(c) for c in self.verdict.comparisons],
            },
            "warnings": [asdict(notice) for notice in self.notices],
            "seconds": self.seconds,
        }


def _rung_dict(row: RungResult) -> dict[str, Any]:
    return {
        "rung": row.rung,
        "input": row.input,
        "model": row.model,
        "n_parameters": row.n_parameters,
        "fold_scores": [float(score) for score in row.fold_scores],
        "mean": row.mean,
        "interval": list(row.interval),
        "seconds": row.seconds,
    }


class Observer:
    """Told how a climb goes on; the base class ignores everything.

    Called from the thread that climbs. `total` is the finished share of the whole climb's
    expected work, in [0, 1], so that time left is about elapsed * (1 - total) / total.
    """

    def planned(self, rows: Sequence[tuple[str, str]]) -> None:
        """Hear the (rung, input) pairs of the ladder, once, simplest first."""

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        """Hear that a rung is done to `fraction`, and what it is doing, in a few words."""

    def finished(self, result: RungResult, total: float) -> None:
        """Hear a rung's result."""
