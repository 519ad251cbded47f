"""Theory: what can be said about a network and its data before, and instead of, training it."""

from gradatim.theory.separability import (
    margin,
    mistake_bound,
    multiclass_margin,
    multiclass_mistake_bound,
)
from gradatim.theory.transformation import Proof, Transformation, transform

__all__ = [
    "Proof",
    "Transformation",
    "margin",
    "mistake_bound",
    "multiclass_margin",
    "multiclass_mistake_bound",
    "transform",
]
