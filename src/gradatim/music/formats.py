"""Kinds of audio files: by what a file begins with, else by how its name ends.

Conventions: suffixes are in lower case, with their dot. What libsndfile reads needs nothing; what
only FFmpeg reads needs PyAV, the extra ``media``.
"""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    from av.container import InputContainer

Reader = Literal["libsndfile", "FFmpeg"]

#: Names that end so are taken for audio that libsndfile 1.2 reads.
AUDIO_SUFFIXES = frozenset({
    ".aif", ".aifc", ".aiff", ".au", ".avr", ".caf", ".flac", ".htk", ".iff", ".ircam", ".mp2",
    ".mp3", ".mpeg", ".mpga", ".nist", ".oga", ".ogg", ".opus", ".paf", ".pvf", ".rf64", ".sd2",
    ".sds", ".snd", ".sph", ".svx", ".voc", ".w64", ".wav", ".wave", ".wavex", ".wve", ".xi",
})  # fmt: skip

#: Names that end so are taken for audio that FFmpeg reads, or films of which it reads the sound.
MEDIA_SUFFIXES = frozenset({
    ".3gp", ".aac", ".ac3", ".adts", ".alac", ".amr", ".ape", ".asf", ".avi", ".dff", ".dsf",
    ".dts", ".eac3", ".f4a", ".flv", ".m4a", ".m4b", ".m4p", ".m4r", ".m4v", ".mka", ".mkv",
    ".mov", ".mp4", ".mpc", ".mpg", ".ra", ".ram", ".rm", ".shn", ".spx", ".tak", ".tta",
    ".weba", ".webm", ".wma", ".wmv", ".wv",
})  # fmt: skip

# What files of a kind begin with, by the offset at which it stands.
_SNDFILE_MARKS = {
    0: (
        b"RIFF", b"RIFX", b"RF64", b"riff\x2e\x91\xcf\x11", b"fLaC", b"OggS", b"caff", b".snd",
        b"dns.", b"ID3", b"NIST_1A", b"Creative Voice File", b"2BIT", b"PVF1",
    ),
    8: (b"AIFF", b"AIFC", b"8SVX", b"16SV"),
}  # fmt: skip
_MEDIA_MARKS = {
    0: (
        b"\x1aE\xdf\xa3", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"MAC ", b"wvpk", b"TTA1",
        b"TTA2", b"MPCK", b"MP+", b"DSD ", b"FRM8", b"#!AMR", b"tBaK", b"ajkg", b"FLV\x01",
        b".RMF",
    ),
    4: (b"ftyp",),
}  # fmt: skip
_LONGEST_MARK = 24

# RIFF, ftyp and EBML also hold pictures; these names say so.
_NO_AUDIO = frozenset({
    ".anim", ".ani", ".avif", ".cr3", ".heic", ".heif", ".jp2", ".mid", ".midi", ".mks", ".pal",
    ".rmi", ".webp", ".zip",
})  # fmt: skip


def reader_of(path: str | os.PathLike[str]) -> Reader | None:
    """Tell who reads a file, by its first bytes or, where these say nothing, by its name."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in _NO_AUDIO:
        return None
    head = _head(path)
    if any(head.startswith(marks, at) for at, marks in _SNDFILE_MARKS.items()):
        return "libsndfile"
    if any(head.startswith(marks, at) for at, marks in _MEDIA_MARKS.items()):
        return "FFmpeg"
    if suffix in AUDIO_SUFFIXES:
        return "libsndfile"
    return "FFmpeg" if suffix in MEDIA_SUFFIXES else None


def _head(path: str | os.PathLike[str]) -> bytes:
    # Many files are asked for, and an object for each takes twice as long.
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return b""
    try:
        return os.read(file, _LONGEST_MARK)
    except OSError:
        return b""
    finally:
        os.close(file)


def has_media() -> bool:
    """Whether PyAV is installed, by which FFmpeg decodes."""
    return importlib.util.find_spec("av") is not None


def open_media(file: BinaryIO) -> InputContainer:
    """Open a file for FFmpeg, whatever its tags are encoded in."""
    import av

    if int(av.__version__.split(".")[0]) < 19:
        return av.open(file, "r", metadata_errors="replace")
    # Tags keep their bytes from here on, and no file is refused for them.
    return av.open(file, "r")
