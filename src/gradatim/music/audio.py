"""Decoding: an audio file becomes mono samples at one rate.

Conventions: samples are float32 in [-1, 1] for integer formats, time on the last axis; channels
are averaged; rates are in Hz, lengths in seconds. Files are decoded in blocks by libsndfile and
resampled by soxr.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gradatim.errors import AudioError

if TYPE_CHECKING:
    import soundfile

__all__ = ["AUDIO_SUFFIXES", "SAMPLE_RATE", "FileSound", "decode", "load_audio", "resample"]

#: Rate to which everything is resampled before it is analyzed or played.
SAMPLE_RATE = 22050

#: File names that end so (in any case) are taken for audio; libsndfile 1.1 decodes them all.
AUDIO_SUFFIXES = frozenset(
    {".aif", ".aiff", ".au", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".wav"}
)

# 64 Ki frames: 3 s of stereo at 44.1 kHz, so that a long file never lies in memory in stereo.
_BLOCK = 1 << 16


@dataclass(frozen=True)
class FileSound:
    """An audio file that is read when it is to be played.

    Parameters
    ----------
    path : pathlib.Path
        Where the file lies.
    sr : int, Hz
        Sampling rate of what `read` returns.
    """

    path: Path
    sr: int = SAMPLE_RATE

    def read(self, max_seconds: float) -> tuple[np.ndarray, int]:
        """Read the start of the file.

        Parameters
        ----------
        max_seconds : float
            At most so much is read.

        Returns
        -------
        y : array of shape (n_points,)
            Mono float32 samples.
        sr : int, Hz
            Their rate.
        """
        return load_audio(self.path, self.sr, max_seconds), self.sr


def load_audio(
    path: str | os.PathLike[str], sr: int = SAMPLE_RATE, max_seconds: float | None = None
) -> np.ndarray:
    """Read an audio file as mono samples.

    Parameters
    ----------
    path : path-like
        A file in a format that libsndfile decodes (see `AUDIO_SUFFIXES`).
    sr : int, Hz
        Rate of the samples returned.
    max_seconds : float, optional
        Read only so much from the start; the whole file if None.

    Returns
    -------
    array of shape (n_points,)
        float32 samples, at least one.

    Raises
    ------
    AudioError
        If the file cannot be decoded, is empty, or holds samples that are not finite.

    Examples
    --------
    >>> load_audio("no such file.wav")
    Traceback (most recent call last):
    gradatim.errors.AudioError: no such file.wav does not exist
    """
    y, native_sr, _ = decode(path, max_seconds)
    y = resample(y, native_sr, sr)
    if len(y) == 0:
        raise AudioError(f"{path} is shorter than one sample at {sr} Hz")
    return y


def decode(
    path: str | os.PathLike[str], max_seconds: float | None = None
) -> tuple[np.ndarray, int, bool]:
    """Read an audio file at its own rate. Returns (n_points,)."""
    import soundfile

    if not os.path.isfile(path):
        raise AudioError(f"{path} {'is no file' if os.path.exists(path) else 'does not exist'}")
    try:
        with soundfile.SoundFile(os.fspath(path)) as file:
            sr = file.samplerate
            limit = None if max_seconds is None else max(1, round(max_seconds * sr))
            y, whole = _read_mono(file, limit)
    except (soundfile.SoundFileError, OSError, RuntimeError) as error:
        raise AudioError(f"{path} cannot be read as audio ({_reason(error)})") from error
    if len(y) == 0:
        raise AudioError(f"{path} is empty: it holds no samples")
    if not np.isfinite(y).all():
        raise AudioError(f"{path} holds samples that are not finite numbers")
    return y, sr, whole


def _reason(error: Exception) -> str:
    text = str(getattr(error, "error_string", None) or error).removeprefix("Error : ")
    # libsndfile says so of every mp3 that it cannot open, though the file is there.
    if text.startswith("File does not exist"):
        return "its content is no audio of a known format"
    return text.strip().rstrip(".")


def _read_mono(file: soundfile.SoundFile, limit: int | None) -> tuple[np.ndarray, bool]:
    """Average the channels block by block; also tell whether the end was reached."""
    blocks, n_read = [], 0
    while limit is None or n_read < limit:
        size = _BLOCK if limit is None else min(_BLOCK, limit - n_read)
        # The header's length is not to be trusted (mp3), so read until nothing comes.
        block = file.read(size, dtype="float32", always_2d=True)
        if len(block) == 0:
            return _join(blocks), True
        blocks.append(block.mean(axis=1))
        n_read += len(block)
    return _join(blocks), len(file.read(1)) == 0


def _join(blocks: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(blocks) if blocks else np.empty(0, dtype=np.float32)


def resample(y: np.ndarray, sr: int, new_sr: int) -> np.ndarray:
    """Change the rate of mono samples with a high-quality band-limited filter.

    `y` (n_points,); returns (round(n_points * new_sr / sr).

    Examples
    --------
    >>> resample(np.zeros(44100, dtype=np.float32), 44100, 22050).shape
    (22050,)
    """
    import soxr

    y = np.asarray(y, dtype=np.float32)
    return y if sr == new_sr else np.asarray(soxr.resample(y, sr, new_sr), dtype=np.float32)
