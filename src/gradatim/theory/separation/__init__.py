"""Separable, or not: a plane between two classes of points, or a proof that there is none."""

from gradatim.theory.separation.capacity import (
    Capacity,
    capacity,
    n_separable_labelings,
    simulate_capacity,
)
from gradatim.theory.separation.decide import separate
from gradatim.theory.separation.mistakes import PerceptronRun, run_perceptron
from gradatim.theory.separation.result import Separation, Witness
from gradatim.theory.separation.several import ClassSeparations, separate_classes
from gradatim.theory.separation.widest import Widest

__all__ = [
    "Capacity",
    "ClassSeparations",
    "PerceptronRun",
    "Separation",
    "Widest",
    "Witness",
    "capacity",
    "n_separable_labelings",
    "run_perceptron",
    "separate",
    "separate_classes",
    "simulate_capacity",
]
