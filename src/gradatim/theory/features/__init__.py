"""Features that make classes separable: the smallest set of monomials, with a proof (L10)."""

from gradatim.theory.features.result import AddedFeatures, Refuted
from gradatim.theory.features.search import find_features

__all__ = ["AddedFeatures", "Refuted", "find_features"]
