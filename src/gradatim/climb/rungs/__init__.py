"""The rungs of the ladder, one family of models a class, simplest first."""

from __future__ import annotations

from gradatim.climb.rungs.base import Family, fit_kept, kept_rung, run_rung
from gradatim.climb.rungs.baselines import Linear, Majority
from gradatim.climb.rungs.kernel import Kernel
from gradatim.climb.rungs.networks import Logistic, NetworkFamily
from gradatim.climb.rungs.perceptron import Perceptron
from gradatim.training.recipes import DEEP, SHALLOW

__all__ = ["RUNGS", "Family", "fit_kept", "kept_rung", "run_rung"]

#: The ladder, simplest first.
RUNGS: tuple[Family, ...] = (
    Majority(),
    Linear(),
    Logistic(),
    Perceptron(),
    Kernel(),
    NetworkFamily("shallow", SHALLOW),
    NetworkFamily("deep", DEEP),
)
