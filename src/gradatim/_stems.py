"""Stems of names: what the names of samples that were cut from one recording have in common.

Conventions: a name is taken without its folders and the suffix of its file, and is cut into fields
at dots, hyphens, underscores and blanks; a stem is its first fields. Stems that only say the class,
or tell every sample from every other, are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

__all__ = ["find_stems"]

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_FIELD = re.compile(r"[^._\- ]+")
_MOST_FIELDS = 6

# Samples per stem below which sharing one is chance
_FEWEST = 1.5


def find_stems(names: Sequence[str], y: np.ndarray) -> np.ndarray | None:
    """Find the shortest stems that say more than the class; None where there are none.

    `y` (n_samples,) or (n_samples, n_targets); returns (n_samples,) texts.

    Examples
    --------
    >>> names = [f"rock.{song:05d}.{piece}.wav" for song in range(4) for piece in range(3)]
    >>> find_stems(names, np.array(["rock"] * 12))[[0, 1, 2, 3]].tolist()
    ['rock.00000', 'rock.00000', 'rock.00000', 'rock.00001']
    """
    bare = [_SUFFIX.sub("", re.split(r"[/\\]", name)[-1]) for name in names]
    ends = [[match.end() for match in _FIELD.finditer(name)] for name in bare]
    fewest = max(2, _n_classes(y))
    for n_fields in range(1, _MOST_FIELDS):
        stems = np.array(
            [name[: end[n_fields - 1]] if len(end) > n_fields else name
             for name, end in zip(bare, ends, strict=True)]
        )  # fmt: skip
        kinds, counts = np.unique(stems, return_counts=True)
        if len(kinds) * _FEWEST > len(names):
            return None
        # Words at the start of longer names are instruments and styles, numbers are recordings.
        numbered = n_fields == 1 or np.mean([any(map(str.isdigit, s)) for s in kinds]) > 0.5
        cut = np.mean([len(end) > n_fields for end in ends]) > 0.5
        if cut and numbered and len(kinds) > fewest and 2 * counts.max() < len(names):
            return stems if np.median(counts) >= 2 else None
    return None


def _n_classes(y: np.ndarray) -> int:
    return len(np.unique(y)) if y.ndim == 1 and y.dtype.kind in "USO" else 1
