"""Files of a kind below a folder: what is found, and what was passed over and why.

Conventions: a file is called by its path below the root with forward slashes; files are in sorted
order. Hidden files and folders, and what systems leave behind, are passed over. A link that leads
out of the root is not followed unless asked; a circle of links is gone round once.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.music.formats import AUDIO_SUFFIXES, MEDIA_SUFFIXES, has_media, reader_of

# Folders that systems and devices leave behind.
_LEFT_BEHIND = frozenset(
    {"__macosx", "@eadir", "$recycle.bin", "system volume information", "lost+found"}
)


@dataclass(frozen=True)
class Listing:
    """What audio, or what else was looked for, lies below a folder."""

    files: tuple[str, ...]  # What can be read
    undecoded: tuple[str, ...] = ()  # Audio that only FFmpeg reads, which is not installed
    n_outside: int = 0  # Links out of the folder that were not followed
    outside: str = ""  # One of them
    closed: tuple[str, ...] = ()  # Folders that may not be read
    special: tuple[str, ...] = ()  # Pipes, devices and links to nothing, called as such a file
    noun: str = "audio file"

    @property
    def notices(self) -> Iterator[Notice]:
        """What a person should know."""
        if self.undecoded:
            suffixes = Counter(Path(file).suffix.lower() or "no suffix" for file in self.undecoded)
            kinds = ", ".join(f"{n} {suffix}" for suffix, n in sorted(suffixes.items()))
            yield Notice(
                "left-out",
                f"{plural(len(self.undecoded), 'audio file')} left out that only FFmpeg reads "
                f"({kinds}); to read them: pip install 'gradatim[media]'",
            )
        if self.n_outside:
            yield Notice(
                "left-out",
                f"{plural(self.n_outside, 'link')} that "
                f"{'leads' if self.n_outside == 1 else 'lead'} out of the folder not followed, "
                f"such as {show_name(self.outside)}; --follow-links follows them",
            )
        for what, names in (
            ("folder that may not be read", self.closed),
            (f"name of {_article(self.noun)} that is no regular file", self.special),
        ):
            if names:
                count = plural(len(names), what.split()[0])
                rest = what.partition(" ")[2]
                yield Notice(
                    "left-out", f"{count} {rest} passed over, such as {show_name(names[0])}"
                )


def list_audio_files(root: Path, *, follow_links: bool = False) -> Listing:
    """List the audio files below a folder."""
    media = has_media()
    undecoded = []

    def is_readable(path: str) -> bool:
        reader = reader_of(path)
        if reader == "FFmpeg" and not media:
            undecoded.append(Path(os.path.relpath(path, root)).as_posix())
            return False
        return reader is not None

    suffixes = AUDIO_SUFFIXES | MEDIA_SUFFIXES
    listing = list_files(root, is_readable, suffixes, "audio file", follow_links=follow_links)
    return replace(listing, undecoded=tuple(sorted(undecoded)))


def list_files(
    root: Path,
    is_readable: Callable[[str], bool],
    suffixes: AbstractSet[str],
    noun: str,
    *,
    follow_links: bool = False,
) -> Listing:
    """List the files below a folder that can be read, and what has one of the suffixes but not."""
    home = os.path.realpath(root)
    files, outside, closed, special = [], [], [], []
    seen: set[str] = set()

    def leads_out(path: str, mode: int) -> bool:
        if follow_links or not stat.S_ISLNK(mode):
            return False
        real = os.path.realpath(path)
        return os.path.commonpath([real, home]) != home

    def below(path: str) -> str:
        return Path(os.path.relpath(path, root)).as_posix()

    def on_error(error: OSError) -> None:
        closed.append(below(str(error.filename)))

    for folder, subfolders, names in os.walk(root, followlinks=True, onerror=on_error):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        kept = [name for name in sorted(subfolders) if not _passed_over(name)]
        left = {n for n in kept if leads_out(p := os.path.join(folder, n), _mode_of(p))}
        outside += [below(os.path.join(folder, name)) for name in kept if name in left]
        subfolders[:] = [name for name in kept if name not in left]
        inside = below(folder)
        inside = "" if inside == "." else f"{inside}/"
        start = os.path.join(folder, "")
        for name in names:
            path = start + name
            if _passed_over(name):
                continue
            mode = _mode_of(path)
            if leads_out(path, mode):
                outside.append(inside + name)
            elif not (stat.S_ISREG(mode) or os.path.isfile(path)):
                # A pipe of that name would block whoever opens it.
                if Path(name).suffix.lower() in suffixes:
                    special.append(inside + name)
            elif is_readable(path):
                files.append(inside + name)
    return Listing(
        files=tuple(sorted(files)),
        n_outside=len(outside),
        outside=min(outside, default=""),
        closed=tuple(sorted(closed)),
        special=tuple(sorted(special)),
        noun=noun,
    )


def subfolders(root: Path) -> list[str]:
    """Return the names of the folders in one that may be read and are not passed over."""
    try:
        with os.scandir(root) as entries:
            return [
                readable_path(entry.name)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and not _passed_over(entry.name)
                and os.access(entry.path, os.R_OK | os.X_OK)
            ]
    except OSError:
        return []


def readable_path(name: str) -> str:
    """Escape the bytes of a file's name that are no UTF-8."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def below_root(root: Path, error: Exception) -> str:
    """Leave the root out of an error: a result should not tell where a person's files lie."""
    return readable_path(str(error).replace(f"{root}{os.sep}", ""))


def _mode_of(path: str) -> int:
    """Return what a name is, a link for itself; 0 where it has gone."""
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def _passed_over(name: str) -> bool:
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
