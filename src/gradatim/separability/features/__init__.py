"""Features that make classes separable: the smallest set of monomials, with a proof (L10)."""

from gradatim.separability.features.result import AddedFeatures, Refuted
from gradatim.separability.features.search import find_features

__all__ = ["AddedFeatures", "Refuted", "find_features"]
