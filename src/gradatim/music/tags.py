"""Tags of audio files: genre, artist, album and others, as libsndfile or FFmpeg read them.

Conventions: names of tags are in lower case; a tag that is not there is None. Where libsndfile
knows no tag of a file, PyAV is asked if it is installed.
"""

from __future__ import annotations

import os

from gradatim.errors import SpecError
from gradatim.music.formats import has_media, open_media, reader_of

#: Tags that can be asked for.
TAGS = (
    "album", "album_artist", "artist", "comment", "composer", "copyright", "date", "disc",
    "genre", "grouping", "language", "license", "mood", "performer", "publisher", "title", "track",
)  # fmt: skip

_SNDFILE_NAMES = {"track": "tracknumber"}


def require_tag(name: str) -> str:
    """Return the name of a tag as it is looked up."""
    known = name.strip().lower().replace("-", "_").replace(" ", "_")
    if known not in TAGS:
        raise SpecError(f"there is no tag {name!r}; choose one of {', '.join(TAGS)}")
    return known


def read_tag(path: str | os.PathLike[str], name: str) -> str | None:
    """Read one tag of a file."""
    if reader_of(path) == "libsndfile" and (text := _sndfile_tags(path).get(name)):
        return text
    if has_media():
        return _media_tags(path).get(name)
    return None


def _sndfile_tags(path: str | os.PathLike[str]) -> dict[str, str]:
    import soundfile

    try:
        with open(path, "rb") as opened, soundfile.SoundFile(opened) as file:
            tags = file.copy_metadata()
    except (soundfile.SoundFileError, OSError, RuntimeError):
        return {}
    names = {theirs: ours for ours, theirs in _SNDFILE_NAMES.items()}
    return {names.get(name, name): text.strip() for name, text in tags.items() if text.strip()}


def _media_tags(path: str | os.PathLike[str]) -> dict[str, str]:
    from av.error import FFmpegError

    try:
        with open(path, "rb") as file, open_media(file) as container:
            parts = [container.metadata, *(stream.metadata for stream in container.streams)]
    except (FFmpegError, OSError, ValueError):
        return {}
    found: dict[str, str] = {}
    for tags in parts:
        for name, value in tags.items():
            # From PyAV 19 on, bytes that are no UTF-8 come as halves of characters.
            text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            if text.strip():
                found.setdefault(name.lower().replace("-", "_"), text.strip())
    return found
