"""Decoding: an audio file becomes mono samples at one rate.

Conventions: samples are float32 in [-1, 1] for integer formats, time on the last axis; channels
are averaged; rates are in Hz, lengths in seconds. Files are decoded in blocks, by libsndfile
whatever their names end with, else by FFmpeg (PyAV, the extra ``media``), and resampled by soxr.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gradatim.errors import AudioError, MissingExtraError, ShapeError, SpecError
from gradatim.music.containers import ogg_links, promised_share, read_link
from gradatim.music.formats import has_media, open_media, reader_of

if TYPE_CHECKING:
    import soundfile
    from av import AudioFrame

#: Rate to which everything is resampled before it is analyzed or played.
SAMPLE_RATE = 22050

# 64 Ki samples of each of two channels: 1.5 s at 44.1 kHz, so that no long file lies in memory.
_BLOCK = 1 << 17

# More than a mono mix can mean; headers of thousands are damage or malice.
_MOST_CHANNELS = 64

# Of the power of channels that differ 1/n is left; so much less where they cancel each other out.
_CANCELLED = 0.1

# Floats may overshoot a little; what is far above full scale was never scaled.
_LOUD = 4.0

# Full scale is 1, or 2**31 in files that hold integers as floats; far beyond, powers overflow.
_LOUDEST = 1e12

# Lengths in headers of lossy formats are estimates.
_WHOLE = 0.98

#: Places from which an excerpt of a longer file is taken.
PLACES = ("start", "middle", "end")


@dataclass(frozen=True)
class Excerpt:
    """Which part of a file is read.

    At most ``seconds`` of it (all of it if None), from ``place`` on: the start, the middle or the
    end of a longer file, or a number of seconds.

    Examples
    --------
    >>> Excerpt(30.0, "middle").frames(4 * 60 * 100, 100)
    (10500, 3000)
    """

    seconds: float | None = None
    place: str | float = "start"

    def __post_init__(self) -> None:
        if self.seconds is not None and not 0 < self.seconds < float("inf"):
            raise SpecError(f"an excerpt is longer than 0 seconds, not {self.seconds:g}")
        at = self.place
        if at not in PLACES and (isinstance(at, str) or not 0 <= at < float("inf")):
            raise SpecError(
                f"an excerpt is taken from {', '.join(PLACES)} or from a number of seconds, not "
                f"from {at!r}"
            )

    def frames(self, n_frames: int, sr: int) -> tuple[int, int | None]:
        """Return the first frame and the number of frames of a file of `n_frames`."""
        length = None if self.seconds is None else max(1, round(self.seconds * sr))
        if not isinstance(self.place, str):
            return round(self.place * sr), length
        spare = 0 if length is None else max(0, n_frames - length)
        return {"start": 0, "middle": spare // 2, "end": spare}[self.place], length


@dataclass(frozen=True, eq=False)
class Decoded:
    """What was read of a file."""

    y: np.ndarray  # (n_points,): Mono float32 samples, at the file's own rate
    sr: int  # Rate of the samples in Hz
    start: float  # Where in the file they begin, in seconds
    whole: bool  # Whether nothing of the file was left out
    oddities: tuple[str, ...] = ()  # "truncated", "cancelled", "loud": see `folders`


@dataclass(frozen=True)
class FileSound:
    """An audio file that is read when it is to be played."""

    path: Path
    sr: int = SAMPLE_RATE  # Sampling rate of what `read` returns, in Hz
    start: float = 0.0  # Where in the file the sound begins, in seconds
    seconds: float | None = None  # How long it lasts; to the end of the file if None

    def read(self, max_seconds: float) -> tuple[np.ndarray, int]:
        """Read `max_seconds` at most from its start: mono float32 (n_points,), and their rate."""
        seconds = max_seconds if self.seconds is None else min(max_seconds, self.seconds)
        return load_audio(self.path, self.sr, seconds, self.start), self.sr


def load_audio(
    path: str | os.PathLike[str],
    sr: int = SAMPLE_RATE,
    max_seconds: float | None = None,
    start: str | float = 0.0,
) -> np.ndarray:
    """Read an audio file as mono samples.

    Parameters
    ----------
    path : path-like
        A file that libsndfile reads, or FFmpeg where the extra ``media`` is installed.
    sr : int, Hz
        Rate of the samples returned.
    max_seconds : float, optional
        Read only so much; the whole file if None.
    start : {"start", "middle", "end"} or float
        Which part of a longer file is read, or from which second on.

    Returns
    -------
    array of shape (n_points,)
        float32 samples, at least one.

    Raises
    ------
    AudioError
        If the file cannot be decoded, is empty, or holds samples that are not finite.
    SpecError
        If there is no such part of a file.

    Examples
    --------
    >>> load_audio("no such file.wav")
    Traceback (most recent call last):
    gradatim.errors.AudioError: no such file.wav does not exist
    """
    decoded = decode(path, Excerpt(max_seconds, start))
    y = resample(decoded.y, decoded.sr, sr)
    if len(y) == 0:
        raise AudioError(f"{path} is shorter than one sample at {sr} Hz")
    return y


def decode(path: str | os.PathLike[str], excerpt: Excerpt | None = None) -> Decoded:
    """Read an audio file, or an excerpt of it, at its own rate."""
    if not os.path.isfile(path):
        raise AudioError(f"{path} {'is no file' if os.path.exists(path) else 'does not exist'}")
    excerpt = excerpt or Excerpt()
    try:
        decoded = _decode_sndfile(path, excerpt)
    except _UnknownFormatError as error:
        if excerpt.place in ("middle", "end"):
            # Where a file breaks off its middle may not be found.
            return decode(path, Excerpt(excerpt.seconds))
        if reader_of(path) == "FFmpeg" or has_media():
            decoded = _decode_media(path, excerpt, str(error))
        else:
            raise AudioError(f"{path} cannot be read as audio ({error})") from error
    if len(decoded.y) == 0:
        if decoded.start and isinstance(excerpt.place, str):
            # It breaks off before the middle that its header promised.
            return decode(path, Excerpt(excerpt.seconds))
        if decoded.start:
            raise AudioError(f"{path} ends before {decoded.start:g} s, where reading was to begin")
        raise AudioError(f"{path} is empty: it holds no samples")
    if not np.isfinite(decoded.y).all():
        raise AudioError(f"{path} holds samples that are not finite numbers")
    return decoded


class _UnknownFormatError(ValueError):
    """A file that libsndfile does not open."""


class _Mix:
    """Averages channels block by block, and watches what the average loses."""

    def __init__(self, limit: int | None) -> None:
        self.blocks: list[np.ndarray] = []
        self.n_read = 0
        self.limit = limit
        self._power = self._mono_power = self._peak = 0.0
        self._n_channels = 1

    @property
    def missing(self) -> int | None:
        """Frames that are still to be read; None: all that come."""
        return None if self.limit is None else self.limit - self.n_read

    def add(self, block: np.ndarray) -> None:
        """Add a block of shape (n_frames, n_channels)."""
        if self.missing is not None:
            block = block[: self.missing]
        with np.errstate(over="ignore", invalid="ignore"):
            mono = block.mean(axis=1, dtype=np.float32)
        self.blocks.append(mono)
        self.n_read += len(mono)
        self._n_channels = max(self._n_channels, block.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):
            self._power += float(np.square(block, dtype=np.float64).mean(axis=1).sum())
            self._mono_power += float(np.square(mono, dtype=np.float64).sum())
            self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))

    @property
    def y(self) -> np.ndarray:
        """The mono samples (n_points,)."""
        return np.concatenate(self.blocks) if self.blocks else np.empty(0, dtype=np.float32)

    @property
    def oddities(self) -> Iterator[str]:
        """What a listener would want to know."""
        if self._mono_power * self._n_channels < _CANCELLED * self._power:
            yield "cancelled"
        if self._peak > _LOUD:
            yield "loud"


def _decode_sndfile(path: str | os.PathLike[str], excerpt: Excerpt) -> Decoded:
    import soundfile

    try:
        links, whole = ogg_links(path)
        with contextlib.ExitStack() as stack:
            sources: list[str | int | io.BytesIO] = [_openable(path)]
            if len(links) > 1:
                sources = [read_link(path, *link) for link in links]
            files = [stack.enter_context(soundfile.SoundFile(source)) for source in sources]
            return _decode_files(path, files, excerpt, whole)
    except (soundfile.SoundFileError, OSError, RuntimeError) as error:
        raise _UnknownFormatError(_reason(error)) from error


def _openable(path: str | os.PathLike[str]) -> str | int:
    """Return what libsndfile opens: a name, or a file already open where the name is no UTF-8."""
    name = os.fspath(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.open(path, os.O_RDONLY)
    return name


def _decode_files(
    path: str | os.PathLike[str], files: list[soundfile.SoundFile], excerpt: Excerpt, whole: bool
) -> Decoded:
    """Read files of one rate, one after the other, as one sound."""
    sr = files[0].samplerate
    channels = max(file.channels for file in files)
    if channels > _MOST_CHANNELS:
        raise AudioError(
            f"{path} has {channels} channels by its header, more than the {_MOST_CHANNELS} that "
            "are read; if it is not damaged, mix it down first"
        )
    if any(file.samplerate != sr for file in files):
        raise AudioError(f"{path} changes its rate on the way; save it at one rate")
    promised = sum(file.frames for file in files)
    start, length = excerpt.frames(promised, sr)
    mix, skip, broken = _Mix(length), start, False
    for file in files:
        # Some formats cannot seek: then all before the start is read.
        if skip > 0 and file.seekable():
            skip -= file.seek(min(skip, file.frames))
        if skip == 0 and mix.missing != 0:
            broken |= _read_file(file, mix)
    at_end = start + mix.n_read >= promised or mix.missing != 0
    oddities = [*mix.oddities]
    short = mix.missing != 0 and start + mix.n_read < _WHOLE * promised
    if broken or short or not whole or min(promised_share(f.extra_info) for f in files) < _WHOLE:
        oddities.insert(0, "truncated")
    return Decoded(mix.y, sr, start / sr, start == 0 and at_end, tuple(oddities))


def _read_file(file: soundfile.SoundFile, mix: _Mix) -> bool:
    """Read a file until it ends or enough is there; return whether it breaks off."""
    import soundfile

    size = max(1, _BLOCK // file.channels)
    while mix.missing != 0:
        try:
            # The header's length is not to be trusted (mp3), so read until nothing comes.
            n_frames = size if mix.missing is None else min(size, mix.missing)
            block = file.read(n_frames, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, RuntimeError):
            if mix.n_read == 0:
                raise
            return True
        if len(block) == 0:
            return False
        mix.add(block)
    return False


def _decode_media(path: str | os.PathLike[str], excerpt: Excerpt, reason: str) -> Decoded:
    try:
        from av import logging
        from av.error import FFmpegError
    except ImportError as error:
        raise MissingExtraError(
            f"{path} needs FFmpeg, which comes with PyAV: pip install 'gradatim[media]'"
        ) from error

    logging.set_level(None)
    try:
        # A name that is no UTF-8 is no business of FFmpeg.
        with open(path, "rb") as file, open_media(file) as container:
            stream = next(iter(container.streams.audio), None)
            # Without a decoder that is known there is no context.
            if stream is None or stream.codec_context is None:
                raise AudioError(f"{path} holds no sound that can be read")
            sr = stream.rate
            seconds = None if container.duration is None else container.duration / 1e6
            n_frames = round((seconds or 0.0) * sr)
            start, length = excerpt.frames(n_frames, sr)
            mix = _Mix(length)
            broken = _read_media(_blocks_of(container.decode(stream)), mix, start)
            if mix.n_read == 0 and start == 0:
                raise ValueError("no sample came")
    except (FFmpegError, OSError, ValueError) as error:
        if isinstance(error, AudioError):
            raise
        raise AudioError(f"{path} cannot be read as audio ({reason})") from error
    oddities = [*mix.oddities]
    short = mix.missing != 0 and start + mix.n_read < _WHOLE * n_frames - sr / 10
    if broken or short:
        oddities.insert(0, "truncated")
    at_end = mix.missing != 0 or start + mix.n_read >= _WHOLE * n_frames
    return Decoded(mix.y, sr, start / sr, start == 0 and at_end, tuple(oddities))


def _blocks_of(frames: Iterable[AudioFrame]) -> Iterator[np.ndarray]:
    """Turn FFmpeg's frames into blocks of shape (n_frames, n_channels)."""
    import av

    # Planes of floats, whatever the file holds; the layout is kept, for a mix of its own.
    to_floats = av.AudioResampler(format="fltp")
    for frame in frames:
        for converted in to_floats.resample(frame):
            yield converted.to_ndarray().T
    for converted in to_floats.resample(None):
        yield converted.to_ndarray().T


def _read_media(blocks: Iterator[np.ndarray], mix: _Mix, start: int) -> bool:
    """Read blocks from a frame on; return whether they break off."""
    from av.error import FFmpegError

    at = 0
    while mix.missing != 0:
        try:
            block = next(blocks, None)
        except FFmpegError:
            if mix.n_read == 0:
                raise
            return True
        if block is None:
            return False
        if block.shape[1] > _MOST_CHANNELS:
            raise ValueError("too many channels")
        wanted = block[max(0, start - at) :]
        at += len(block)
        if len(wanted):
            mix.add(wanted)
    return False


def _reason(error: Exception) -> str:
    text = str(getattr(error, "error_string", None) or error).removeprefix("Error : ")
    # libsndfile says so of every mp3 that it cannot open, though the file is there.
    if text.startswith("File does not exist"):
        return "its content is no audio of a known format"
    return text.strip().rstrip(".")


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


def checked_samples(y: np.ndarray, sr: int, new_sr: int) -> np.ndarray:
    """Return mono samples `y` (n_points,) at another rate as float32, if they can be analyzed."""
    y = np.asarray(y, dtype=np.float32)
    if y.ndim != 1 or len(y) == 0:
        raise ShapeError(f"a sound is a one-dimensional array of samples, not of shape {y.shape}")
    y = resample(y, sr, new_sr)
    if not np.abs(y).max() <= _LOUDEST:  # nor is NaN
        raise AudioError(
            f"the sound holds samples that are not finite numbers, or above {_LOUDEST:g}"
        )
    return y
