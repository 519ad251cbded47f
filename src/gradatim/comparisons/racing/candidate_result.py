"""A result of a race: a contender at a budget, with its scores over all seeds.

Conventions: accuracies are of rows that no part of the model has seen, one per seed, the k-th of
two results on the same rows. A seed *solves* when its accuracy reaches the bar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradatim.comparisons.racing.contenders import Contender
from gradatim.comparisons.racing.runs import Candidate, Run
from gradatim.evaluation.statistics import score_interval, share_interval


@dataclass(frozen=True, eq=False)
class CandidateResult:
    """A contender at a budget."""

    candidate: Candidate  # Who, with which budget, in which shape
    runs: tuple[Run, ...] = field(repr=False)  # One per seed
    bar: float | None  # Accuracy from which a seed has solved it; None if no seed can
    overlap: float  # Scored rows per row learnt from, where seeds share rows; else 0
    n_test: int  # Rows that each seed is scored on

    @property
    def contender(self) -> Contender:
        """The contender that ran."""
        return self.candidate.contender

    @property
    def budget(self) -> int | None:
        """Parameters at most; None where there is no limit or no choice."""
        return self.candidate.budget

    @property
    def accuracies(self) -> np.ndarray:
        """Accuracy of each seed."""
        return np.array([run.accuracy for run in self.runs])

    @property
    def mean(self) -> float:
        """Mean accuracy."""
        return float(self.accuracies.mean())

    @property
    def choosing(self) -> float:
        """Mean accuracy on the rows to choose on."""
        return float(np.mean([run.choosing for run in self.runs]))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean, within [0, 1]; never of zero width."""
        n_rows = self.n_test if self.overlap else self.n_test * len(self.runs)
        return score_interval(self.accuracies, n_rows, self.overlap)

    @property
    def n_solved(self) -> int:
        """Seeds that solved it."""
        return 0 if self.bar is None else int((self.accuracies >= self.bar).sum())

    @property
    def solved(self) -> float:
        """Share of the seeds that solved it."""
        return self.n_solved / len(self.runs)

    @property
    def solved_interval(self) -> tuple[float, float]:
        """95 % interval of that share."""
        return share_interval(self.n_solved, len(self.runs))

    @property
    def n_parameters(self) -> float:
        """Mean number of parameters over the seeds; a whole number but for a kernel machine."""
        return float(np.mean([run.n_parameters for run in self.runs]))

    @property
    def median_seed(self) -> int:
        """Number of the seed whose accuracy is the lower median."""
        order = np.argsort(self.accuracies, kind="stable")
        return int(order[(len(order) - 1) // 2])

    @property
    def median_run(self) -> Run:
        """Run of that seed."""
        return self.runs[self.median_seed]

    @property
    def shape(self) -> str:
        """The shape in words."""
        kind, shape = self.contender.kind, self.candidate.shape
        if shape is None:
            return "as many support vectors as it wants"
        if kind == "polynomial":
            return f"degree {shape.size[0]}"
        if kind == "kernel":
            return f"{shape.size[0]} centers"
        return "no hidden layer" if not shape.size else "-".join(map(str, shape.size))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {
            "contender": self.contender.name,
            "budget": self.budget,
            "shape": self.shape,
            "n_parameters": self.n_parameters,
            "accuracies": self.accuracies.tolist(),
            "mean": self.mean,
            "interval": list(self.interval),
            "solved": self.n_solved,
            "solved_interval": list(self.solved_interval),
            "median_seed": self.median_seed,
            "settings": [run.setting for run in self.runs],
        }
