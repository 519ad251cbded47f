"""Models: what was learnt, from raw rows to predictions; the families that fit them; files.

Conventions: names are loaded when first used, so that loading a model imports no engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.models.families.base import Family as Family
    from gradatim.models.families.base import LearningCurve as LearningCurve
    from gradatim.models.files import load_model as load_model
    from gradatim.models.model import Model as Model

_HOMES = {
    "Family": "families.base",
    "LearningCurve": "families.base",
    "Model": "model",
    "load_model": "files",
}

__all__ = [*_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
