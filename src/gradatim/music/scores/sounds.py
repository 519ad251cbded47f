"""What a score sounds like: its notes as plain tones.

Conventions: mono, float32, in [-1, 1]. The most common duration lasts `UNIT` seconds whatever the
tempo of the score, since most scores name none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.music.scores.notes import NoteList

#: Seconds of the most common duration: an eighth at 150 quarter notes a minute.
UNIT = 0.2

_PARTIALS = (1.0, 0.5, 0.25)
_DECAY = 3.0  # Per second
_FADE = 0.01


@dataclass(frozen=True, eq=False)
class ScoreSound:
    """A score, played by a plain synthesizer."""

    notes: NoteList
    sr: int = 22050

    def read(self, max_seconds: float) -> tuple[np.ndarray, int]:
        """Play the first `max_seconds` seconds."""
        scale = UNIT / self.notes.unit
        begins = (self.notes.onset - self.notes.onset[0]) * scale
        ends = begins + self.notes.duration * scale
        y = np.zeros(int(min(max_seconds, float(ends.max())) * self.sr), dtype=np.float64)
        for begin, end, pitch in zip(begins, ends, self.notes.pitch, strict=True):
            first, last = round(begin * self.sr), min(round(end * self.sr), len(y))
            if first < last:
                y[first:last] += self._tone(int(pitch), last - first)
        return (y / max(1.0, float(np.abs(y).max(initial=0.0)))).astype(np.float32), self.sr

    def _tone(self, pitch: int, n_points: int) -> np.ndarray:
        time = np.arange(n_points) / self.sr
        frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
        tone = np.zeros(n_points)
        for k, level in enumerate(_PARTIALS, start=1):
            # Partials above half the rate would come back as other pitches.
            if k * frequency < self.sr / 2:
                tone += level * np.sin(2 * np.pi * k * frequency * time)
        fade = np.clip(np.minimum(time, time[::-1]) / _FADE, 0.0, 1.0)
        return 0.5 * tone * np.exp(-_DECAY * time) * fade
