"""What is known of one audio file once it has been read: its pieces, and what is odd about it.

Conventions: a file is one piece unless it is cut into segments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class FilePart:
    """A sample of a file: all that is read of it, or one of its segments."""

    features: np.ndarray  # (n_features,), float32, as the recipe names them
    # Hash of the decoded mono samples: pieces that sound the same agree in it, whatever the name
    # or lossless format of their files
    sha256: str
    start: float  # Where in the file it begins, in seconds
    silent: bool  # Whether every sample is zero
    fingerprint: np.ndarray  # As `fingerprint` returns it


@dataclass(frozen=True, eq=False)
class FileAnalysis:
    """What is known of one audio file."""

    pieces: tuple[FilePart, ...]  # At least one
    whole: bool  # Whether nothing of the file was left out (see `FeatureRecipe`'s ``max_seconds``)
    oddities: tuple[str, ...] = ()  # As `decode` tells them
