"""Kinds of score files, and the scores that a file holds.

Conventions: a MIDI file is known by how it begins, the others by their suffix, and ``.xml`` only if
it is MusicXML. An ABC file holds a tune after each ``X:`` line; what stands before the first one
goes for all of them. Nothing is read beyond `MOST_BYTES`, compressed or not.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gradatim._files import open_regular
from gradatim._text import show_name
from gradatim.errors import InputError

ScoreFormat = Literal["abc", "kern", "midi", "musicxml"]

#: Bytes of a file, and of what a compressed one holds: an opera as MusicXML has less.
MOST_BYTES = 20_000_000

_FORMATS: dict[str, ScoreFormat] = {
    ".abc": "abc",
    ".krn": "kern",
    ".kern": "kern",
    ".mid": "midi",
    ".midi": "midi",
    ".kar": "midi",
    ".rmi": "midi",
    ".musicxml": "musicxml",
    ".mxl": "musicxml",
    ".xml": "musicxml",
}

#: Names that end so are taken for scores.
SCORE_SUFFIXES = frozenset(_FORMATS)

# What reading an archive may raise, besides InputError
_BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError),
    *(KeyError, IndexError, ValueError, struct.error, lzma.LZMAError),
)

_MARK = b"MThd"
_XML_ROOT = re.compile(r"<\s*(?:\w+:)?score-(?:partwise|timewise)\b")
_HEAD = 4096

# Where names of tags stand in ABC and in the reference records of Humdrum
_ABC_TAGS = {
    "A": "area",
    "B": "book",
    "C": "composer",
    "G": "group",
    "K": "key",
    "M": "meter",
    "O": "origin",
    "R": "rhythm",
    "S": "source",
    "T": "title",
}
_KERN_TAGS = {
    "AGN": "genre",
    "ARE": "area",
    "COM": "composer",
    "OTL": "title",
    "PTL": "book",
    "AMT": "meter",
}
#: Of these, case says nothing: REEL is a reel.
_WITHOUT_CASE = frozenset({"rhythm", "genre"})
_ABC_FIELD = re.compile(r"^([A-Za-z]):[ \t]*(.*?)[ \t]*(?:(?<!\\)%.*)?$", re.M)
_ABC_START = re.compile(r"^X:", re.M)
_KERN_RECORD = re.compile(r"^!!!([A-Z]{3})(?:@+\w+)?\d*:[ \t]*(.+?)[ \t]*$", re.M)


@dataclass(frozen=True)
class ScoreText:
    """What music21 is given of a file: all of it, or one tune."""

    format: ScoreFormat
    data: bytes  # UTF-8, unless it is MIDI
    tags: Mapping[str, str] = field(default_factory=dict)


def score_format(path: str | os.PathLike[str]) -> ScoreFormat | None:
    """Tell what kind of score a file is, if it is one."""
    known = _FORMATS.get(Path(path).suffix.lower())
    try:
        with open_regular(path) as file:
            head = file.read(_HEAD)
    except OSError:
        return known if Path(path).suffix.lower() != ".xml" else None
    if head.startswith(_MARK):
        return "midi"
    if Path(path).suffix.lower() == ".xml":
        return "musicxml" if _XML_ROOT.search(_decode(head, lenient=True)) else None
    return known


def split_scores(path: str | os.PathLike[str]) -> list[ScoreText]:
    """Return the scores of a file; InputError without its name if it holds none."""
    format = score_format(path)
    if format is None:
        raise InputError("it is no score")
    try:
        with open_regular(path) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror or error})") from error
    if not data:
        raise InputError("it is empty")
    _require_small(len(data))
    if format == "midi":
        # A .rmi file wraps the same in RIFF.
        at = data.find(_MARK)
        if at < 0:
            raise InputError("it has no header of a MIDI file (MThd)")
        return [ScoreText("midi", data[at:])]
    if format == "musicxml":
        return [ScoreText("musicxml", _musicxml(data).encode())]
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if format == "kern":
        return [ScoreText("kern", text.encode(), _tags(_KERN_RECORD, _KERN_TAGS, text))]
    return split_tunes(text)


def split_tunes(text: str) -> list[ScoreText]:
    r"""Split a tune book: each tune from its X: to an empty line or the next one.

    Examples
    --------
    >>> book = split_tunes("X:1\nT:One\nK:C\nC\n\nX:1\nT:Two\nK:G\nG")
    >>> [tune.tags["title"] for tune in book]
    ['One', 'Two']
    """
    starts = [found.start() for found in _ABC_START.finditer(text)]
    if not starts:
        return [_tune("", f"X:1\n{text.strip()}\n")] if _has_tune(text) else _no_tune()
    shared = _shared_header(text[: starts[0]])
    ends = [*starts[1:], len(text)]
    return [
        _tune(shared, re.split(r"\n[ \t]*\n", text[start:end], maxsplit=1)[0].rstrip() + "\n")
        for start, end in zip(starts, ends, strict=True)
    ]


def _has_tune(text: str) -> bool:
    return re.search(r"^K:", text, re.M) is not None


def _no_tune() -> list[ScoreText]:
    raise InputError("it holds no tune: none of its lines begins with X: or K:")


def _shared_header(text: str) -> str:
    """Return the fields before the first tune that say how it is to be read."""
    fields = (found[0] for found in _ABC_FIELD.finditer(text) if found[1] in "LMRCOABSG")
    return "".join(f"{line}\n" for line in fields)


def _tune(shared: str, text: str) -> ScoreText:
    first, _, rest = text.partition("\n")
    whole = f"{first}\n{shared}{rest}"
    return ScoreText(
        "abc", whole.encode(), _tags(_ABC_FIELD, _ABC_TAGS, shared + text, last=shared)
    )


def _tags(
    pattern: re.Pattern[str], names: Mapping[str, str], text: str, last: str = ""
) -> dict[str, str]:
    """Return the first value of each tag; what the tune says goes before what is `last`."""
    found: dict[str, str] = {}
    for part in (text[len(last) :], last):
        for match in pattern.finditer(part):
            name, value = names.get(match[1]), " ".join(match[2].split())
            if name and value:
                found.setdefault(name, value.lower() if name in _WITHOUT_CASE else value)
    return found


def _musicxml(data: bytes) -> str:
    text = _decode(_unpacked(data) if data.startswith(b"PK") else data)
    if "<!ENTITY" in text:
        raise InputError("it defines XML entities, which no score needs")
    if not _XML_ROOT.search(text):
        raise InputError("it is no MusicXML: it has no score-partwise element")
    # It is UTF-8 now, whatever it was.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _unpacked(data: bytes) -> bytes:
    """Return the score in a .mxl archive: what its container names, else the first XML file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [name for name in archive.namelist() if not name.startswith("META-INF/")]
            named = _named_root(archive)
            names = [name for name in inside if name == named] or [
                name
                for name in inside
                if name.lower().endswith((".xml", ".musicxml"))
                and not Path(name).name.startswith(".")
                and not name.startswith("__MACOSX")
            ]
            if not names:
                raise InputError("the archive holds no score")
            return _member(archive, names[0])
    except InputError:
        raise
    except _BROKEN_ARCHIVE as error:
        # It may quote what stands in the file.
        reason = show_name(str(error))
        raise InputError(f"it is a broken archive ({reason})") from error


def _named_root(archive: zipfile.ZipFile) -> str | None:
    try:
        text = _decode(_member(archive, "META-INF/container.xml"), lenient=True)
    except KeyError:
        return None
    found = re.search(r"""full-path\s*=\s*["']([^"']+)["']""", text)
    return None if found is None else found[1]


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    # The size in the header may be a lie, so the reading is what is limited.
    with archive.open(name) as file:
        data = file.read(MOST_BYTES + 1)
    _require_small(len(data))
    return data


def _require_small(size: int) -> None:
    if size > MOST_BYTES:
        raise InputError(f"it has more than {MOST_BYTES // 1_000_000} MB, too much for a score")


def _decode(data: bytes, *, lenient: bool = False) -> str:
    """Decode a text: by its byte-order mark, else UTF-8, else as Western Windows writes."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"\xef\xbb\xbf", "utf-8-sig"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text and not lenient:
        raise InputError("it is no text")
    return text
