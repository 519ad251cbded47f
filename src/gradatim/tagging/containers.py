"""Where each kind of file keeps its tags: ID3 tags, Vorbis comments, and atoms of MP4.

Conventions: tags are opened from one file and saved as a copy of it. What is not of the fields that
change is written as it was, byte for byte where it is cut out of the file here (ID3, FLAC), value
for value where mutagen writes (Ogg, MP4). A broken file raises what it makes mutagen raise.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from gradatim._files import open_regular
from gradatim.tagging.fields import TagField
from gradatim.tagging.id3 import id3_texts, retagged_id3
from gradatim.tagging.payload import (
    Kind,
    flac_blocks,
    id3_size,
    iff_chunks,
    mp4_atoms,
    vorbis_comment,
)

if TYPE_CHECKING:
    from mutagen import PaddingInfo
    from mutagen.flac import FLAC
    from mutagen.mp4 import MP4
    from mutagen.ogg import OggFileType

#: Texts of a field, or None where it is not there.
Values = tuple[str, ...] | None

#: New texts of fields, or None where one is taken away.
Changes = Mapping[TagField, Sequence[str] | None]

_ID3_HEADER, _CHUNK_HEADER = 10, 8

# Of a block of FLAC's metadata, and two of its types.
_FLAC_HEADER, _PADDING, _COMMENTS = 4, 1, 4

_ATOM_HEADER = 8

_BLOCK = 1 << 20


class AudioTags(Protocol):
    """Tags of one file."""

    kind: Kind

    def texts(self, field: TagField) -> Values:
        """Return the values of a field."""
        ...

    def others(self, fields: Iterable[TagField]) -> object:
        """Return what is not of some fields, to be compared."""
        ...

    def save(self, source: Path, copy: Path, changes: Changes, excess: int | None) -> None:
        """Make a copy of the file with other values and `excess` bytes less of room for more."""
        ...


def open_tags(path: Path, kind: Kind) -> AudioTags:
    """Open the tags of a file of some kind; what mutagen meets in a broken one, it raises."""
    if kind in ("FLAC", "Ogg"):
        return _VorbisTags(path, kind)
    return _MP4Tags(path, kind) if kind == "MP4" else _ID3Tags(path, kind)


class _ID3Tags:
    """An ID3 tag, which opens an MP3 file or is a chunk of a WAV or AIFF file."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.kind: Kind = kind
        self._chunk_name = b"id3 " if kind == "WAV" else b"ID3 "
        with open_regular(path) as file:
            self._end = file.seek(0, 2)
            # Of the tag itself.
            start, stop = self._find(file)
            file.seek(start)
            self._tag = file.read(stop - start)
        # Of the tag with all that is replaced together with it.
        self._place = start, stop
        if kind != "MP3" and self._tag:
            self._place = start - _CHUNK_HEADER, min(stop + (stop - start) % 2, self._end)
        if self._tag and not id3_size(self._tag):
            raise ValueError("its ID3 chunk holds no ID3 tag")

    def _find(self, file: BinaryIO) -> tuple[int, int]:
        """Return where the tag begins and ends, or would stand."""
        if self.kind == "MP3":
            file.seek(0)
            return 0, id3_size(file.read(_ID3_HEADER))
        for chunk in iff_chunks(file, self.kind):
            if chunk.name.upper() == b"ID3 " and chunk.size:
                self._chunk_name = chunk.name
                return chunk.start, chunk.start + chunk.size
        return self._end, self._end

    def texts(self, field: TagField) -> Values:
        """Return the texts of its frame."""
        return id3_texts(self._tag, field)

    def others(self, fields: Iterable[TagField]) -> object:
        """Return the other frames, without the room behind them."""
        return retagged_id3(self._tag, dict.fromkeys(fields))[_ID3_HEADER:].rstrip(b"\0")

    def save(self, source: Path, copy: Path, changes: Changes, excess: int | None) -> None:
        """Write what stands before the tag, the tag, and what stands behind it."""
        made = retagged_id3(self._tag, changes, excess or 0)
        start, stop = self._place
        with open_regular(source) as old, open(copy, "wb") as new:
            _copy(old, new, 0, start)
            if self.kind == "MP3":
                new.write(made)
            elif made:
                # A chunk begins at an even place.
                new.write(bytes(start % 2) + self._chunk_name + self._size(len(made)) + made)
                new.write(bytes(len(made) % 2))
            _copy(old, new, stop, self._end)
            if self.kind != "MP3":
                size = new.tell() - _CHUNK_HEADER
                new.seek(4)
                new.write(self._size(size))

    def _size(self, size: int) -> bytes:
        try:
            return size.to_bytes(4, "little" if self.kind == "WAV" else "big")
        except OverflowError:
            raise ValueError("with a tag the file would be larger than its kind can be") from None


class _VorbisTags:
    """Vorbis comments of a FLAC or Ogg file; the order of the others stays."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.kind: Kind = kind
        self._file = _flac(path) if kind == "FLAC" else _ogg(path)

    def texts(self, field: TagField) -> Values:
        """Return the values of its comments."""
        name = field.vorbis.lower()
        found = [value for key, value in self._pairs() if key.lower() == name]
        return tuple(found) or None

    def others(self, fields: Iterable[TagField]) -> object:
        """Return the other comments, and all other metadata of a FLAC file."""
        names = {field.vorbis.lower() for field in fields}
        comments = [pair for pair in self._pairs() if pair[0].lower() not in names]
        blocks = getattr(self._file, "metadata_blocks", [])
        kept = [(b.code, b.write()) for b in blocks if b.code not in (_PADDING, _COMMENTS)]
        return comments, kept

    def save(self, source: Path, copy: Path, changes: Changes, excess: int | None) -> None:
        """Write the values where the first of a field stood, else behind all others."""
        if self._file.tags is None:
            self._file.add_tags()
        tags: Any = self._file.tags
        held = vorbis_comment(source, self.kind)
        if held and tags.write(framing=False) not in held:
            raise ValueError("its comments are no text, or not as they should be")
        for field, texts in changes.items():
            name = field.vorbis.lower()
            pairs = self._pairs()
            places = [k for k, (key, _) in enumerate(pairs) if key.lower() == name]
            at = places[0] if places else len(pairs)
            key = pairs[at][0] if places else field.vorbis
            others = [pair for k, pair in enumerate(pairs) if k not in places]
            tags[:] = [*others[:at], *((key, text) for text in texts or ()), *others[at:]]
        if self.kind == "FLAC":
            _write_flac(source, copy, tags.write(framing=False), excess)
        else:
            shutil.copyfile(source, copy)
            self._file.save(copy, padding=_padding(excess))

    def _pairs(self) -> list[tuple[str, str]]:
        tags: Any = self._file.tags
        return list(tags or ())


class _MP4Tags:
    """Atoms of an MP4 file."""

    def __init__(self, path: Path, kind: Kind) -> None:
        from mutagen.mp4 import MP4

        self.kind: Kind = kind
        self._file: MP4 = MP4(path)

    def texts(self, field: TagField) -> Values:
        """Return the values of its atom."""
        key = self._key(field)
        values = (self._file.tags or {}).get(key) or ()
        return tuple(v.decode() if isinstance(v, bytes) else str(v) for v in values) or None

    def others(self, fields: Iterable[TagField]) -> object:
        """Return the other atoms."""
        keys = {self._key(field) for field in fields}
        return {key: value for key, value in (self._file.tags or {}).items() if key not in keys}

    def save(self, source: Path, copy: Path, changes: Changes, excess: int | None) -> None:
        """Write the values in the form of their atom."""
        from mutagen.mp4 import MP4FreeForm

        if self._file.tags is None:
            self._file.add_tags()
        tags: Any = self._file.tags
        for field, texts in changes.items():
            key = self._key(field)
            tags.pop(key, None)
            if texts is None:
                continue
            if key == "tmpo":
                tags[key] = [int(text) for text in texts]
            elif key.startswith("----"):
                tags[key] = [MP4FreeForm(text.encode()) for text in texts]
            else:
                tags[key] = list(texts)
        size = source.stat().st_size - (excess or 0)
        shutil.copyfile(source, copy)
        self._file.save(copy, padding=_padding(excess))
        if excess is not None and copy.stat().st_size == size + _ATOM_HEADER:
            _drop_free_atom(copy)

    def _key(self, field: TagField) -> str:
        """Return the key of a field as it is written in the file."""
        known = field.mp4.casefold()
        return next((k for k in self._file.tags or {} if k.casefold() == known), field.mp4)


def _drop_free_atom(path: Path) -> None:
    """Cut off the empty atom that mutagen leaves behind tags, where it is the end of the file."""
    with open(path, "r+b") as file:
        start, end = 0, file.seek(0, 2)
        around = []
        for name in (b"moov", b"udta", b"meta", b"free"):
            atoms = list(mp4_atoms(file, start, end))
            if not atoms or atoms[-1][0] != name or atoms[-1][2] != end:
                return
            around.append(atoms[-1][1] - _ATOM_HEADER)
            # A meta atom begins with its version and flags.
            start = atoms[-1][1] + (4 if name == b"meta" else 0)
        for place in around[:-1]:
            file.seek(place)
            whole = int.from_bytes(file.read(4), "big")
            # A size of 1 stands elsewhere, one of 0 is up to the end.
            if whole != end - place:
                return
        for place in around[:-1]:
            file.seek(place)
            file.write((end - place - _ATOM_HEADER).to_bytes(4, "big"))
        file.truncate(end - _ATOM_HEADER)


def _copy(old: BinaryIO, new: BinaryIO, start: int, stop: int) -> None:
    old.seek(start)
    while start < stop and (block := old.read(min(_BLOCK, stop - start))):
        new.write(block)
        start += len(block)


def _write_flac(source: Path, copy: Path, comments: bytes, excess: int | None) -> None:
    """Exchange the block of comments; the padding takes what it grows by, if it can."""
    with open_regular(source) as old, open(copy, "wb") as new:
        blocks = list(flac_blocks(old))
        first = blocks[0][1] - _FLAC_HEADER
        stop = blocks[-1][1] + blocks[-1][2]
        end = old.seek(0, 2)
        found = []
        for code, start, size in blocks:
            old.seek(start)
            found.append((code, old.read(size)))
        codes = [code for code, _ in found]
        if _COMMENTS not in codes:
            codes.insert(1, _COMMENTS)
            found.insert(1, (_COMMENTS, b""))
        place = codes.index(_COMMENTS)
        grown = len(comments) - len(found[place][1])
        found[place] = _COMMENTS, comments
        if _PADDING in codes:
            room = found[codes.index(_PADDING)][1]
            left = len(room) - grown - (excess or 0)
            if left >= 0:
                found[codes.index(_PADDING)] = _PADDING, bytes(left)
        _copy(old, new, 0, first)
        for number, (code, content) in enumerate(found):
            last = 0x80 if number == len(found) - 1 else 0
            new.write(bytes([code | last]) + len(content).to_bytes(3, "big") + content)
        _copy(old, new, stop, end)


def _padding(excess: int | None) -> Callable[[PaddingInfo], int] | None:
    """Return what tells mutagen how much room to leave; None: as mutagen does."""
    return None if excess is None else lambda info: max(info.padding - excess, 0)


def _flac(path: Path) -> FLAC:
    from mutagen.flac import FLAC

    return FLAC(path)


def _ogg(path: Path) -> OggFileType:
    from mutagen.oggflac import OggFLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggspeex import OggSpeex
    from mutagen.oggvorbis import OggVorbis

    with open_regular(path) as file:
        head = file.read(64)
    marks = {
        b"\x01vorbis": OggVorbis,
        b"OpusHead": OggOpus,
        b"\x7fFLAC": OggFLAC,
        b"Speex   ": OggSpeex,
    }
    for mark, reader in marks.items():
        if mark in head:
            return reader(path)
    raise ValueError("its Ogg stream is neither Vorbis, Opus, FLAC nor Speex")
