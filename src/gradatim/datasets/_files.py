"""The data files in the package.

Conventions: archives of plain arrays, never pickled objects.
"""

from __future__ import annotations

from importlib import resources

import numpy as np


def read_arrays(name: str) -> dict[str, np.ndarray]:
    """Read the arrays of a dataset."""
    file = resources.files("gradatim.datasets").joinpath("data", f"{name}.npz")
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}
