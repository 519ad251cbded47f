"""Pieces: a sound that a recipe cuts into segments is several rows, and one sample for a person.

Conventions: the pieces of a file stand side by side; `starts` has the first of each file, and is
None where every row is a sample.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.collection import Collection
from gradatim.music.audio import FileSound


def first_pieces(collection: Collection, rows: np.ndarray | None = None) -> np.ndarray | None:
    """Return where each file begins among some rows, or all; None where every sample is one."""
    files = _files(collection)
    if files is None:
        return None
    files = files if rows is None else [files[row] for row in rows]
    new = [k for k, file in enumerate(files) if k == 0 or file != files[k - 1]]
    return None if len(new) == len(files) else np.array(new)


def _files(collection: Collection) -> Sequence[object] | None:
    """Return the file of each row; None where there is none."""
    if collection.media is not None:
        files = [sound.path for sound in collection.media if isinstance(sound, FileSound)]
        return files if len(files) == len(collection.media) else None
    # A table of features has no sounds, but knows their files.
    cut = any(recipe.get("segment_seconds") for recipe in collection.recipes.values())
    return collection.texts["path"].tolist() if cut and "path" in collection.texts else None


def mean_of_pieces(values: np.ndarray, starts: np.ndarray | None) -> np.ndarray:
    """Average rows from each start to the next, (n_pieces, n) to (n_samples, n)."""
    if starts is None:
        return values
    lengths = np.diff([*starts, len(values)])
    return np.add.reduceat(values, starts, axis=0) / lengths[:, None]
