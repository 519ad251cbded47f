"""A rung as a peer climbed it, and what the climb's recipe asks of its networks.

Conventions: an epoch is one pass of one network over its training rows; the recipe is that of
`gradatim.climb.rungs.networks`, read from there so that both sides always do the same work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.rungs.networks import MEMBERS
from gradatim.training import NetworkSpec

__all__ = ["NETWORKS", "PeerRung", "count_epochs", "spec_of"]

#: Rungs whose fits are networks by the recipe.
NETWORKS = ("shallow", "deep")


@dataclass(frozen=True)
class PeerRung:
    """A rung as a peer climbed it.

    Parameters
    ----------
    rung, input : str
        Which rung, on which input.
    seconds : float
        Time.
    scores : tuple of float
        Accuracy by outer fold.
    choosing, training : int
        Fits that served to choose, and fits that were scored.
    epochs : int
        Epochs of all networks together; 0 for other models.
    """

    rung: str
    input: str
    seconds: float
    scores: tuple[float, ...]
    choosing: int
    training: int
    epochs: int = 0

    @property
    def mean(self) -> float:
        """Mean accuracy."""
        return float(np.mean(self.scores))


def spec_of(problem: Problem, candidate: Any, member: int, final: bool) -> NetworkSpec:
    """Write a candidate of a network rung out, as the climb does.

    Parameters
    ----------
    problem : Problem
        What is climbed.
    candidate : Recipe
        The candidate.
    member : int
        Number of the network among those that are averaged.
    final : bool
        Whether it is scored, rather than used to choose.

    Returns
    -------
    NetworkSpec
        What the climb trains.
    """
    return candidate.spec(problem.seed * 1000 + member, problem.task, final)


def count_epochs(
    problem: Problem, candidates: Sequence[Any], chosen: Sequence[int], choosing: int
) -> int:
    """Count the epochs of all networks of a rung.

    Parameters
    ----------
    problem : Problem
        What is climbed.
    candidates : sequence of Recipe
        What was chosen from.
    chosen : sequence of int
        The candidate of each outer fold.
    choosing : int
        Fits that served to choose, as many of each candidate.

    Returns
    -------
    int
        Epochs.
    """
    each = choosing // len(candidates)
    before = sum(each * _length(problem, candidate, False) for candidate in candidates)
    after = sum(MEMBERS * _length(problem, candidates[c], True) for c in chosen)
    return before + after


def _length(problem: Problem, candidate: Any, final: bool) -> int:
    return spec_of(problem, candidate, 0, final).max_epochs or 0
