"""Experiments: many networks trained, beside what a theorem says they can do.

Conventions: `theory` builds and proves, this part trains; both hand over `Network`s. Names are
loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.comparisons.depth import compare_depth
    from gradatim.comparisons.racing.film import film_race
    from gradatim.comparisons.racing.picture import plot_race
    from gradatim.comparisons.racing.result import Race
    from gradatim.comparisons.racing.run import race
    from gradatim.comparisons.sawtooth_result import Built, DepthComparison, TrainedShape

__all__ = [
    "Built",
    "DepthComparison",
    "Race",
    "TrainedShape",
    "compare_depth",
    "film_race",
    "plot_race",
    "race",
]

_HOMES = {
    "Built": "sawtooth_result",
    "DepthComparison": "sawtooth_result",
    "Race": "racing.result",
    "TrainedShape": "sawtooth_result",
    "compare_depth": "depth",
    "film_race": "racing.film",
    "plot_race": "racing.picture",
    "race": "racing.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
