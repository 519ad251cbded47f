"""Patches of a log-mel spectrogram, as the net was trained on them.

Conventions: a spectrogram is (n_frames, n_mels) float32, frames centered on every 256th sample at
16,000 Hz, the sound mirrored at its ends. Energies are rounded to 16 bits before the logarithm,
since those of the training were stored in 16 bits [1]_.

References
----------
.. [1] J. Pons and X. Serra, "musicnn: Pre-trained convolutional neural networks for music audio
   tagging", late-breaking demo, ISMIR 2019; package musicnn 0.1.0, `extractor.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from gradatim.music.spectra import mel_filters

PATCH_RATE = 16_000  # Hz
N_MELS = 96
PATCH_FRAMES = 187  # 3 s

_N_FFT = 512
_HOP_LENGTH = 256
_GAIN = 10_000

# Frames that are transformed at once: a long sound takes no more memory than its bands.
_BLOCK = 4096


def log_mel(y: np.ndarray) -> np.ndarray:
    """Return the spectrogram (n_frames, n_mels) of float32 samples at `PATCH_RATE`."""
    padded = np.pad(y, _N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_HOP_LENGTH]
    window = np.hanning(_N_FFT + 1)[:-1].astype(np.float32)
    energies = np.empty((len(frames), N_MELS), dtype=np.float16)
    for at in range(0, len(frames), _BLOCK):
        spectrum = np.fft.rfft(frames[at : at + _BLOCK] * window)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        bands = power @ _mel_filters().T
        energies[at : at + _BLOCK] = np.minimum(bands, np.finfo(np.float16).max)
    return np.log10(1 + _GAIN * energies.astype(np.float32))


@functools.cache
def _mel_filters() -> np.ndarray:
    """Return the filters (n_mels, 1 + n_fft / 2), each of area 1."""
    return mel_filters(PATCH_RATE, _N_FFT, N_MELS)


def cut_patches(spectrogram: np.ndarray) -> Iterator[np.ndarray]:
    """Yield patches of `PATCH_FRAMES` frames, as few as hold every frame, evenly spread.

    A spectrogram that is shorter than a patch is repeated until it fills one.
    """
    n_frames = len(spectrogram)
    if n_frames < PATCH_FRAMES:
        spectrogram = spectrogram[np.arange(PATCH_FRAMES) % n_frames]
    last = len(spectrogram) - PATCH_FRAMES
    n_patches = -(-len(spectrogram) // PATCH_FRAMES)
    for k in range(n_patches):
        start = last * k // max(1, n_patches - 1)
        yield spectrogram[start : start + PATCH_FRAMES]
