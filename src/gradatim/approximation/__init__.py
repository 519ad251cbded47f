"""Approximation (L16): networks of one hidden layer built to a function within a tolerance.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.approximation.build import Approximation as Approximation
    from gradatim.approximation.build import approximate as approximate
    from gradatim.approximation.build import approximate_with_units as approximate_with_units

_HOMES = {
    "Approximation": "build",
    "approximate": "build",
    "approximate_with_units": "build",
}

__all__ = [*_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
