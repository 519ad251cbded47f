"""Short-time spectra, filter banks and decibels, with the values that librosa gives [1]_.

Conventions: spectra are (n_frames, n_bins), bins in ascending frequency from 0 to half of the rate;
filter banks are (n_filters, n_bins). librosa itself is not imported: it compiles with numba when
it is first used (20 s of a processor), and its import takes seconds each time.

References
----------
.. [1] B. McFee et al., "librosa: Audio and music signal analysis in Python", Proc. 14th Python
   in Science Conf., pp. 18-24, 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Below this nothing sounds.
_LEAST_POWER = 1e-10

# The mel scale of Slaney's Auditory Toolbox (1998): a line up to 1 kHz, a logarithm above.
_HZ_PER_MEL = 200 / 3
_BEND_HZ = 1000.0
_BEND_MEL = _BEND_HZ / _HZ_PER_MEL
_MELS_PER_LOG = 27 / np.log(6.4)

# Pitch classes count from A; the bank begins with C.
_C_ABOVE_A = 3
# The octaves that pitch classes are heard in: a bell about the fifth above A0, two wide.
_CENTER_OCTAVE = 5.0
_OCTAVE_WIDTH = 2.0
_A4 = 440.0

# Frames that are transformed at once, to bound the memory of a long sound.
_BLOCK = 1024


def frames_of(y: np.ndarray, length: int, hop: int) -> np.ndarray:
    """Return the whole frames of `y` (n_points,) as a view (n_frames, length)."""
    return np.lib.stride_tricks.sliding_window_view(y, length)[::hop]


def magnitudes(y: np.ndarray, n_fft: int, hop: int, *, centered: bool = True) -> np.ndarray:
    """Return the magnitudes (n_frames, 1 + n_fft / 2) of `y` (n_points,) under Hann windows.

    Centered frames begin half a frame before the sound, in silence.
    """
    frames = frames_of(np.pad(y, n_fft // 2) if centered else y, n_fft, hop)
    window = np.hanning(n_fft + 1)[:-1]
    found = np.empty((len(frames), 1 + n_fft // 2), dtype=np.float32)
    for at in range(0, len(frames), _BLOCK):
        # In double precision, since quiet bins beside a loud one count in dB.
        spectrum = np.fft.rfft(frames[at : at + _BLOCK] * window)
        found[at : at + _BLOCK] = np.sqrt(spectrum.real**2 + spectrum.imag**2)
    return found


def frequencies(sr: int, n_fft: int) -> np.ndarray:
    """Return the frequency of each bin in Hz."""
    return np.fft.rfftfreq(n_fft, 1 / sr)


def decibels(power: np.ndarray, span: float = 80.0) -> np.ndarray:
    """Return powers in dB, none more than `span` below the loudest."""
    level = 10 * np.log10(np.maximum(power, _LEAST_POWER))
    return np.maximum(level, level.max() - span)


def mel_filters(sr: int, n_fft: int, n_mels: int, lowest: float = 0.0) -> np.ndarray:
    """Return triangles of area 1, evenly spaced in mel from `lowest` Hz to half the rate."""
    corners = _hz(np.linspace(_mel(lowest), _mel(sr / 2), n_mels + 2))
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    bins = frequencies(sr, n_fft)
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class MelBands:
    """Mel filters as what each bin gives to a band and to the next: no bin lies in a third.

    NumPy alone sums them as fast as a sparse matrix, whose import takes longer than NumPy's.
    """

    n_mels: int
    bins: slice  # Those that lie in a band
    starts: np.ndarray  # (n_runs,): The first bin of each run that gives to the same bands
    bands: np.ndarray  # (n_runs,): The lower of these two
    falling: np.ndarray  # (n_bins, 1): What a bin gives to the lower
    rising: np.ndarray  # (n_bins, 1): What it gives to the upper

    def sums(self, power: np.ndarray) -> np.ndarray:
        """Return the power in each band, (n_mels, n_frames), of a spectrum (n_frames, n_bins)."""
        power = np.ascontiguousarray(power[:, self.bins].T)
        found = np.zeros((self.n_mels + 1, power.shape[1]), dtype=power.dtype)
        found[self.bands] = np.add.reduceat(power * self.falling, self.starts)
        found[self.bands + 1] += np.add.reduceat(power * self.rising, self.starts)
        return found[:-1]


def mel_bands(sr: int, n_fft: int, n_mels: int) -> MelBands:
    """Return the filters of `mel_filters` from 0 Hz, for sums."""
    bank = mel_filters(sr, n_fft, n_mels)
    inside = np.flatnonzero(bank.any(axis=0))
    bins = slice(int(inside[0]), int(inside[-1]) + 1)
    bank = np.concatenate([bank[:, bins], np.zeros_like(bank[:1, bins])])
    lower, each = (bank > 0).argmax(axis=0), np.arange(bank.shape[1])
    starts = np.flatnonzero(np.diff(lower, prepend=-1))
    falling, rising = bank[lower, each], bank[lower + 1, each]
    return MelBands(n_mels, bins, starts, lower[starts], falling[:, None], rising[:, None])


def _mel(hz: float) -> float:
    if hz < _BEND_HZ:
        return hz / _HZ_PER_MEL
    return float(_BEND_MEL + _MELS_PER_LOG * np.log(hz / _BEND_HZ))


def _hz(mel: np.ndarray) -> np.ndarray:
    above = _BEND_HZ * np.exp((mel - _BEND_MEL) / _MELS_PER_LOG)
    return np.where(mel < _BEND_MEL, mel * _HZ_PER_MEL, above)


def chroma_filters(sr: int, n_fft: int, n_chroma: int, tuning: float = 0.0) -> np.ndarray:
    """Return what each bin gives to each pitch class: bells, narrower than a class is wide."""
    a0 = _A4 * 2 ** (tuning / n_chroma) / 16
    hz = np.arange(1, n_fft) * sr / n_fft
    pitch = n_chroma * np.log2(hz / a0)
    # The bin at 0 Hz has no pitch; far below the next it counts for little, and for no class more.
    pitch = np.concatenate([[pitch[0] - 1.5 * n_chroma], pitch])
    width = np.append(np.maximum(np.diff(pitch), 1.0), 1.0)
    half = round(n_chroma / 2)
    away = pitch - np.arange(n_chroma)[:, None]
    away = np.remainder(away + half, n_chroma) - half
    bank = np.exp(-2 * (away / width) ** 2)
    bank /= np.linalg.norm(bank, axis=0)
    bank *= np.exp(-0.5 * ((pitch / n_chroma - _CENTER_OCTAVE) / _OCTAVE_WIDTH) ** 2)
    bank = np.roll(bank, -_C_ABOVE_A * (n_chroma // 12), axis=0)
    return bank[:, : 1 + n_fft // 2].astype(np.float32)
