"""Datasets in the package: `timbre` and `world`, ready to climb.

Conventions: a loader returns a `Collection` and reads nothing but the package's own files; names
are loaded when first used, so that importing this part does not import NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.datasets.registry import DATASETS, Dataset, load_dataset
    from gradatim.datasets.timbre import load_timbre
    from gradatim.datasets.world import load_world

__all__ = ["DATASETS", "Dataset", "load_dataset", "load_timbre", "load_world"]

_HOMES = {
    "DATASETS": "registry",
    "Dataset": "registry",
    "load_dataset": "registry",
    "load_timbre": "timbre",
    "load_world": "world",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
