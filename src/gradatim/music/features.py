"""Features of a sound: timbre, pitch classes, spectral shape and loudness, summed up over time.

Conventions: everything is computed from one magnitude spectrogram of shape (n_frames, 1 + n_fft /
2), centered frames, Hann window, zero crossings and loudness from the samples of the same frames,
with the values that librosa [1]_ gives. A track is one number per frame; each track gives two
features, its mean and its standard deviation over the frames. A `FeatureRecipe` holds every
constant: two vectors are comparable if and only if their recipes are equal.

References
----------
.. [1] B. McFee et al., "librosa: Audio and music signal analysis in Python", Proc. 14th Python
   in Science Conf., pp. 18-24, 2015.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np

from gradatim.errors import SpecError
from gradatim.music.audio import SAMPLE_RATE, checked_samples
from gradatim.music.sound_recipe import SoundRecipe
from gradatim.music.spectra import (
    MelBands,
    chroma_filters,
    decibels,
    frames_of,
    frequencies,
    magnitudes,
    mel_bands,
)

# Share of the bins of an octave that are its peaks, and its valleys.
_FEW = 0.02

_PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class FeatureRecipe(SoundRecipe):
    """Everything that the features of a sound depend on, apart from the sound.

    Parameters
    ----------
    version : int
        1; raised when the same constants come to give other values.
    sr : int, Hz
        Rate at which sounds are analyzed.
    n_fft : int, samples
        Length of a frame.
    hop_length : int, samples
        From the start of one frame to the start of the next.
    n_mels : int
        Mel bands.
    n_mfcc : int
        Cepstral coefficients that are kept of the mel bands.
    n_chroma : int
        Pitch classes per octave, the first of them C.
    tuning : float, fractions of a pitch class
        Deviation from A4 = 440 Hz. It is fixed: an estimate from the few partials of a drum hit
        or a short note jumps from sound to sound.
    n_contrast_bands : int
        Octave bands of the spectral contrast above `contrast_fmin`, besides the one below.
    contrast_fmin : float, Hz
        Where the first octave band begins.
    rolloff : float, in (0, 1)
        Share of the spectral magnitude below the roll-off frequency.
    max_seconds : float, seconds
        Of a longer file only an excerpt of this length is analyzed.
    place : {"start", "middle", "end"} or float
        Where in a longer file the excerpt lies, or the second at which it begins.
    segment_seconds : float or None, seconds
        Length of the pieces into which the excerpt is cut, each a sample of its own; None: one.

    Raises
    ------
    SpecError
        If a value is out of its range.

    Examples
    --------
    >>> recipe = FeatureRecipe(n_mfcc=13)
    >>> FeatureRecipe.from_dict(recipe.to_dict()) == recipe
    True
    >>> len(recipe.names)
    76
    """

    version: int = 1
    sr: int = SAMPLE_RATE
    n_fft: int = 2048
    hop_length: int = 512
    n_mels: int = 128
    n_mfcc: int = 20
    n_chroma: int = 12
    tuning: float = 0.0
    n_contrast_bands: int = 6
    contrast_fmin: float = 200.0
    rolloff: float = 0.85
    max_seconds: float = 120.0
    place: str | float = "start"
    segment_seconds: float | None = None

    # A recipe of before excerpts could be chosen has none.
    _later = frozenset({"place", "segment_seconds"})

    def __post_init__(self) -> None:
        if self.version != 1:
            raise SpecError(
                f"features of version {self.version} are not known here, only those of version 1; "
                "use the version of gradatim that made them"
            )
        self._check("sr", "n_fft", "hop_length", "n_mels", "n_mfcc", "n_chroma")
        if self.n_mfcc > self.n_mels:
            raise SpecError(f"of {self.n_mels} mel bands there are no {self.n_mfcc} coefficients")
        if not 0 < self.rolloff < 1:
            raise SpecError(f"rolloff lies between 0 and 1, not at {self.rolloff:g}")
        octaves = self.sr / 2 / self.contrast_fmin if self.contrast_fmin > 0 else 0.0
        # Not a power of 2, which of a number from a hostile file takes all memory.
        if not (octaves > 1 and 1 <= self.n_contrast_bands < 1 + math.log2(octaves)):
            raise SpecError(
                f"the last of {self.n_contrast_bands} octaves from {self.contrast_fmin:g} Hz must "
                f"begin below {self.sr / 2:g} Hz, half the rate"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of `extract_features`."""
        pitches = _PITCH_CLASSES if self.n_chroma == 12 else range(self.n_chroma)
        tracks = (
            *(f"mfcc_{k + 1}" for k in range(self.n_mfcc)),
            *(f"chroma_{pitch}" for pitch in pitches),
            "centroid",
            "bandwidth",
            "rolloff",
            *(f"contrast_{k}" for k in range(self.n_contrast_bands + 1)),
            "flatness",
            "zero_crossing_rate",
            "rms",
        )
        return tuple(f"{track}_{what}" for track in tracks for what in ("mean", "std"))


#: The recipe that is used unless another is given.
RECIPE = FeatureRecipe()

#: Names of the features that `RECIPE` gives, in the order of `extract_features`.
FEATURE_NAMES = RECIPE.names


def extract_features(y: np.ndarray, sr: int, recipe: FeatureRecipe = RECIPE) -> np.ndarray:
    """Describe mono samples (n_points,) by means and deviations of spectral tracks, float32.

    Mel-frequency cepstral coefficients, pitch classes, spectral centroid, bandwidth, roll-off,
    contrast and flatness, zero-crossing rate and root mean square; 20, 12 and 7 of those that are
    several, unless the recipe says otherwise. A sound shorter than one frame is followed by silence
    to the frame's end.

    Examples
    --------
    >>> time = np.arange(22050) / 22050
    >>> vector = extract_features(0.5 * np.sin(2 * np.pi * 440 * time), 22050)
    >>> named = dict(zip(FEATURE_NAMES, vector.tolist()))
    >>> round(named["chroma_A_mean"], 2), round(named["rms_mean"], 1)
    (1.0, 0.3)
    """
    y = checked_samples(y, sr, recipe.sr)
    y = np.pad(y, (0, max(0, recipe.n_fft - len(y))))
    tracks = _tracks(y, recipe)
    summary = np.stack([tracks.mean(axis=1), tracks.std(axis=1)], axis=1)
    return summary.ravel().astype(np.float32)


def _tracks(y: np.ndarray, recipe: FeatureRecipe) -> np.ndarray:
    """Stack all tracks of a sound of at least one frame: shape (n_tracks, n_frames), float64."""
    banks = _filter_banks(recipe)
    S = magnitudes(y, recipe.n_fft, recipe.hop_length)
    power = S**2
    # No product goes through BLAS, whose threads would fight with ours.
    mel = decibels(banks.mel.sums(power))
    tracks = (
        np.einsum("cm,mt->ct", banks.cosines, mel),
        _chroma(power, banks.chroma),
        *_moments(S, banks.frequencies),
        _rolloff(S, banks.frequencies, recipe.rolloff),
        _contrast(S, banks.frequencies, recipe),
        _flatness(power),
        _crossings(y, recipe),
        _loudness(y, recipe),
    )
    return np.concatenate([np.atleast_2d(np.asarray(t)) for t in tracks]).astype(np.float64)


def _chroma(power: np.ndarray, bank: np.ndarray) -> np.ndarray:
    """Return pitch classes (n_chroma, n_frames), the loudest of each frame 1."""
    chroma = np.einsum("cf,tf->ct", bank, power)
    loudest = chroma.max(axis=0)
    loudest[loudest < np.finfo(chroma.dtype).tiny] = 1.0
    return chroma / loudest


def _moments(S: np.ndarray, frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean frequency and deviation of each frame of a spectrum, (n_frames,) each."""
    powers = np.stack([np.ones_like(frequencies), frequencies, frequencies**2])
    total, first, second = np.einsum("kf,tf->kt", powers, S, dtype=np.float64)
    total[total < np.finfo(S.dtype).tiny] = 1.0
    centroid = first / total
    return centroid, np.sqrt(np.maximum(second / total - centroid**2, 0.0))


def _rolloff(S: np.ndarray, frequencies: np.ndarray, share: float) -> np.ndarray:
    """Return the frequency below which a share of each frame's magnitude lies, (n_frames,)."""
    sums = np.cumsum(S, axis=1)
    return frequencies[np.argmax(sums >= share * sums[:, -1:], axis=1)]


def _contrast(S: np.ndarray, frequencies: np.ndarray, recipe: FeatureRecipe) -> np.ndarray:
    """Return how far peaks are above valleys in each octave, in dB: (1 + n_bands, n_frames).

    Peaks and valleys are the means of the loudest and quietest bins, a fiftieth of an octave each.
    A band begins one bin below its octave and ends one before the next, the last at the end.
    """
    edges = recipe.contrast_fmin * 2.0 ** np.arange(recipe.n_contrast_bands + 1)
    peaks, valleys = [], []
    for k, (low, high) in enumerate(itertools.pairwise([0.0, *edges])):
        inside = np.flatnonzero((frequencies >= low) & (frequencies <= high))
        start = inside[0] - 1 if k else 0
        stop = inside[-1] + 1
        n_bins = stop - start
        if k == recipe.n_contrast_bands:
            stop = len(frequencies)
            n_bins = stop - start
        else:
            stop -= 1
        n_few = max(1, round(_FEW * n_bins))
        ordered = np.sort(S[:, start:stop], axis=1)
        valleys.append(ordered[:, :n_few].mean(axis=1))
        peaks.append(ordered[:, -n_few:].mean(axis=1))
    return decibels(np.stack(peaks)) - decibels(np.stack(valleys))


def _flatness(power: np.ndarray) -> np.ndarray:
    """Return the geometric mean of each frame's powers over their mean, (n_frames,)."""
    heard = np.maximum(power, 1e-10)
    return np.exp(np.log(heard).mean(axis=1)) / heard.mean(axis=1)


def _crossings(y: np.ndarray, recipe: FeatureRecipe) -> np.ndarray:
    """Return the share of samples at which the sign changes, of each centered frame."""
    padded = np.pad(y, recipe.n_fft // 2, mode="edge")
    below = padded < -1e-10
    # How often the sign has changed up to each sample; the first of a frame has none before it.
    changes = np.concatenate([[0], np.cumsum(below[1:] != below[:-1])])
    starts = np.arange(0, len(padded) - recipe.n_fft + 1, recipe.hop_length)
    return (changes[starts + recipe.n_fft - 1] - changes[starts]) / recipe.n_fft


def _loudness(y: np.ndarray, recipe: FeatureRecipe) -> np.ndarray:
    """Return the root mean square of each centered frame, (n_frames,)."""
    frames = frames_of(np.pad(y, recipe.n_fft // 2), recipe.n_fft, recipe.hop_length)
    return np.sqrt(np.einsum("tn,tn->t", frames, frames, dtype=np.float64) / recipe.n_fft)


@dataclass(frozen=True, eq=False)
class _FilterBanks:
    """What maps spectrogram bins to mel bands, pitch classes and Hz."""

    mel: MelBands
    cosines: np.ndarray  # (n_mfcc, n_mels): The first rows of the orthonormal DCT-II
    chroma: np.ndarray
    frequencies: np.ndarray


@functools.lru_cache(maxsize=4)
def _filter_banks(recipe: FeatureRecipe) -> _FilterBanks:
    sr, n_fft, n_mels = recipe.sr, recipe.n_fft, recipe.n_mels
    order, at = np.arange(recipe.n_mfcc)[:, None], np.arange(n_mels) + 0.5
    cosines = np.sqrt(2 / n_mels) * np.cos(np.pi * order * at / n_mels)
    cosines[0] /= np.sqrt(2)
    return _FilterBanks(
        mel=mel_bands(sr, n_fft, n_mels),
        cosines=cosines,
        chroma=chroma_filters(sr, n_fft, recipe.n_chroma, recipe.tuning),
        frequencies=frequencies(sr, n_fft),
    )
