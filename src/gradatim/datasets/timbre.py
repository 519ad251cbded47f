"""`timbre`: name the instrument that sounds in a single cycle of a waveform.

Conventions: a wave is one period of 1,024 points in [-1, 1); its k-th harmonic is bin k of its
discrete Fourier transform. Neighbouring numbers of a class come from one recording session, so
eight of them are one group.
"""

from __future__ import annotations

import numpy as np

from gradatim.collection import Collection, CycleSound
from gradatim.datasets._files import read_arrays

#: Adjacent file numbers that are held to be of one recording session.
SESSION_SIZE = 8

N_HARMONICS = 64

#: Added to relative magnitudes before the logarithm: what is 60 dB below the whole is inaudible
#: beside it, and its exact level would be noise.
FLOOR = 1e-3

_INSTRUMENTS = {
    "aguitar": "acoustic guitar",
    "altosax": "alto saxophone",
    "clarinett": "clarinet",
    "clavinet": "clavinet",
    "dbass": "double bass",
    "ebass": "electric bass",
    "eorgan": "electric organ",
    "epiano": "electric piano",
    "fmsynth": "FM synthesizer",
    "hvoice": "human voice",
    "piano": "piano",
    "theremin": "theremin",
}

_ORIGIN = (
    "Adventure Kid Waveforms by Kristoffer Ekstrand, CC0 1.0, "
    "https://www.adventurekid.se/akrt/waveforms/adventure-kid-waveforms/"
)


def load_timbre() -> Collection:
    """Load 770 single-cycle waveforms of 12 instruments [1]_.

    Returns
    -------
    Collection
        Inputs ``"wave"`` (770, 1024), raw audio, and ``"harmonics"`` (770, 64), made from it by
        `log_harmonics`; names of instruments; 102 groups; sounds that play the cycle as a tone.

    References
    ----------
    .. [1] K. Ekstrand, "Adventure Kid Waveforms", CC0 1.0.

    Examples
    --------
    >>> timbre = load_timbre()
    >>> {name: X.shape for name, X in timbre.X.items()}
    {'wave': (770, 1024), 'harmonics': (770, 64)}
    >>> len(timbre.classes), len(np.unique(timbre.groups))
    (12, 102)
    """
    arrays = read_arrays("timbre")
    points = np.cumsum(arrays["steps"], axis=1, dtype=np.int16)
    wave = points.astype(np.float32) / 32768.0
    y = np.array([_INSTRUMENTS[label] for label in arrays["label"].tolist()])
    stems = arrays["stem"]
    sessions = [(int(stem.rsplit("_", 1)[1]) - 1) // SESSION_SIZE + 1 for stem in stems.tolist()]
    groups = np.array([f"{label} {k}" for label, k in zip(y.tolist(), sessions, strict=True)])
    return Collection(
        name="timbre",
        X={"wave": wave, "harmonics": log_harmonics(wave)},
        y=y,
        task="classification",
        ids=stems,
        groups=groups,
        media=tuple(CycleSound(cycle) for cycle in wave),
        feature_names={
            "wave": tuple(f"point {k}" for k in range(wave.shape[1])),
            "harmonics": tuple(f"harmonic {k}" for k in range(1, N_HARMONICS + 1)),
        },
        origin=_ORIGIN,
        cycles=("wave",),
    )


def log_harmonics(wave: np.ndarray) -> np.ndarray:
    r"""Measure the level of the first 64 harmonics of each cycle.

    With :math:`c_k` the discrete Fourier transform of the cycle, the level is
    :math:`20 \log_{10}(|c_k| / \sqrt{\sum_{j=1}^{64} |c_j|^2} + 10^{-3})`. It depends neither on
    loudness nor on where the cycle begins, which the ear does not hear either.

    `wave` (n_samples, n_points); returns (n_samples, 64).

    Examples
    --------
    >>> time = np.arange(1024) / 1024
    >>> levels = log_harmonics(np.sin(2 * np.pi * 3 * time)[None])
    >>> levels[0, [1, 2, 3]].round().tolist()
    [-60.0, 0.0, -60.0]
    """
    spectrum = np.abs(np.fft.rfft(wave, axis=1))[:, 1 : N_HARMONICS + 1]
    loudness = np.linalg.norm(spectrum, axis=1, keepdims=True)
    relative = spectrum / np.where(loudness > 0, loudness, 1.0)
    return (20.0 * np.log10(relative + FLOOR)).astype(np.float32)
