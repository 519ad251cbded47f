"""A rung as a peer climbed it, and what the climb's recipe asks of its networks.

Conventions: an epoch is one pass of one network over its training rows; the recipe is the
climb's own, read from its rungs so that both sides always do the same work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.climb.task import ClimbTask
from gradatim.models.families.base import Family
from gradatim.models.families.networks import NetworkFamily
from gradatim.training import NetworkSpec
from gradatim.training.recipes import PRESETS

__all__ = ["PeerRung", "count_epochs", "specs_of"]


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


def specs_of(problem: ClimbTask, family: Family) -> list[NetworkSpec]:
    """Write out the networks that a rung averages.

    Parameters
    ----------
    problem : ClimbTask
        What is climbed.
    family : Family
        The rung; of its kind only networks have any.

    Returns
    -------
    list of NetworkSpec
        What the climb trains on each outer fold; empty for other models.
    """
    if not isinstance(family, NetworkFamily):
        return []
    return family.specs(problem, PRESETS[problem.preset], 1)


def count_epochs(problem: ClimbTask, family: Family) -> int:
    """Count the epochs of all networks of a rung.

    Parameters
    ----------
    problem : ClimbTask
        What is climbed.
    family : Family
        The rung.

    Returns
    -------
    int
        Epochs.
    """
    members = specs_of(problem, family)
    return len(problem.folds.outer) * sum(spec.max_epochs or 0 for spec in members)
