"""What in a file is sound and what is tags: kinds of files, and a hash of the sound alone.

Conventions: a kind is told by what a file begins with, never by its name. The hash covers the
bytes from which samples are decoded, with the headers that this needs; it is the same whatever tags
stand in the file. Bytes that fit no structure are hashed as they are.
"""

from __future__ import annotations

import bisect
import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from gradatim._files import open_regular

#: Kinds of files that have tags.
Kind = Literal["MP3", "WAV", "AIFF", "FLAC", "Ogg", "MP4"]

_BLOCK = 1 << 20

# A file of nothing but empty chunks would take many times its size of memory.
_MOST_PARTS = 100_000

_ID3_HEADER, _ID3_FOOTER_FLAG, _ID3V1_SIZE = 10, 0x10, 128
_OGG_HEADER = 27
_IFF_HEADER, _FORM_HEADER = 8, 12

# Second bytes of a frame of MPEG audio: a layer that exists, a version that exists.
_MPEG_SECOND = bytes(b for b in range(0xE0, 0x100) if b & 0x06 and b & 0x18 != 0x08)
_MPEG = re.compile(b"\xff[" + re.escape(_MPEG_SECOND) + b"]")

# Bytes after an ID3 block among which MPEG audio begins.
_SEARCHED = 4096

# Atoms that hold those of tracks; bytes before the entries of a table.
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_FULL_ATOM = 8

# Chunks without which nothing is decoded.
_SOUND_CHUNKS = frozenset({b"fmt ", b"data", b"COMM", b"SSND"})


@dataclass(frozen=True)
class Chunk:
    """A chunk of a WAV or AIFF file."""

    name: bytes  # 4 bytes
    start: int  # Offset of its content, in bytes
    size: int  # Of its content, in bytes


def tag_kind(path: Path) -> Kind | None:
    """Tell the kind of a file; None if it has no tags that gradatim writes."""
    with open_regular(path) as file:
        head = file.read(_FORM_HEADER)
        if head[:4] == b"RIFF" and head[8:] == b"WAVE":
            return "WAV"
        if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            return "AIFF"
        if head[:4] == b"OggS":
            return "Ogg"
        if head[4:8] == b"ftyp":
            return "MP4"
        size = id3_size(head)
        file.seek(size)
        after = file.read(_SEARCHED)
    if after[:4] == b"fLaC":
        return "FLAC"
    found = _MPEG.search(after) if size else _MPEG.match(after)
    return "MP3" if found else None


def id3_size(head: bytes) -> int:
    """Return how many bytes an ID3v2 tag takes that begins with some bytes; 0 if none does."""
    if len(head) < _ID3_HEADER or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte
    return _ID3_HEADER * (2 if head[5] & _ID3_FOOTER_FLAG else 1) + size


def iff_chunks(file: BinaryIO, kind: Kind) -> list[Chunk]:
    """Return the chunks of a WAV or AIFF file, which must fill it."""
    order: Literal["little", "big"] = "little" if kind == "WAV" else "big"
    end = _length(file)
    file.seek(0)
    promised = int.from_bytes(file.read(_FORM_HEADER)[4:8], order) + _IFF_HEADER
    if promised not in (end, end + 1, end - 1):
        raise ValueError(f"its header promises {promised:,} bytes, and it has {end:,}")
    found, at = [], _FORM_HEADER
    while at + _IFF_HEADER <= end:
        file.seek(at)
        head = file.read(_IFF_HEADER)
        size = int.from_bytes(head[4:], order)
        if at + _IFF_HEADER + size > end:
            raise ValueError("one of its chunks ends behind the file")
        found.append(Chunk(head[:4], at + _IFF_HEADER, size))
        if len(found) > _MOST_PARTS:
            raise ValueError("it has too many chunks")
        at += _IFF_HEADER + size + size % 2
    if at < end:
        raise ValueError("bytes that belong to no chunk stand at its end")
    return found


def flac_blocks(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield (type, start, size) of each block of metadata."""
    at = id3_size(_read(file, 0, _ID3_HEADER)) + 4
    while True:
        head = _read(file, at, 4)
        if len(head) < 4:
            raise ValueError("its metadata have no end")
        size = int.from_bytes(head[1:], "big")
        yield head[0] & 0x7F, at + 4, size
        at += 4 + size
        if head[0] & 0x80:
            return


def sound_hash(path: Path, kind: Kind) -> str:
    """Hash the sound of a file without its tags (64 hexadecimal digits)."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        for part in _PARTS[kind](file, kind):
            digest.update(part)
    return digest.hexdigest()


def vorbis_comment(path: Path, kind: Kind) -> bytes:
    """Return the bytes in which the Vorbis comments of a FLAC or Ogg file stand."""
    with open_regular(path) as file:
        if kind == "FLAC":
            blocks = list(flac_blocks(file))
            return b"".join(_read(file, start, size) for code, start, size in blocks if code == 4)
        return b"".join(part for is_comment, part in _ogg_parts(file) if is_comment)


def _length(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _blocks(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    file.seek(start)
    while start < stop and (block := file.read(min(_BLOCK, stop - start))):
        yield block
        start += len(block)


def _mpeg_sound(file: BinaryIO, kind: Kind) -> Iterator[bytes]:
    end = _length(file)
    start = id3_size(_read(file, 0, _ID3_HEADER))
    if end - start >= _ID3V1_SIZE and _read(file, end - _ID3V1_SIZE, 3) == b"TAG":
        end -= _ID3V1_SIZE
    yield from _blocks(file, start, end)


def _iff_sound(file: BinaryIO, kind: Kind) -> Iterator[bytes]:
    for chunk in iff_chunks(file, kind):
        if chunk.name in _SOUND_CHUNKS:
            yield chunk.name
            yield from _blocks(file, chunk.start, chunk.start + chunk.size)


def _flac_sound(file: BinaryIO, kind: Kind) -> Iterator[bytes]:
    blocks = list(flac_blocks(file))
    for code, start, size in blocks:
        if code == 0:
            yield _read(file, start, size)
    _, start, size = blocks[-1]
    yield from _blocks(file, start + size, _length(file))


def _ogg_parts(file: BinaryIO) -> Iterator[tuple[bool, bytes]]:
    """Yield the parts of packets in order, and whether each is of comments: a second packet.

    Of pages only their place in time is a part: where one ends depends on the comments.
    """
    packets: dict[bytes, int] = {}
    file.seek(0)
    while header := file.read(_OGG_HEADER):
        lengths = file.read(header[26]) if len(header) == _OGG_HEADER else b""
        body = file.read(sum(lengths))
        if header[:4] != b"OggS" or len(body) < sum(lengths):
            # What no page holds.
            yield False, header + lengths + body
            continue
        serial, place = header[14:18], header[6:14]
        if place not in (bytes(8), b"\xff" * 8):
            yield False, place
        at = 0
        for length in lengths:
            yield packets.get(serial) == 1, body[at : at + length]
            at += length
            if length < 255:
                packets[serial] = packets.get(serial, 0) + 1


def _ogg_sound(file: BinaryIO, kind: Kind) -> Iterator[bytes]:
    return (part for is_comment, part in _ogg_parts(file) if not is_comment)


def _mp4_sound(file: BinaryIO, kind: Kind) -> Iterator[bytes]:
    """Yield the media, and where in them each track has its chunks."""
    atoms = list(mp4_atoms(file, 0, _length(file)))
    media = [(start, stop) for name, start, stop in atoms if name == b"mdat"]
    for start, stop in media:
        yield from _blocks(file, start, stop)
    if any(name == b"moof" for name, _, _ in atoms):
        raise ValueError("it is cut into fragments, of which each says where it is")
    starts = [start for start, _ in media]
    for name, start, stop in _tables(file, 0, _length(file)):
        table = _read(file, start + _FULL_ATOM, stop - start - _FULL_ATOM)
        for place in struct.iter_unpack(">I" if name == b"stco" else ">Q", table):
            # Tags may stand before the media and move them.
            number = bisect.bisect_right(starts, place[0]) - 1
            yield f"{number}:{place[0] - starts[number] if number >= 0 else place[0]};".encode()


def _tables(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the atoms that hold the places of chunks."""
    for atom in mp4_atoms(file, start, stop):
        if atom[0] in (b"stco", b"co64"):
            yield atom
        elif atom[0] in _CONTAINERS:
            yield from _tables(file, *atom[1:])


def mp4_atoms(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (name, start, stop) of the content of each atom."""
    while at + 8 <= end:
        head = _read(file, at, 16)
        size, start = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:], "big"), at + 16
        stop = at + size if size else end
        if stop < start or stop > end:
            raise ValueError("one of its atoms ends behind the file")
        yield head[4:8], start, stop
        at = stop


_PARTS = {
    "MP3": _mpeg_sound,
    "WAV": _iff_sound,
    "AIFF": _iff_sound,
    "FLAC": _flac_sound,
    "Ogg": _ogg_sound,
    "MP4": _mp4_sound,
}
