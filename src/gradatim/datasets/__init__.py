"""Datasets in the package: `timbre` and `world`, ready to climb.

Conventions: a loader returns a `Collection` and reads nothing but the package's own files; names
are loaded when first used, so that importing this part does not import NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.datasets.registry import DATASETS as DATASETS
    from gradatim.datasets.registry import Dataset as Dataset
    from gradatim.datasets.registry import load_dataset as load_dataset
    from gradatim.datasets.timbre import load_timbre as load_timbre
    from gradatim.datasets.world import load_world as load_world

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "registry": ["DATASETS", "Dataset", "load_dataset"],
        "timbre": ["load_timbre"],
        "world": ["load_world"],
    },
)
