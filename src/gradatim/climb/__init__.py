"""The climb: every rung under one honest protocol, and on which of them to stop.

Importing this package loads no training; its functions are loaded when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradatim.climb.result import (
    Climb,
    Comparison,
    EvaluationProtocol,
    FeatureDrop,
    Importance,
    LearningCurve,
    Observer,
    RungResult,
    ShortLook,
    TrainingSize,
    Verdict,
)

if TYPE_CHECKING:
    from gradatim.climb.compare import ClimbComparison, RungDifference, compare_climbs
    from gradatim.climb.ladder import climb_collection
    from gradatim.climb.predictions import write_predictions

__all__ = [
    "Climb",
    "ClimbComparison",
    "Comparison",
    "EvaluationProtocol",
    "FeatureDrop",
    "Importance",
    "LearningCurve",
    "Observer",
    "RungDifference",
    "RungResult",
    "ShortLook",
    "TrainingSize",
    "Verdict",
    "climb_collection",
    "compare_climbs",
    "write_predictions",
]


def __getattr__(name: str) -> object:
    if name == "climb_collection":
        from gradatim.climb.ladder import climb_collection

        return climb_collection
    if name in ("ClimbComparison", "RungDifference", "compare_climbs"):
        from gradatim.climb import compare

        return getattr(compare, name)
    if name == "write_predictions":
        from gradatim.climb.predictions import write_predictions

        return write_predictions
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
