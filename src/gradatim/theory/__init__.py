"""Theory: what can be said about a network and its data before, and instead of, training it.

Conventions: names that need exact linear algebra are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradatim.theory.separability import (
    margin,
    mistake_bound,
    multiclass_margin,
    multiclass_mistake_bound,
)
from gradatim.theory.transformation import Proof, Transformation, transform

if TYPE_CHECKING:
    from gradatim.theory.separation import Separation, Witness, separate

__all__ = [
    "Proof",
    "Separation",
    "Transformation",
    "Witness",
    "margin",
    "mistake_bound",
    "multiclass_margin",
    "multiclass_mistake_bound",
    "separate",
    "transform",
]

_HOMES = {
    "Separation": "separation",
    "Witness": "separation",
    "separate": "separation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
