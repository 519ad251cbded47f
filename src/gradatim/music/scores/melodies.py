"""What a tune is like whatever its key and rhythm: which four intervals follow each other.

Conventions: a tune with an ornament keeps most of its groups of four intervals, and other tunes
share few of them, so what two tunes have in common tells whether they are one (n-gram similarity,
[1]_). Groups are counted in `N_NUMBERS` places by a hash, up to 255.

References
----------
.. [1] S. Downie and M. Nelson, "Evaluation of a simple and effective music information retrieval
   method", SIGIR, pp. 73-80, 2000.
"""

from __future__ import annotations

import numpy as np

from gradatim.music.scores.lines import melodic_lines
from gradatim.music.scores.notes import NoteList

N_NUMBERS = 4096

_TOGETHER = 4
#: Semitones of the widest interval; wider ones are counted as this one.
_WIDEST = 12


def melody_fingerprint(notes: NoteList) -> np.ndarray:
    """Count groups of four successive intervals of each line, (N_NUMBERS,), uint8.

    Examples
    --------
    >>> held = {"onset": range(5), "duration": [1] * 5, "pitch": [60, 62, 64, 65, 67]}
    >>> notes = {**held, "part": [0] * 5, "position": [0] * 5, "meter": None, "tonic": None}
    >>> int(melody_fingerprint(NoteList.from_dict(notes)).sum())
    1
    """
    counts = np.zeros(N_NUMBERS, dtype=np.int64)
    for _, pitch in melodic_lines(notes):
        steps = np.clip(np.diff(pitch), -_WIDEST, _WIDEST) + _WIDEST
        n = max(0, len(steps) - _TOGETHER + 1)
        codes = np.zeros(n, dtype=np.uint64)
        for k in range(_TOGETHER):
            codes = codes * np.uint64(2 * _WIDEST + 1) + steps[k : k + n].astype(np.uint64)
        # Knuth's multiplicative hash to 12 bits
        places = (codes * np.uint64(2654435761) % np.uint64(2**32)) >> np.uint64(20)
        counts += np.bincount(places.astype(np.int64), minlength=N_NUMBERS)
    return np.minimum(counts, 255).astype(np.uint8)
