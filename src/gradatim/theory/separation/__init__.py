"""Separable, or not: a plane between two classes of points, or a proof that there is none."""

from gradatim.theory.separation.decide import separate
from gradatim.theory.separation.result import Separation, Witness

__all__ = ["Separation", "Witness", "separate"]
