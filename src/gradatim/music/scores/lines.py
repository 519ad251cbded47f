"""Melodic lines of a score, and how the distances of their onsets follow each other.

Conventions: a line is a part; of its notes that begin together the highest counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradatim.music.scores.notes import NoteList

#: How two successive distances compare: ratios of the first to the second, else ``other``.
RHYTHMS = ("even", "long_short", "short_long", "dotted", "snap", "other")
_RATIOS = (1.0, 2.0, 1 / 2, 3.0, 1 / 3)

# In the logarithm of the ratio: played notes are not exact
_NEAR = 0.1


def melodic_lines(notes: NoteList) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield onsets (n,), in quarter notes, and pitches (n,) of each line."""
    for part in np.unique(notes.part):
        mine = np.flatnonzero(notes.part == part)
        onset = np.round(notes.onset[mine], 4)
        # Notes are sorted by onset, then pitch: the last of an onset is the highest.
        top = np.flatnonzero(np.r_[onset[1:] != onset[:-1], True])
        yield onset[top], notes.pitch[mine][top]


def rhythms(onset: np.ndarray) -> np.ndarray:
    """Return the place in `RHYTHMS` of each pair of distances: (n,) to (n - 2,), or none.

    Examples
    --------
    >>> [RHYTHMS[k] for k in rhythms(np.array([0, 1, 2, 5, 6, 13]))]
    ['even', 'snap', 'dotted', 'other']
    """
    gaps = np.diff(onset)
    apart = np.abs(np.log(gaps[:-1] / gaps[1:])[:, None] - np.log(_RATIOS))
    return np.where(apart.min(axis=1) < _NEAR, apart.argmin(axis=1), len(_RATIOS))
