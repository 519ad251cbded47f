"""Experiments: many networks trained, beside what a theorem says they can do.

Conventions: `theory` builds and proves, this part trains; both hand over `Network`s. Names are
loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.comparisons.depth import compare_depth as compare_depth
    from gradatim.comparisons.racing.film import film_race as film_race
    from gradatim.comparisons.racing.picture import plot_race as plot_race
    from gradatim.comparisons.racing.result import Race as Race
    from gradatim.comparisons.racing.run import race as race
    from gradatim.comparisons.sawtooth_result import Built as Built
    from gradatim.comparisons.sawtooth_result import DepthComparison as DepthComparison
    from gradatim.comparisons.sawtooth_result import TrainedShape as TrainedShape

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "depth": ["compare_depth"],
        "racing.film": ["film_race"],
        "racing.picture": ["plot_race"],
        "racing.result": ["Race"],
        "racing.run": ["race"],
        "sawtooth_result": ["Built", "DepthComparison", "TrainedShape"],
    },
)
