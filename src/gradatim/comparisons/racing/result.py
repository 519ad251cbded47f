"""What a race found: protocol, bar, every contender's results, and a verdict in words.

Conventions: see `gradatim.comparisons.racing.candidate_result`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gradatim._pictures import Shown
from gradatim._text import plural, show_name
from gradatim.comparisons.racing.bar import Bar
from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import CONTENDERS, Contender
from gradatim.comparisons.racing.task import RaceTask

__all__ = ["Difference", "Race", "RaceProtocol", "RaceVerdict"]

#: Version of the JSON object: it grows when a key changes its meaning or goes.
SCHEMA = 2


@dataclass(frozen=True)
class RaceProtocol:
    """How the contenders were trained and scored."""

    n_seeds: int  # Seeds, each with rows and initial weights of its own
    seed: int  # The first one
    budgets: tuple[int, ...]  # Parameters at most
    n_train: int  # Rows that a seed learns from, chooses on, and is scored on
    n_choose: int
    n_test: int
    # Rates that every network is trained at; the rows to choose on choose
    learning_rates: tuple[float, ...]
    max_epochs: int  # Epochs of a network; the rows to choose on say which one counts
    margin: float  # Difference in accuracy that is of no practical matter
    grouped: bool  # Whether groups stayed whole

    @property
    def first(self) -> int:
        """Seed of the first seed's weights, centers and orders; the others' follow."""
        return self.seed * self.n_seeds


@dataclass(frozen=True)
class Difference:
    """A deep contender against one hidden layer of ReLU at the same budget, seed by seed."""

    contender: str  # The deep one
    budget: int  # Parameters at most
    mean: float  # Its accuracy minus that of the shallow one
    # Simultaneous 95 % interval: Bonferroni's over all differences of the race
    interval: tuple[float, float]
    kind: str  # Shown to be better or worse; at most the margin apart; or neither is shown


@dataclass(frozen=True)
class RaceVerdict:
    """What the race says."""

    sentences: tuple[str, ...]  # The findings, the most important first
    differences: tuple[Difference, ...]  # What depth did at each budget


@dataclass(frozen=True, eq=False, repr=False)
class Race(Shown):
    """Everything that a race found.

    Parameters
    ----------
    task : RaceTask
        What was raced on.
    protocol : RaceProtocol
        How.
    bar : Bar
        From where a seed has solved it.
    results : tuple of CandidateResult
        Contenders in order, each with its budgets ascending.
    verdict : RaceVerdict
        The findings.
    absent : tuple of (str, int)
        Contenders that have no shape within a budget.
    seconds : float
        Wall clock.
    version : str
        Version of gradatim.
    """

    task: RaceTask
    protocol: RaceProtocol
    bar: Bar
    results: tuple[CandidateResult, ...]
    verdict: RaceVerdict
    absent: tuple[tuple[str, int], ...] = ()
    seconds: float = 0.0
    version: str = ""

    def __repr__(self) -> str:
        task, seeds = show_name(self.task.title), plural(self.protocol.n_seeds, "seed")
        return f"Race: {task}: {plural(len(self.contenders), 'contender')}, {seeds}"

    def result(self, contender: str, budget: int | None = None) -> CandidateResult | None:
        """Return a contender at a budget, if it has budgets; None if it is not there."""
        for result in self.results:
            if result.contender.name == contender and result.budget in (None, budget):
                return result
        return None

    @property
    def contenders(self) -> Sequence[Contender]:
        """Contenders with a result, in order."""
        present = {result.contender.name for result in self.results}
        return [contender for contender in CONTENDERS if contender.name in present]

    def to_dict(self) -> dict[str, Any]:
        """Return all but models and rows for JSON; docs/lecture/race.md explains the keys."""
        task = self.task
        return {
            "schema": SCHEMA,
            "gradatim": self.version,
            "course": {
                "name": task.name,
                "title": task.title,
                "kind": "problem" if task.is_problem else "table",
                "takes": task.takes,
                "because": task.because,
                "classes": list(task.classes),
                "n_features": task.n_features,
                "noise": task.noise,
                "ceiling": task.ceiling,
                "majority": task.majority,
                "sha256": task.sha256,
            },
            "protocol": _plain(asdict(self.protocol)),
            "bar": _plain(asdict(self.bar)),
            "entries": [result.to_dict() for result in self.results],
            "warnings": [asdict(notice) for notice in task.notices],
            "absent": [{"contender": name, "budget": budget} for name, budget in self.absent],
            "verdict": {
                "sentences": list(self.verdict.sentences),
                "differences": [_plain(asdict(one)) for one in self.verdict.differences],
            },
            "seconds": self.seconds,
        }


def _plain(values: Any) -> Any:
    """Turn tuples into lists, as JSON reads them back."""
    if isinstance(values, dict):
        return {key: _plain(value) for key, value in values.items()}
    return list(values) if isinstance(values, tuple) else values
