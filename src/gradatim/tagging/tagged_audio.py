"""Tags in audio files: the values of some fields read, and exchanged in a copy that is checked.

Conventions: values are texts; None is a field that is not there. A file is replaced as a whole or
not at all, and only by a copy whose sound and whose other tags are the same. Mutagen is the extra
``tags``, and is loaded when a file is opened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from gradatim._files import rewrite_atomically
from gradatim.errors import InputError
from gradatim.tagging.containers import Changes, Values, open_tags
from gradatim.tagging.fields import TagField
from gradatim.tagging.payload import Kind, sound_hash, tag_kind


def read_tags(path: Path, fields: Iterable[TagField]) -> dict[TagField, Values]:
    """Read some fields of a file; a file without tags that gradatim writes is an InputError."""
    with _in_one_sentence(path):
        tags = open_tags(path, _kind(path))
        return {field: tags.texts(field) for field in fields}


def audio_hash(path: Path) -> str:
    """Hash the sound of a file without its tags."""
    with _in_one_sentence(path):
        return sound_hash(path, _kind(path))


def rewrite_tags(path: Path, changes: Changes, size: int | None = None) -> None:
    """Exchange some fields of a file; a field of None is taken away.

    A file that had `size` bytes before its tags grew has this size again, as far as the room behind
    the tags allows it. What is broken, or would not keep its sound and its other tags, is an
    InputError; what cannot be replaced is an OutputError.
    """
    wanted = {field: None if texts is None else tuple(texts) for field, texts in changes.items()}

    def write(copy: Path) -> None:
        with _in_one_sentence(path):
            before = open_tags(path, _kind(path))
            kept = before.others(changes)
            excess = None if size is None else max(path.stat().st_size - size, 0)
            before.save(path, copy, changes, excess)
            after = open_tags(copy, before.kind)
            if {field: after.texts(field) for field in changes} != wanted:
                raise ValueError("they do not read back as they were written")
            if after.others(changes) != kept:
                raise ValueError("another tag would be lost or changed")
            if sound_hash(copy, before.kind) != sound_hash(path, before.kind):
                raise ValueError("its sound would be changed")

    rewrite_atomically(path, write)


def _kind(path: Path) -> Kind:
    kind = tag_kind(path)
    if kind is None:
        raise InputError(
            f"{path} is of a kind whose tags gradatim does not write; MP3, WAV, AIFF, FLAC, Ogg "
            "and MP4 have some"
        )
    return kind


@contextlib.contextmanager
def _in_one_sentence(path: Path) -> Iterator[None]:
    """Say of a broken file what is wrong with it; mutagen raises whatever it meets there."""
    try:
        yield
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path} cannot be read or copied: {error.strerror or error}") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"{path} keeps its tags: {reason.replace(str(path), path.name)}"
        ) from error
