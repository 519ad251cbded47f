"""Rhythm of a sound: how strong its onsets are, and its tempo.

Conventions: an onset strength is how much louder than the frame before the 128 mel bands of a frame
are, in dB, losses counted as nothing; the tempo is the period at which it repeats itself, one for
the whole sound, with a bell about 120 bpm on a logarithmic scale as prior. Values are those that
librosa [1]_ gives; a sound of two seconds has no tempo to speak of.

References
----------
.. [1] B. McFee et al., "librosa: Audio and music signal analysis in Python", Proc. 14th Python
   in Science Conf., pp. 18-24, 2015.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from gradatim.errors import SpecError
from gradatim.music.audio import SAMPLE_RATE, checked_samples
from gradatim.music.sound_recipe import SoundRecipe
from gradatim.music.spectra import MelBands, decibels, magnitudes, mel_bands

# bpm: where the prior has its middle, and the fastest tempo; octaves: its deviation
_MIDDLE, _FASTEST, _OCTAVES = 120.0, 320.0, 1.0

# Seconds over which onsets are compared with those before
_WINDOW = 8.0

# Frames whose onsets are compared at once
_BLOCK = 512


@dataclass(frozen=True)
class RhythmRecipe(SoundRecipe):
    """Everything that the rhythm of a sound depends on, apart from the sound."""

    set: str = "tempo"
    version: int = 1
    sr: int = SAMPLE_RATE
    n_fft: int = 2048
    hop_length: int = 512
    n_mels: int = 128
    max_seconds: float = 120.0
    place: str | float = "start"
    segment_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.set != "tempo" or self.version != 1:
            raise SpecError(
                f"rhythm {self.set!r} of version {self.version} is not known here; use the version "
                "of gradatim that made it"
            )
        self._check("sr", "n_fft", "hop_length", "n_mels")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers, in the order of `rhythm_vector`."""
        return ("onset_strength_mean", "onset_strength_std", "tempo")


def rhythm_vector(y: np.ndarray, sr: int, recipe: RhythmRecipe) -> np.ndarray:
    """Return mean and deviation of the onset strength of `y` (n_points,), and its tempo in bpm."""
    y = checked_samples(y, sr, recipe.sr)
    y = np.pad(y, (0, max(0, recipe.n_fft - len(y))))
    strength = onset_strength(y, recipe)
    found = (strength.mean(), strength.std(), tempo(strength, recipe.sr, recipe.hop_length))
    return np.array(found, dtype=np.float32)


def onset_strength(y: np.ndarray, recipe: RhythmRecipe) -> np.ndarray:
    """Return how much louder each frame is than the one before, (n_frames,), in dB."""
    bank = _bank(recipe.sr, recipe.n_fft, recipe.n_mels)
    S = magnitudes(y, recipe.n_fft, recipe.hop_length)
    level = decibels(bank.sums(S**2))
    rise = np.maximum(np.diff(level, axis=1), 0.0).mean(axis=0)
    # A frame hears what begins half of its length later.
    early = recipe.n_fft // (2 * recipe.hop_length)
    return np.concatenate([np.zeros(1 + early), rise])[: level.shape[1]]


def tempo(strength: np.ndarray, sr: int, hop_length: int) -> float:
    """Return the tempo in bpm of onset strengths (n_frames,)."""
    n_lags = int(_WINDOW * sr / hop_length)
    half = n_lags // 2
    padded = np.pad(strength, half, mode="linear_ramp", end_values=0)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_lags)[: len(strength)]
    window = np.hanning(n_lags + 1)[:-1]
    total = np.zeros(n_lags)
    for at in range(0, len(frames), _BLOCK):
        spectrum = np.fft.rfft(frames[at : at + _BLOCK] * window, 2 * n_lags)
        alike = np.fft.irfft(np.abs(spectrum) ** 2, 2 * n_lags)[:, :n_lags]
        loudest = np.abs(alike).max(axis=1, keepdims=True)
        total += (alike / np.where(loudest > np.finfo(np.float64).tiny, loudest, 1.0)).sum(axis=0)
    bpm = 60.0 * sr / (hop_length * np.arange(1, n_lags))
    prior = -0.5 * ((np.log2(bpm) - np.log2(_MIDDLE)) / _OCTAVES) ** 2
    prior[bpm >= _FASTEST] = -np.inf
    alike = np.maximum(total[1:] / len(frames), 0.0)
    return float(bpm[np.argmax(np.log1p(1e6 * alike) + prior)])


@functools.lru_cache(maxsize=4)
def _bank(sr: int, n_fft: int, n_mels: int) -> MelBands:
    return mel_bands(sr, n_fft, n_mels)
