"""A fit, and what it gave.

Conventions: as in `gradatim.climb.rungs.base`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.climb.result import LearningCurve
from gradatim.network.graph import Network

__all__ = ["Fit", "Fitted"]


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit gave.

    Parameters
    ----------
    outputs : array of shape (n_test, n_outputs)
        Outputs for the rows to predict.
    n_parameters : int
        Numbers that the model learnt.
    curve : LearningCurve, optional
        Learning curve, for models that learn by epochs.
    network : Network, optional
        The model as a network on scaled inputs, where it is one.
    """

    outputs: np.ndarray
    n_parameters: int
    curve: LearningCurve | None = None
    network: Network | None = None


@dataclass(frozen=True, eq=False)
class Fit:
    """A candidate to learn from some rows and to apply to others.

    Parameters
    ----------
    candidate : Any
        One of the family's candidates.
    train, test : array of int
        Rows to learn from, and to predict.
    keep : callable
        Hears what the fit gave, as soon as it is there.
    """

    candidate: Any
    train: np.ndarray
    test: np.ndarray
    keep: Callable[[Fitted], None] = lambda fitted: None
