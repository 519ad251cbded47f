"""Files of a folder that the cells of a table name.

Conventions: a cell is tried as a path below the folder, beside the table or absolute, with either
slash; then without the suffix; then as a name alone, wherever the file lies; then as a number,
which leading zeros do not change (FMA's track 2 is ``000/000002.mp3``). What several files could
be meant by is none of them; case is the last thing that may differ.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from gradatim.music.formats import AUDIO_SUFFIXES, MEDIA_SUFFIXES
from gradatim.music.scores.formats import SCORE_SUFFIXES


def path_key(path: str) -> str:
    r"""Write a path in one way: forward slashes, no dots, composed accents.

    Examples
    --------
    >>> path_key(r".\drums\kick.wav")
    'drums/kick.wav'
    """
    return unicodedata.normalize("NFC", os.path.normpath(path.replace("\\", "/"))).replace(
        "\\", "/"
    )


class FileFinder:
    """Finds the file below the folder that a path means, or None."""

    def __init__(
        self, folder: Path, home: Path, files: Iterable[str], *, loosely: bool = False
    ) -> None:
        self._folder = folder.resolve()
        self._home = home.resolve()
        files = list(files)
        ways = _WAYS if loosely else _WAYS[:1]
        self._ways = [(_unique(files, of_file), of_cell) for of_file, of_cell in ways]

    def __call__(self, path: str) -> str | None:
        """Return the file that a path means, if there is one."""
        key = path_key(path)
        if key == ".":
            return None
        # An absolute path takes the place of the table's folder when they are joined.
        beside = os.path.relpath(self._home / key, self._folder)
        for files, of_cell in self._ways:
            for spelled in (key, beside):
                if (found := files.get(of_cell(spelled))) is not None:
                    return found
        return None


def _unique(files: Sequence[str], way: Callable[[str], str]) -> dict[str, str]:
    """Map what a file is called in one way to the file, unless two are called so."""
    found: dict[str, str | None] = {}
    for file in files:
        called = way(path_key(file))
        found[called] = file if called not in found else None
    return {called: file for called, file in found.items() if file is not None and called}


def _itself(path: str) -> str:
    return path


def _stem(path: str) -> str:
    """Take off the suffix of an audio file or score; the end of ``take.1`` is none."""
    base, suffix = os.path.splitext(path)
    return base if suffix.lower() in AUDIO_SUFFIXES | MEDIA_SUFFIXES | SCORE_SUFFIXES else path


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _number(path: str) -> str:
    stem = _stem(_name(path))
    return str(int(stem)) if stem.isascii() and stem.isdigit() else ""


# How a file is called, and how a cell; the strictest first.
_WAYS: tuple[tuple[Callable[[str], str], Callable[[str], str]], ...] = (
    (_itself, _itself),
    (_stem, _itself),
    (_stem, _stem),
    (_name, _name),
    (lambda path: _stem(_name(path)), _name),
    (lambda path: _stem(_name(path)), lambda path: _stem(_name(path))),
    (lambda path: _stem(_name(path)).lower(), lambda path: _stem(_name(path)).lower()),
    (_number, _number),
)
