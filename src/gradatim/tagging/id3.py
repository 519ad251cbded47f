"""ID3v2 tags as bytes: the text of one frame read or exchanged, and all others left as they are.

Conventions: a tag of version 2.3 or 2.4 keeps its version and its length where there is room; one
of version 2.2 becomes 2.4, as a new one is. Several texts in a frame are separated by a zero
character. A tag without frames is no bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradatim.tagging.fields import TagField
from gradatim.tagging.payload import id3_size

if TYPE_CHECKING:
    from mutagen.id3 import ID3

_HEADER = 10
_FRAME = re.compile(rb"[A-Z][A-Z0-9]{3}")


def id3_texts(tag: bytes, field: TagField) -> tuple[str, ...] | None:
    """Return the texts of a field; None where the tag has none."""
    if not tag:
        return None
    key = field.id3(_version(tag)).casefold()
    for name, frame in _parse(tag).items():
        if name.casefold() == key:
            # A frame of nothing but empty texts says nothing, and none is ever written.
            texts = tuple(map(str, frame.text))
            return texts if any(texts) else None
    return None


def retagged_id3(
    tag: bytes, values: Mapping[TagField, Sequence[str] | None], excess: int = 0
) -> bytes:
    """Return a tag with the texts of some fields exchanged; None takes a field away.

    Of the room behind the frames `excess` bytes are given up.
    """
    version = _version(tag)
    frames = _frames(tag)
    for field, texts in values.items():
        key = field.id3(version).casefold()
        names = [_written_key(frame, key, version) for frame in frames]
        at = next((k for k, name in enumerate(names) if name), len(frames))
        # Upper or lower case stays, so that the frame can become again what it was.
        name = names[at] if at < len(frames) else field.id3(version)
        made = [] if texts is None else [_frame(name, texts, version)]
        others = [frame for frame, name in zip(frames, names, strict=True) if not name]
        frames = [*others[:at], *made, *others[at:]]
    body = b"".join(frames)
    if not body:
        return b""
    body = body.ljust(len(tag) - _HEADER - excess, b"\0")
    return _header(version, len(body)) + body


def _version(tag: bytes) -> int:
    return 3 if tag[3:4] == b"\x03" else 4


def _header(version: int, size: int) -> bytes:
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, 0]) + digits


def _parse(tag: bytes) -> ID3:
    from mutagen.id3 import ID3

    # Frames of version 2.2 have other names.
    return ID3(io.BytesIO(tag), load_v1=False, translate=tag[3] == 2)


def _render(tags: Any, version: int) -> bytes:
    file = io.BytesIO()
    tags.save(file, v1=0, v2_version=version, v23_sep=None, padding=lambda _: 0)
    return file.getvalue()


def _frames(tag: bytes) -> list[bytes]:
    """Return the frames of a tag as bytes; of one that is coded as a whole, as mutagen writes."""
    if not tag:
        return []
    frames = _plain_frames(tag)
    if frames is None:
        tags = _parse(tag)
        if tag[3] == 2 and tags.unknown_frames:
            raise ValueError("its ID3v2.2 tag holds frames that no later version has")
        frames = _plain_frames(_render(tags, _version(tag)))
    if frames is None:
        raise ValueError("its ID3 tag does not consist of frames")
    return frames


def _plain_frames(tag: bytes) -> list[bytes] | None:
    """Cut a tag into frames; None if it is coded as a whole or they do not fill it."""
    if tag[3] not in (3, 4) or tag[5]:
        return None
    found, at = [], _HEADER
    while at + _HEADER <= len(tag) and tag[at]:
        size = tag[at + 4 : at + 8]
        if not _FRAME.fullmatch(tag[at : at + 4]) or (tag[3] == 4 and max(size) > 127):
            return None
        length = id3_size(b"ID3\0\0\0" + size) if tag[3] == 4 else _HEADER + _number(size)
        if at + length > len(tag):
            return None
        found.append(tag[at : at + length])
        at += length
    return None if tag[at:].strip(b"\0") else found


def _number(digits: bytes) -> int:
    return int.from_bytes(digits, "big")


def _written_key(frame: bytes, key: str, version: int) -> str:
    """Return the key of a frame as it is written in the file; empty if it is not the one of key."""
    if frame[:4] != key[:4].upper().encode():
        return ""
    names = _parse(_header(version, len(frame)) + frame)
    return next((name for name in names if name.casefold() == key), "")


def _frame(key: str, texts: Sequence[str], version: int) -> bytes:
    from mutagen.id3 import ID3, Encoding, Frames

    # Version 2.3 has no UTF-8.
    latin = all(ord(character) < 256 for text in texts for character in text)
    encoding = Encoding.UTF8 if version == 4 else Encoding.LATIN1 if latin else Encoding.UTF16
    name, _, description = key.partition(":")
    named = {"desc": description} if description else {}
    tags = ID3()
    tags.add(Frames[name](encoding=encoding, text=list(texts), **named))
    return _render(tags, version)[_HEADER:]
