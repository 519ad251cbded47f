"""Exercises for pencil and paper: questions with worked answers, in five formats.

Conventions: `make_exam` draws questions from a seed, `render_exam` writes them. Names are loaded
when first used, so that importing this part imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.exercises.exam import make_exam
    from gradatim.exercises.formats.registry import render_exam
    from gradatim.exercises.model import Choice, Exam, Part, Question, Slip, Table

__all__ = ["Choice", "Exam", "Part", "Question", "Slip", "Table", "make_exam", "render_exam"]

_HOMES = {
    "Choice": "model",
    "Exam": "model",
    "Part": "model",
    "Question": "model",
    "Slip": "model",
    "Table": "model",
    "make_exam": "exam",
    "render_exam": "formats.registry",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
