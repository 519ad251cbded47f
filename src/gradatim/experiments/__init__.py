"""Experiments: many networks trained, beside what a theorem says they can do.

Conventions: `theory` builds and proves, this part trains; both hand over `Network`s.
"""

from gradatim.experiments.depth import Built, DepthComparison, TrainedShape, compare_depth

__all__ = ["Built", "DepthComparison", "TrainedShape", "compare_depth"]
