"""Kinds of audio files: by what a file begins with, else by how its name ends.

Conventions: suffixes are in lower case, with their dot. What libsndfile reads needs nothing; what
only FFmpeg reads needs PyAV, the extra ``media``.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Literal

__all__ = ["AUDIO_SUFFIXES", "MEDIA_SUFFIXES", "Reader", "has_media", "reader_of"]

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

# What files of a kind begin with: offset and bytes.
_SNDFILE_MARKS = (
    (0, b"RIFF"), (0, b"RIFX"), (0, b"RF64"), (0, b"riff\x2e\x91\xcf\x11"), (0, b"fLaC"),
    (0, b"OggS"), (0, b"caff"), (0, b".snd"), (0, b"dns."), (0, b"ID3"), (0, b"NIST_1A"),
    (0, b"Creative Voice File"), (0, b"2BIT"), (0, b"PVF1"), (8, b"AIFF"), (8, b"AIFC"),
    (8, b"8SVX"), (8, b"16SV"),
)  # fmt: skip
_MEDIA_MARKS = (
    (4, b"ftyp"), (0, b"\x1aE\xdf\xa3"), (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), (0, b"MAC "),
    (0, b"wvpk"), (0, b"TTA1"), (0, b"TTA2"), (0, b"MPCK"), (0, b"MP+"), (0, b"DSD "),
    (0, b"FRM8"), (0, b"#!AMR"), (0, b"tBaK"), (0, b"ajkg"), (0, b"FLV\x01"), (0, b".RMF"),
)  # fmt: skip
_LONGEST_MARK = 24

# RIFF, ftyp and EBML also hold pictures; these names say so.
_NO_AUDIO = frozenset({
    ".anim", ".ani", ".avif", ".cr3", ".heic", ".heif", ".jp2", ".mid", ".midi", ".mks", ".pal",
    ".rmi", ".webp", ".zip",
})  # fmt: skip


def reader_of(path: str | os.PathLike[str]) -> Reader | None:
    """Tell who reads a file, by its first bytes or, where these say nothing, by its name."""
    suffix = os.path.splitext(path)[1].lower()
    try:
        with open(path, "rb", buffering=0) as file:
            head = file.read(_LONGEST_MARK)
    except OSError:
        head = b""
    if suffix in _NO_AUDIO:
        return None
    if any(head[at : at + len(mark)] == mark for at, mark in _SNDFILE_MARKS):
        return "libsndfile"
    if any(head[at : at + len(mark)] == mark for at, mark in _MEDIA_MARKS):
        return "FFmpeg"
    if suffix in AUDIO_SUFFIXES:
        return "libsndfile"
    return "FFmpeg" if suffix in MEDIA_SUFFIXES else None


def has_media() -> bool:
    """Whether PyAV is installed, by which FFmpeg decodes."""
    return importlib.util.find_spec("av") is not None
