"""Features of a sound: timbre, pitch classes, spectral shape and loudness, summed up over time.

Conventions: everything is computed by librosa [1]_ from one magnitude spectrogram of shape
(1 + n_fft / 2, n_frames), centered frames, Hann window; zero crossings and loudness from the
samples of the same frames. A track is one number a frame; each
track gives two features, its mean and its standard deviation over the frames. `RECIPE` holds
every constant: two vectors are comparable if and only if their recipes are equal.

References
----------
.. [1] B. McFee et al., "librosa: Audio and music signal analysis in Python", Proc. 14th Python
   in Science Conf., pp. 18-24, 2015.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradatim.errors import AudioError, ShapeError
from gradatim.music.audio import SAMPLE_RATE, resample

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["FEATURE_NAMES", "RECIPE", "FeatureRecipe", "extract_features"]


@dataclass(frozen=True)
class FeatureRecipe:
    """The constants that the features depend on."""

    version: int = 1  # Raised when the same constants come to give other values
    sr: int = SAMPLE_RATE  # Rate at which sounds are analyzed
    n_fft: int = 2048  # Length of a frame, and from one frame to the next
    hop_length: int = 512
    n_mels: int = 128  # Mel bands, and how many cepstral coefficients are kept of them
    n_mfcc: int = 20
    n_chroma: int = 12  # Pitch classes an octave, the first of them C
    # Deviation from A4 = 440 Hz. It is fixed: an estimate from the few partials of a drum hit or
    # a short note jumps from sound to sound
    tuning: float = 0.0
    # Octave bands of the spectral contrast from `contrast_fmin` upwards, besides the one below
    n_contrast_bands: int = 6
    contrast_fmin: float = 200.0  # Where the first octave band begins
    rolloff: float = 0.85  # Share of the spectral magnitude below the roll-off frequency
    max_seconds: float = 120.0  # Only the start of a longer file is analyzed


#: The recipe of every feature vector that this version computes.
RECIPE = FeatureRecipe()

# Full scale is 1, or 2**31 in files that hold integers as floats; far beyond, powers overflow.
_LOUDEST = 1e12

_PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

_TRACK_NAMES = (
    *(f"mfcc_{k + 1}" for k in range(RECIPE.n_mfcc)),
    *(f"chroma_{pitch}" for pitch in _PITCH_CLASSES),
    "centroid",
    "bandwidth",
    "rolloff",
    *(f"contrast_{k}" for k in range(RECIPE.n_contrast_bands + 1)),
    "flatness",
    "zero_crossing_rate",
    "rms",
)

#: Names of the features, in the order of `extract_features`.
FEATURE_NAMES = tuple(f"{track}_{what}" for track in _TRACK_NAMES for what in ("mean", "std"))


def extract_features(y: np.ndarray, sr: int) -> np.ndarray:
    """Describe a sound by the mean and deviation of its spectral tracks.

    20 mel-frequency cepstral coefficients, 12 pitch classes, spectral centroid, bandwidth,
    roll-off, contrast in 7 bands and flatness, zero-crossing rate and root mean square. A sound
    shorter than one frame is followed by silence to the frame's end.

    Parameters
    ----------
    y : array of shape (n_points,)
        Mono samples.
    sr : int, Hz
        Their rate; other rates than the recipe's are resampled.

    Returns
    -------
    array of shape (90,)
        float32 features, named by `FEATURE_NAMES`.

    Raises
    ------
    ShapeError
        If `y` is not one-dimensional or has no samples.
    AudioError
        If a sample is not finite, or so large that its power would not be.

    Examples
    --------
    >>> time = np.arange(22050) / 22050
    >>> vector = extract_features(0.5 * np.sin(2 * np.pi * 440 * time), 22050)
    >>> named = dict(zip(FEATURE_NAMES, vector.tolist()))
    >>> round(named["chroma_A_mean"], 2), round(named["rms_mean"], 1)
    (1.0, 0.3)
    """
    y = np.asarray(y, dtype=np.float32)
    if y.ndim != 1 or len(y) == 0:
        raise ShapeError(f"a sound is a one-dimensional array of samples, not of shape {y.shape}")
    y = resample(y, sr, RECIPE.sr)
    if not np.abs(y).max() <= _LOUDEST:  # nor is NaN
        raise AudioError(
            "the sound holds samples that are not finite numbers or beyond all measure"
        )
    y = np.pad(y, (0, max(0, RECIPE.n_fft - len(y))))
    tracks = _tracks(y)
    summary = np.stack([tracks.mean(axis=1), tracks.std(axis=1)], axis=1)
    return summary.ravel().astype(np.float32)


def _tracks(y: np.ndarray) -> np.ndarray:
    """Stack all tracks of a sound of at least one frame: shape (n_tracks, n_frames), float64."""
    import librosa
    from librosa import feature

    banks = _filter_banks()
    n_fft, hop_length = RECIPE.n_fft, RECIPE.hop_length
    S = np.abs(librosa.stft(y, n_fft=n_fft, hop_length=hop_length))
    power = S**2
    # librosa builds both filter banks anew for every sound: 4 ms, as much as half of a drum hit's
    # other features. Neither product goes through BLAS, whose threads would fight with ours.
    mel = np.asarray(librosa.power_to_db(banks.mel @ power))
    raw_chroma = np.einsum("cf,ft->ct", banks.chroma, power)
    chroma = librosa.util.normalize(raw_chroma, norm=np.inf, axis=-2)
    centroid = feature.spectral_centroid(S=S, freq=banks.frequencies)
    parts = (
        feature.mfcc(S=mel, n_mfcc=RECIPE.n_mfcc),
        chroma,
        centroid,
        feature.spectral_bandwidth(S=S, freq=banks.frequencies, centroid=centroid),
        feature.spectral_rolloff(S=S, freq=banks.frequencies, roll_percent=RECIPE.rolloff),
        feature.spectral_contrast(
            S=S,
            sr=RECIPE.sr,
            freq=banks.frequencies,
            fmin=RECIPE.contrast_fmin,
            n_bands=RECIPE.n_contrast_bands,
        ),
        feature.spectral_flatness(S=S),
        feature.zero_crossing_rate(y, frame_length=n_fft, hop_length=hop_length),
        feature.rms(y=y, frame_length=n_fft, hop_length=hop_length),
    )
    return np.concatenate(parts).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _FilterBanks:
    """What maps spectrogram bins to mel bands, pitch classes and Hz."""

    mel: sparse.csr_array
    chroma: np.ndarray
    frequencies: np.ndarray


@functools.cache
def _filter_banks() -> _FilterBanks:
    import librosa
    from scipy import sparse

    sr, n_fft = RECIPE.sr, RECIPE.n_fft
    return _FilterBanks(
        # 98 % of the mel bank is zero.
        mel=sparse.csr_array(librosa.filters.mel(sr=sr, n_fft=n_fft, n_mels=RECIPE.n_mels)),
        chroma=librosa.filters.chroma(
            sr=sr, n_fft=n_fft, n_chroma=RECIPE.n_chroma, tuning=RECIPE.tuning
        ),
        frequencies=librosa.fft_frequencies(sr=sr, n_fft=n_fft),
    )
