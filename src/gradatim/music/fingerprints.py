"""Fingerprints: what a sound is like whatever its level and the silence around it.

Conventions: a fingerprint holds `N_BANDS` mel bands at each of `N_STEPS` steps of time whose
lengths double, band after band, in dB below the loudest one and not below `FLOOR`. Copies that were
made louder, trimmed, padded or encoded again are near in root mean square.
"""

from __future__ import annotations

import functools

import numpy as np

from gradatim.music.spectra import magnitudes, mel_filters

N_BANDS = 24
N_STEPS = 10
FLOOR = -60.0
#: Seconds after the first audible sample that are looked at.
SECONDS = 10.24

_FIRST = 0.01
_N_FFT = 1024
_HOP = 128

# Of the loudest sample: -50 dB, below which is the silence around a sound
_AUDIBLE = 0.003


def fingerprint(y: np.ndarray, sr: int) -> np.ndarray:
    """Return the fingerprint (N_BANDS * N_STEPS,) of mono samples (n_points,), float32 dB."""
    peak = float(np.abs(y).max(initial=0.0))
    if not 0.0 < peak < np.inf:
        return np.full(N_BANDS * N_STEPS, FLOOR, dtype=np.float32)
    audible = np.flatnonzero(np.abs(y) > _AUDIBLE * peak)
    sound = y[audible[0] : audible[-1] + 1][: int(SECONDS * sr)].astype(np.float32) / peak
    power = _mel_power(sound, sr)
    edges = np.r_[0.0, _FIRST * 2.0 ** np.arange(N_STEPS + 1)]
    cumulated = np.concatenate([np.zeros((1, N_BANDS)), np.cumsum(power, axis=0)])
    at = np.minimum(np.rint(edges[: N_STEPS + 1] * sr / _HOP), len(power)).astype(int)
    steps = np.diff(cumulated[at], axis=0) / np.maximum(np.diff(at), 1)[:, None]
    steps /= max(float(steps.max()), np.finfo(np.float64).tiny)
    floor = 10 ** (FLOOR / 10)
    return (10 * np.log10(np.maximum(steps, floor))).T.ravel().astype(np.float32)


def _mel_power(y: np.ndarray, sr: int) -> np.ndarray:
    """Return the power of mel bands (n_frames, N_BANDS), a frame each `_HOP` samples."""
    # The first frame begins with the sound, whatever stood before it.
    padded = np.pad(y, (0, _N_FFT))
    S = magnitudes(padded, _N_FFT, _HOP, centered=False) ** 2
    return np.einsum("tf,bf->tb", S, _bank(sr)).astype(np.float64)


@functools.lru_cache(maxsize=4)
def _bank(sr: int) -> np.ndarray:
    return mel_filters(sr, _N_FFT, N_BANDS, 40.0)
