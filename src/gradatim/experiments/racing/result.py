"""What a race found: every contender's scores at every budget, and a verdict in words.

Conventions: accuracies are of rows that no part of the model has seen, one a seed, the k-th of two
entries on the same rows. A seed *solves* when its accuracy reaches the bar that the protocol names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from gradatim.experiments.racing.contenders import CONTENDERS, Contender
from gradatim.experiments.racing.course import Course
from gradatim.experiments.racing.runs import Run, Start
from gradatim.experiments.racing.statistics import mean_interval, share_interval

__all__ = ["Difference", "Entry", "Protocol", "Race", "Verdict"]

#: Version of the JSON object: it grows when a key changes its meaning or goes.
SCHEMA = 1


@dataclass(frozen=True)
class Protocol:
    """How the contenders were trained and scored.

    Parameters
    ----------
    n_seeds : int
        Seeds, each with rows and initial weights of its own.
    seed : int
        The first one.
    budgets : tuple of int
        Parameters at most.
    n_train, n_choose, n_test : int
        Rows that a seed learns from, chooses on, and is scored on.
    learning_rates : tuple of float
        Rates that every network is trained at; the rows to choose on choose.
    max_epochs : int
        Epochs of a network; the rows to choose on say which one counts.
    bar : float
        Accuracy from which a seed has solved it.
    margin : float
        Difference in accuracy that is of no practical matter.
    grouped : bool
        Whether groups stayed whole.
    """

    n_seeds: int
    seed: int
    budgets: tuple[int, ...]
    n_train: int
    n_choose: int
    n_test: int
    learning_rates: tuple[float, ...]
    max_epochs: int
    bar: float
    margin: float
    grouped: bool


@dataclass(frozen=True, eq=False)
class Entry:
    """A contender at a budget.

    Parameters
    ----------
    start : Start
        Who, with which budget, in which shape.
    runs : tuple of Run
        One a seed.
    bar : float
        Accuracy from which a seed has solved it.
    overlap : float
        Scored rows per row learnt from, where seeds share rows; else 0.
    """

    start: Start
    runs: tuple[Run, ...] = field(repr=False)
    bar: float
    overlap: float

    @property
    def contender(self) -> Contender:
        """Who."""
        return self.start.contender

    @property
    def budget(self) -> int | None:
        """Parameters at most; None where there is no limit or no choice."""
        return self.start.budget

    @property
    def accuracies(self) -> np.ndarray:
        """Accuracy of each seed."""
        return np.array([run.accuracy for run in self.runs])

    @property
    def mean(self) -> float:
        """Mean accuracy."""
        return float(self.accuracies.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the mean, within [0, 1]."""
        low, high = mean_interval(self.accuracies, self.overlap)
        return max(0.0, low), min(1.0, high)

    @property
    def half_width(self) -> float:
        """Half of that interval before it is cut at 0 and 1."""
        low, high = mean_interval(self.accuracies, self.overlap)
        return (high - low) / 2

    @property
    def n_solved(self) -> int:
        """Seeds that solved it."""
        return int((self.accuracies >= self.bar).sum())

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
        kind, shape = self.contender.kind, self.start.shape
        if shape is None:
            return "as many support vectors as it wants"
        if kind == "polynomial":
            return f"degree {shape.size[0]}"
        if kind == "kernel":
            return f"{shape.size[0]} centers"
        return "one unit" if not shape.size else "-".join(map(str, shape.size))

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain values."""
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


@dataclass(frozen=True)
class Difference:
    """A deep contender against one hidden layer of ReLU at the same budget, seed by seed.

    Parameters
    ----------
    contender : str
        The deep one.
    budget : int
        Parameters at most.
    mean : float
        Its accuracy minus that of the shallow one.
    interval : tuple of float
        Simultaneous 95 % interval: Bonferroni's over all differences of the race.
    kind : {"better", "worse", "no difference", "unclear"}
        Shown to be better or worse; at most the margin apart; or neither is shown.
    """

    contender: str
    budget: int
    mean: float
    interval: tuple[float, float]
    kind: str


@dataclass(frozen=True)
class Verdict:
    """What the race says.

    Parameters
    ----------
    sentences : tuple of str
        The findings, the most important first.
    differences : tuple of Difference
        What depth did at each budget.
    """

    sentences: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, eq=False)
class Race:
    """Everything that a race found.

    Parameters
    ----------
    course : Course
        What was raced on.
    protocol : Protocol
        How.
    entries : tuple of Entry
        Contenders in order, each with its budgets ascending.
    verdict : Verdict
        The findings.
    absent : tuple of (str, int)
        Contenders that have no shape within a budget.
    seconds : float
        Wall clock.
    version : str
        Version of gradatim.
    """

    course: Course
    protocol: Protocol
    entries: tuple[Entry, ...]
    verdict: Verdict
    absent: tuple[tuple[str, int], ...] = ()
    seconds: float = 0.0
    version: str = ""

    def entry(self, contender: str, budget: int | None = None) -> Entry | None:
        """Return a contender at a budget.

        Parameters
        ----------
        contender : str
            Its name.
        budget : int, optional
            One of the protocol's; without meaning for contenders that have none.

        Returns
        -------
        Entry or None
            None if it is not there.
        """
        for entry in self.entries:
            if entry.contender.name == contender and entry.budget in (None, budget):
                return entry
        return None

    @property
    def contenders(self) -> Sequence[Contender]:
        """Contenders with an entry, in order."""
        present = {entry.contender.name for entry in self.entries}
        return [contender for contender in CONTENDERS if contender.name in present]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but models and rows as plain values, ready for JSON.

        Returns
        -------
        dict
            The keys are explained in docs/lecture/race.md.
        """
        course = self.course
        return {
            "schema": SCHEMA,
            "gradatim": self.version,
            "course": {
                "name": course.name,
                "title": course.title,
                "kind": "problem" if course.is_problem else "table",
                "takes": course.takes,
                "because": course.because,
                "classes": list(course.classes),
                "n_features": course.n_features,
                "noise": course.noise,
                "ceiling": course.ceiling,
                "majority": course.majority,
                "sha256": course.sha256,
            },
            "protocol": {k: list(v) if isinstance(v, tuple) else v
                         for k, v in asdict(self.protocol).items()},
            "entries": [entry.to_dict() for entry in self.entries],
            "absent": [{"contender": name, "budget": budget} for name, budget in self.absent],
            "verdict": {
                "sentences": list(self.verdict.sentences),
                "differences": [
                    asdict(one) | {"interval": list(one.interval)}
                    for one in self.verdict.differences
                ],
            },
            "seconds": self.seconds,
        }  # fmt: skip
