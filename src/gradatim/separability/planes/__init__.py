"""Separable, or not: a plane between two classes of points, or a proof that there is none."""

from gradatim.separability.planes.capacity import (
    Capacity,
    capacity,
    n_separable_labelings,
    simulate_capacity,
)
from gradatim.separability.planes.decide import separate
from gradatim.separability.planes.mistakes import PerceptronRun, run_perceptron
from gradatim.separability.planes.result import Separation, Witness
from gradatim.separability.planes.several import ClassSeparations, separate_classes
from gradatim.separability.planes.widest import Widest

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
