"""The bar: the accuracy from which a seed is said to have solved it, and how it was got.

Conventions: a problem's bar is a share of what the best possible rule reaches. A table has no such
rule. Its bar is measured by a *reference*: the contender, with its size, that gets most of the rows
to choose on right. Its own score there is flattered by having been chosen; so the bar is what it
reaches on the scored rows, on which nothing was chosen, less the sampling noise of a score on so
many rows, and always above always naming the most frequent class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.task import RaceTask
from gradatim.evaluation.statistics import posterior, share_interval

#: What counts as solved on a problem, as a share of what the best possible rule reaches.
SOLVED = 0.99

#: Share of the reference's own seeds that are to be above the bar, and its normal quantile.
_LEVEL, _QUANTILE = 0.95, 1.645


@dataclass(frozen=True)
class Reference:
    """The contender that measures a table's bar."""

    # Its name: the best on the rows to choose on, of equals the one with fewer parameters
    contender: str
    title: str  # What people read
    budget: int | None  # Parameters at most
    n_parameters: float  # Mean number of parameters
    choosing: float  # Mean accuracy on the rows to choose on
    mean: float  # Mean accuracy on the scored rows
    # How far below that a score on the scored rows of a seed may well lie: Wilson's one-sided 95
    # %, or 1.645 standard deviations of its seeds where that is more, as with groups
    noise: float
    # Its accuracy minus that of always naming the most frequent class, on the scored rows
    gain: float
    gain_interval: tuple[float, float]  # 95 % interval of that

    @property
    def is_better(self) -> bool:
        """Whether it is shown to be better than always naming the most frequent class."""
        return self.gain_interval[0] > 0


@dataclass(frozen=True)
class Bar:
    """From where a seed has solved it."""

    accuracy: float | None  # On the scored rows; None if nobody can be said to solve it
    # Asked for; a share of what the best possible rule reaches; the reference's score less its
    # noise; one row above the most frequent class where that is higher; or the reference is not
    # shown to be better than the most frequent class
    kind: Literal["given", "problem", "reference", "majority", "none"]
    words: str  # The same for people: one sentence
    reference: Reference | None = None  # What a table's bar is measured by; None for a problem


def find_reference(results: Sequence[CandidateResult], task: RaceTask) -> Reference:
    """Choose a table's reference on the rows to choose on, and measure it on the scored rows."""
    best = max(results, key=lambda result: (result.choosing, -result.n_parameters))
    gain = posterior(best.accuracies - task.majorities, task.overlap)
    # The lower end of a two-sided 90 % interval is a one-sided 95 % bound.
    low, _ = share_interval(best.mean * task.n_scored, task.n_scored, 2 * _LEVEL - 1)
    return Reference(
        contender=best.contender.name,
        title=best.contender.title,
        budget=best.budget,
        n_parameters=best.n_parameters,
        choosing=best.choosing,
        mean=best.mean,
        noise=max(best.mean - low, _QUANTILE * float(best.accuracies.std(ddof=1))),
        gain=gain.mean,
        gain_interval=gain.interval(),
    )


def find_bar(given: float | None, results: Sequence[CandidateResult], task: RaceTask) -> Bar:
    """Say from where a seed has solved it."""
    reference = None if task.is_problem else find_reference(results, task)
    if given is not None:
        return Bar(
            given, "given", f"Solved: accuracy of at least {given:.4g}, as given.", reference
        )
    if reference is None:
        return _of_problem(task)
    return _of_table(reference, task)


def _of_problem(task: RaceTask) -> Bar:
    ceiling = 1.0 if task.ceiling is None else task.ceiling
    accuracy = SOLVED * ceiling
    words = (
        f"Solved: accuracy of at least {accuracy:.4g}, which is {SOLVED:g} of what the best "
        f"possible rule reaches ({ceiling:.4g})."
    )
    return Bar(accuracy, "problem", words)


def _of_table(reference: Reference, task: RaceTask) -> Bar:
    who = (
        f"{reference.title} with {reference.n_parameters:.0f} parameters, the best on the rows to "
        "choose on,"
    )
    if not reference.is_better:
        words = (
            f"Solved: nobody is counted, since {who} is not shown to be better than always naming "
            "the most frequent class."
        )
        return Bar(None, "none", words, reference)
    accuracy = reference.mean - reference.noise
    least = task.majority + 1 / task.n_scored
    how = (
        f"{who} reaches {reference.mean:.3f} on the scored rows, less {reference.noise:.3f} for "
        f"the noise of a score on {task.n_scored} rows"
    )
    if accuracy >= least:
        words = f"Solved: accuracy of at least {accuracy:.3f}: {how}."
        return Bar(accuracy, "reference", words, reference)
    least = min(least, 1.0)
    words = (
        f"Solved: accuracy of at least {least:.3f}, a row more than always naming the most "
        f"frequent class ({task.majority:.3f}): {how}, which is not above that."
    )
    return Bar(least, "majority", words, reference)
