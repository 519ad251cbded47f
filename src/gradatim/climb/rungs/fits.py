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
    """What a fit gave."""

    outputs: np.ndarray  # (n_test, n_outputs): Outputs for the rows to predict
    n_parameters: int  # Numbers that the model learnt
    curve: LearningCurve | None = None  # Learning curve, for models that learn by epochs
    network: Network | None = None  # The model as a network on scaled inputs, where it is one


@dataclass(frozen=True, eq=False)
class Fit:
    """A candidate to learn from some rows and to apply to others."""

    candidate: Any  # One of the family's candidates
    train: np.ndarray  # Rows to learn from, and to predict
    test: np.ndarray
    # Hears what the fit gave, as soon as it is there
    keep: Callable[[Fitted], None] = lambda fitted: None
