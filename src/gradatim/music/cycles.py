"""Single cycles: a sound that is one period of a wave, as points that networks learn from.

Conventions: a sound of at most 50 ms is taken for one cycle, whatever its pitch; it is sampled anew
by its Fourier series at its own rate, so that the first point still follows the last. A filter that
changes the rate takes silence for what comes before and after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import AudioError, SpecError
from gradatim.music.audio import SAMPLE_RATE, checked_samples
from gradatim.music.sound_recipe import SoundRecipe

#: Length of a cycle at most: the period of 20 Hz, below which nothing sounds as a tone.
MOST_SECONDS = 0.05


@dataclass(frozen=True)
class CycleRecipe(SoundRecipe):
    """Everything that the points of a cycle depend on, apart from the sound."""

    set: str = "cycle"
    version: int = 2
    sr: int = SAMPLE_RATE
    n_points: int = 256
    max_seconds: float = 120.0
    place: str | float = "start"
    segment_seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.set, self.version) != ("cycle", 2):
            raise SpecError(
                f"cycles {self.set!r} of version {self.version} are not known here; use the "
                "version of gradatim that made them"
            )
        if self.sr < 1 or not 2 <= self.n_points <= 1 << 16:
            raise SpecError("a cycle has 2 to 65,536 points, at a rate of at least 1 Hz")
        self._check()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the points, in their order."""
        return tuple(f"point_{k}" for k in range(self.n_points))


def cycle_points(y: np.ndarray, sr: int, recipe: CycleRecipe) -> np.ndarray:
    """Sample mono samples `y` (n_samples,), one cycle, at the recipe's points, float32.

    `sr` is their own rate, by which a sound is told from a cycle.

    Examples
    --------
    >>> sine = np.sin(2 * np.pi * np.arange(100) / 100)
    >>> cycle_points(sine, 22050, CycleRecipe(n_points=4)).round(6) + 0.0
    array([ 0.,  1.,  0., -1.], dtype=float32)
    """
    y = checked_samples(y, sr, sr)
    if len(y) > MOST_SECONDS * sr:
        raise AudioError(
            f"a sound of {1000 * len(y) / sr:,.0f} ms is no single cycle, which has "
            f"{1000 * MOST_SECONDS:g} ms at most; features mel and raw are of longer sounds"
        )
    harmonics = np.fft.rfft(y.astype(np.float64))
    if len(y) % 2 == 0:
        # Of few samples the last harmonic is its own mirror image; among more points it has one.
        harmonics[-1] /= 2.0
    harmonics = harmonics[: (recipe.n_points + 1) // 2]
    return (np.fft.irfft(harmonics, recipe.n_points) * (recipe.n_points / len(y))).astype(
        np.float32
    )
