"""Fields of tags that a prediction may be written into: their names in each kind of file.

Conventions: a field is called by its name in lower case. Where no kind of file has a place of its
own for it, it stands in a field with that name in capitals: TXXX in ID3, a comment in Vorbis, a
free atom in MP4.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from gradatim._text import show_name
from gradatim.errors import MissingExtraError, SpecError
from gradatim.models.model import Model
from gradatim.music.tags import TAGS

_FREE = "----:com.apple.iTunes:"

# ID3 has a mood from version 2.4 on.
_PLACES = {
    "genre": ("TCON", "TCON", "\xa9gen"),
    "mood": ("TMOO", "TXXX:MOOD", f"{_FREE}MOOD"),
    "bpm": ("TBPM", "TBPM", "tmpo"),
}

# What names a recording, or has a form that a class has not.
_RESERVED = frozenset(TAGS) - set(_PLACES) | {
    "albumartist", "compilation", "contact", "cover", "coverart", "coverartmime", "cuesheet",
    "description", "discnumber", "disctotal", "encodedby", "encoder", "isrc", "key", "location",
    "lyrics", "metadata_block_picture", "organization", "picture", "rating", "totaldiscs",
    "totaltracks", "tracknumber", "tracktotal", "version", "year",
}  # fmt: skip

_NAME = re.compile(r"[a-z][a-z0-9 _-]{0,29}")

# ID3 reads these as genres of its numbered list.
_NUMBERED_GENRE = re.compile(r"\d+|\(.*|RX|CR", re.DOTALL)

#: Beats per minute that every kind of file can hold.
BPM_RANGE = (1, 65535)


@dataclass(frozen=True)
class TagField:
    """A field and where each kind of file keeps it."""

    name: str

    @property
    def vorbis(self) -> str:
        """Name of its Vorbis comments."""
        return self.name.upper()

    @property
    def mp4(self) -> str:
        """Key of its atom, as mutagen writes it."""
        return _PLACES[self.name][2] if self.name in _PLACES else f"{_FREE}{self.name.upper()}"

    def id3(self, version: int) -> str:
        """Return the key of its frame in ID3v2.3 or 2.4, given by 3 or 4."""
        if self.name not in _PLACES:
            return f"TXXX:{self.name.upper()}"
        return _PLACES[self.name][0 if version == 4 else 1]


def tag_field(name: str) -> TagField:
    """Return the field of a name, or say why nothing can be written into it."""
    known = name.strip().lower()
    if not _NAME.fullmatch(known):
        raise SpecError(
            f"{show_name(name)!r} cannot name a tag; take genre, mood, bpm, or a name of your own "
            "of at most 30 letters (a to z), digits and blanks"
        )
    if re.sub("[ -]", "_", known) in _RESERVED or known.startswith("replaygain"):
        raise SpecError(
            f"{known} says which recording it is or how it is played, so no prediction goes there; "
            "take genre, mood, bpm, or a name of your own"
        )
    return TagField(known)


def require_mutagen() -> None:
    """Refuse to begin where mutagen is not installed."""
    from importlib.util import find_spec

    if find_spec("mutagen") is None:
        raise MissingExtraError(
            "tags of audio files need mutagen, which is not installed; install it with: pip "
            "install 'gradatim[tags]'"
        )


def check_tagging(model: Model, name: str) -> None:
    """Refuse, before any file is read, tags in a field that a model's predictions cannot be."""
    field = tag_field(name)
    require_mutagen()
    if model.task == "regression":
        if len(model.target_names or ("",)) > 1:
            raise SpecError(
                f"the model gives {len(model.target_names)} numbers for each file, and a tag holds "
                "one; take a model of one target"
            )
        return
    check_labels(field, model.target_names if model.classes is None else map(str, model.classes))


def check_labels(field: TagField, labels: Iterable[str]) -> None:
    """Refuse classes or labels that would be read as something else."""
    for label in labels:
        if not label.strip() or any(unicodedata.category(c) in ("Cc", "Cs") for c in label):
            raise SpecError(f"the class {show_name(label)!r} cannot be written as a tag; rename it")
        if field.name == "genre" and _NUMBERED_GENRE.fullmatch(label):
            raise SpecError(
                f"players read the genre {show_name(label)!r} as one of ID3's numbered genres; "
                "rename the class, or write it into a tag of another name"
            )
        if field.name == "bpm" and bpm_text(label) is None:
            raise SpecError(
                f"bpm holds a number of beats per minute, and {show_name(label)!r} is none; write "
                "the classes into a tag of another name"
            )


def bpm_text(value: str | float) -> str | None:
    """Round beats per minute as tags hold them; None where the value is no tempo."""
    try:
        beats = round(float(value))
    except (ValueError, OverflowError):
        return None
    low, high = BPM_RANGE
    return str(beats) if low <= beats <= high else None
