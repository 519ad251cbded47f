"""Log-mel bands of the first moments of a sound: as a patch, or summed up over time.

Conventions: a patch is (n_mels, n_frames) float32, in dB below its maximum and not below the floor;
frames are centered on every `hop_length`-th sample, Hann window; a sound that is shorter than a
patch is followed by silence, of a longer one only the patch is seen. A silent patch lies on the
floor.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from gradatim.errors import SpecError
from gradatim.music.audio import SAMPLE_RATE, checked_samples
from gradatim.music.sound_recipe import SoundRecipe
from gradatim.music.spectra import mel_filters

# What is told of a band over time.
_SUMMARY = ("mean", "std", "max", "step")


# Of a patch; a recipe may come from a file that wants more memory than there is.
_MOST_NUMBERS = 1 << 22


@dataclass(frozen=True)
class MelRecipe(SoundRecipe):
    """Everything that the log-mel numbers of a sound depend on, apart from the sound."""

    set: str = "mel"  # "mel": a summary over time; "raw": the patch itself
    version: int = 1
    sr: int = SAMPLE_RATE
    n_fft: int = 1024
    hop_length: int = 256
    n_mels: int = 64
    n_frames: int = 64
    floor: float = -80.0  # dB
    max_seconds: float = 120.0
    place: str | float = "start"
    segment_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.set not in ("mel", "raw") or self.version != 1:
            raise SpecError(
                f"log-mel numbers {self.set!r} of version {self.version} are not known here; use "
                "the version of gradatim that made them"
            )
        if self.n_frames < 2 or not self.floor < 0:
            raise SpecError("a log-mel patch has at least 2 frames and a floor below 0 dB")
        self._check("sr", "n_fft", "hop_length", "n_mels", "n_frames")
        if self.n_mels * self.n_frames > _MOST_NUMBERS:
            raise SpecError(f"a log-mel patch has at most {_MOST_NUMBERS:,} numbers")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers, in the order of `mel_vector`."""
        of_band = range(self.n_frames) if self.set == "raw" else _SUMMARY
        return tuple(f"{self.set}_{band}_{what}" for band in range(self.n_mels) for what in of_band)


def mel_vector(y: np.ndarray, sr: int, recipe: MelRecipe) -> np.ndarray:
    """Return a patch as one vector, or mean, deviation, maximum and mean step of each band."""
    patch = mel_patch(y, sr, recipe)
    if recipe.set == "raw":
        return patch.ravel()
    step = np.abs(np.diff(patch, axis=1)).mean(axis=1)
    parts = (patch.mean(axis=1), patch.std(axis=1), patch.max(axis=1), step)
    return np.stack(parts, axis=1).ravel().astype(np.float32)


def mel_patch(y: np.ndarray, sr: int, recipe: MelRecipe) -> np.ndarray:
    """Return the patch (n_mels, n_frames) of mono samples `y` (n_points,)."""
    y = checked_samples(y, sr, recipe.sr)
    half = recipe.n_fft // 2
    # Half a frame before the first center, and what the last frame reaches.
    length = (recipe.n_frames - 1) * recipe.hop_length + recipe.n_fft
    padded = np.zeros(length, dtype=np.float32)
    seen = y[: length - half]
    padded[half : half + len(seen)] = seen
    frames = np.lib.stride_tricks.sliding_window_view(padded, recipe.n_fft)[:: recipe.hop_length]
    bank = _bank(recipe.sr, recipe.n_fft, recipe.n_mels)
    spectrum = np.fft.rfft(frames * bank.window)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    # Not through BLAS, whose threads would fight with ours.
    energies = np.einsum("mf,tf->mt", bank.filters, power, dtype=np.float64, casting="same_kind")
    loudest = energies.max()
    if loudest == 0:
        return np.full(energies.shape, recipe.floor, dtype=np.float32)
    least = 10 ** (recipe.floor / 10)
    return (10 * np.log10(np.maximum(energies / loudest, least))).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _MelBank:
    """What maps the frames of a patch to its bands."""

    window: np.ndarray  # (n_fft,)
    filters: np.ndarray  # (n_mels, 1 + n_fft / 2)


@functools.lru_cache(maxsize=4)
def _bank(sr: int, n_fft: int, n_mels: int) -> _MelBank:
    return _MelBank(
        np.hanning(n_fft + 1)[:-1].astype(np.float32),
        mel_filters(sr, n_fft, n_mels),
    )
