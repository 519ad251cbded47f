"""The climb: every rung under one honest protocol, and on which of them to stop.

Importing this package loads no training; `climb_collection` is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradatim.climb.result import (
    Climb,
    Comparison,
    EvaluationProtocol,
    LearningCurve,
    Observer,
    RungResult,
    Verdict,
)

if TYPE_CHECKING:
    from gradatim.climb.ladder import climb_collection

__all__ = [
    "Climb",
    "Comparison",
    "EvaluationProtocol",
    "LearningCurve",
    "Observer",
    "RungResult",
    "Verdict",
    "climb_collection",
]


def __getattr__(name: str) -> object:
    if name == "climb_collection":
        from gradatim.climb.ladder import climb_collection

        return climb_collection
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
