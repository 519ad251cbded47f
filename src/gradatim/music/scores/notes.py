"""Notes of a score: what is left of it once clefs, beams and bar lines are taken away.

Conventions: times are in quarter notes from the start of the score, pitches are MIDI numbers (60 is
middle C), pitch classes are 0 to 11 from C. Ties are joined, repeats are not played again, grace
notes and unpitched percussion are left out. Notes are sorted by onset, then by pitch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradatim._digest import sha256

# Ratings of how well each pitch class fits a major and a minor key, from the tonic up [1].
# [1] C. L. Krumhansl, "Cognitive Foundations of Musical Pitch", Oxford University Press, 1990,
#     p. 30.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True)
class Key:
    """The key that fits pitch classes best."""

    tonic: int  # Pitch class
    major: bool
    clarity: float  # Correlation with the ratings of the key, from -1 to 1


@dataclass(frozen=True, eq=False)
class NoteList:
    """The notes of one score or tune, each array of shape (n_notes,)."""

    onset: np.ndarray  # When each begins, in quarter notes, ascending
    duration: np.ndarray  # How long each lasts, in quarter notes, above 0
    pitch: np.ndarray  # How high each is, as a MIDI number
    part: np.ndarray  # Which part or staff each is in, from 0
    position: np.ndarray  # Where in its bar each begins, in [0, 1); NaN where there are no bars
    meter: tuple[int, int] | None = None  # Numerator and denominator of the first time signature
    tonic: int | None = None  # Pitch class of the tonic, if the score names its key

    @property
    def n_notes(self) -> int:
        """Number of notes."""
        return len(self.onset)

    @property
    def unit(self) -> float:
        """The most common duration, in quarter notes; of several the shortest."""
        values, counts = np.unique(np.round(self.duration, 4), return_counts=True)
        return float(values[np.argmax(counts)])

    @property
    def content_hash(self) -> str:
        """Hash of intervals, onsets and durations.

        A tune and its transposition have the same, as have a tune in eighths and the same in
        sixteenths.
        """
        times = np.stack([self.onset - self.onset[0], self.duration], axis=1) / self.unit
        return sha256(np.round(times, 3) + 0.0, (self.pitch - self.pitch[0]).astype(np.int64))

    def transposed(self, semitones: int) -> NoteList:
        """Return the same notes higher by some semitones."""
        tonic = None if self.tonic is None else (self.tonic + semitones) % 12
        return replace(self, pitch=self.pitch + semitones, tonic=tonic)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        arrays = ("onset", "duration", "pitch", "part")
        return {
            **{name: getattr(self, name).tolist() for name in arrays},
            "position": [None if p != p else p for p in self.position.tolist()],
            "meter": self.meter and list(self.meter),
            "tonic": self.tonic,
        }

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> NoteList:
        """Return the notes that `to_dict` wrote, in order; KeyError, TypeError or ValueError."""
        onset, duration, pitch, part = (
            np.array(held[name], dtype=kind)
            for name, kind in (
                *(("onset", np.float64), ("duration", np.float64)),
                *(("pitch", np.int64), ("part", np.int64)),
            )
        )
        position = np.array([np.nan if p is None else p for p in held["position"]], dtype=float)
        columns = (onset, duration, pitch, part, position)
        if len({len(column) for column in columns}) != 1 or onset.ndim != 1:
            raise ValueError("columns of notes differ in length")
        order = np.lexsort([part, pitch, onset])
        meter, tonic = held["meter"], held["tonic"]
        return cls(
            *(column[order] for column in columns),
            meter=None if meter is None else (int(meter[0]), int(meter[1])),
            tonic=None if tonic is None else int(tonic) % 12,
        )


def find_key(weights: Sequence[float] | np.ndarray) -> Key:
    """Find the key whose ratings correlate best with the weights (12,) of the pitch classes.

    Of equally good ones it is the first, major before minor; the clarity of equal weights is 0.

    Examples
    --------
    >>> find_key([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])
    Key(tonic=0, major=True, clarity=0.756)
    """
    weights = np.asarray(weights, dtype=np.float64)
    centered = weights - weights.mean()
    size = float(np.linalg.norm(centered))
    if size < 1e-12:
        return Key(0, True, 0.0)
    fits = np.array([_fits(centered / size, profile) for profile in (_MAJOR, _MINOR)])
    # Rounded, so that the last digit of a sum does not decide.
    mode, tonic = np.unravel_index(np.argmax(np.round(fits, 9)), fits.shape)
    return Key(int(tonic), bool(mode == 0), round(float(fits[mode, tonic]), 3))


def _fits(direction: np.ndarray, profile: Sequence[float]) -> np.ndarray:
    """Return the correlation with the profile on each of the 12 tonics."""
    rated = np.array(profile) - np.mean(profile)
    rated /= np.linalg.norm(rated)
    return np.array([float(direction @ np.roll(rated, tonic)) for tonic in range(12)])
