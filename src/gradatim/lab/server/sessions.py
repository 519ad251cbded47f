"""Sessions: what every open page has for itself, and how much that may be.

Conventions: a session has the server's collection until it has read files of its own. Sessions,
files and rows are bounded; whoever meets a bound is told in one sentence. Nothing of a session
outlives it, and nothing that a page sends names a place on the server.
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import time
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path

from gradatim._text import plural, show_name
from gradatim.collection import Collection
from gradatim.errors import GradatimError, SpecError
from gradatim.lab.lesson import MOST_CLASSES, feature_names, is_curve
from gradatim.lab.server.jobs import Job
from gradatim.lab.server.protocol import (
    MOST_FILES,
    MOST_FOLDER_BYTES,
    MOST_SESSIONS,
    About,
    NamedInput,
)

#: Seconds after which a session that asks nothing may be ended for another.
IDLE = 600
_MOST_ROWS, _MOST_BYTES, _MOST_IN_ALL = 100_000, 256 * 2**20, 2**30
_MOST_NAMES = 300
_SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")
_TABLES = (".csv", ".tsv")
_MOST_FOLDERS = 4


class SessionError(GradatimError):
    """A session that is unknown, or one too many."""


@dataclass(eq=False)
class Session:
    """What one open page has for itself."""

    id: str
    collection: Collection
    title: str
    folder: Path
    asked: float = field(default_factory=time.monotonic)
    job: Job | None = None
    n_files: int = 0
    n_bytes: int = 0
    version: int = 0  # How often a collection of its own was read; 0 for the server's

    @property
    def input_key(self) -> tuple[str, int]:
        """What tells its collection from those of other sessions, and from its earlier ones."""
        return (self.id, self.version) if self.version else ("", 0)

    def place_of(self, name: str, size: int) -> Path:
        """Return where a file that is sent goes, below the session's folder."""
        parts = [_plain(part) for part in name.split("/")]
        if not 1 <= len(parts) <= _MOST_FOLDERS or not all(map(_is_name, parts)):
            raise SpecError(f"{show_name(name)} is no name of a file; rename it")
        if not parts[-1].lower().endswith((*_SOUNDS, *_TABLES)):
            known = ", ".join((*_SOUNDS, *_TABLES))
            raise SpecError(f"{show_name(name)} is neither a sound nor a table; drop {known}")
        if self.n_files >= MOST_FILES:
            raise SpecError(f"{MOST_FILES:,} files are the most; drop fewer")
        if self.n_bytes + size > MOST_FOLDER_BYTES:
            raise SpecError(f"{MOST_FOLDER_BYTES >> 20} MB are the most; drop fewer files")
        self.n_files += 1
        self.n_bytes += size
        return self.folder.joinpath(*parts)

    def forget_files(self) -> None:
        """Remove what was sent."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.n_files = self.n_bytes = 0


def _plain(part: str) -> str:
    return unicodedata.normalize("NFC", part)


def _is_name(part: str) -> bool:
    """Tell whether a part of a path is an ordinary name on every system."""
    return (
        0 < len(part.encode("utf-8", "replace")) <= 100
        and not part.startswith(".")
        and not part.endswith((".", " "))
        and not re.search(r'[\\/:*?"<>|]', part)
        and all(unicodedata.category(c)[0] != "C" for c in part)
    )


class Sessions:
    """All sessions of a server."""

    def __init__(self, collection: Collection, title: str) -> None:
        self._shared, self._title = collection, title
        self._sessions: dict[str, Session] = {}
        # Made with the first session: a server that cannot start leaves nothing behind.
        self._root: Path | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self) -> Session:
        """Begin a session; the longest idle one ends if there are too many."""
        if len(self._sessions) >= MOST_SESSIONS:
            oldest = min(self._sessions.values(), key=lambda one: one.asked)
            if time.monotonic() - oldest.asked < IDLE:
                raise SessionError(
                    f"{MOST_SESSIONS} pages are open, which is the most; close one and wait"
                )
            self._end(oldest)
        id = secrets.token_hex(16)
        self._root = self._root or Path(tempfile.mkdtemp(prefix="gradatim-lab-"))
        folder = self._root / id
        folder.mkdir()
        self._sessions[id] = Session(id, self._shared, self._title, folder)
        return self._sessions[id]

    def find(self, id: str) -> Session:
        """Return a session, which has asked something just now."""
        session = self._sessions.get(id)
        if session is None:
            raise SessionError("the server does not know this page any more; it begins again")
        session.asked = time.monotonic()
        return session

    def adopt(self, session: Session, collection: Collection) -> None:
        """Give a session a collection of its own."""
        own = [one.collection for one in self._sessions.values() if one.version]
        check_size(collection, sum(map(_n_bytes, own)))
        # What could be heard lies in files that do not stay.
        session.collection, session.title = replace(collection, media=None), "your files"
        session.version += 1

    def _end(self, session: Session) -> None:
        del self._sessions[session.id]
        shutil.rmtree(session.folder, ignore_errors=True)

    def close(self) -> None:
        """End all sessions."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)


def _n_bytes(collection: Collection) -> int:
    return sum(X.nbytes for X in collection.X.values())


def check_size(collection: Collection, beside: int = 0) -> None:
    """Refuse a collection that is too large for a session, or beside those of the others."""
    if collection.task != "classification" and not is_curve(collection):
        raise SpecError("the lab shows classes or one number, and these files have neither")
    if collection.n_samples > _MOST_ROWS or _n_bytes(collection) > _MOST_BYTES:
        raise SpecError(
            f"{plural(collection.n_samples, 'row')} of {_n_bytes(collection) >> 20} MB are too "
            f"many; a page may have {_MOST_ROWS:,} rows and {_MOST_BYTES >> 20} MB"
        )
    if beside + _n_bytes(collection) > _MOST_IN_ALL:
        raise SpecError("the server's memory is full of other pages' files; try again later")


def about_collection(session: Session) -> About:
    """Say what a session's collection is."""
    collection = session.collection
    inputs = [
        NamedInput(name, X.shape[1], [show_name(one) for one in names[:_MOST_NAMES]])
        for name, X in collection.X.items()
        for names in [feature_names(collection, name)]
    ]
    classes = [str(one) for one in collection.classes[: 20 * MOST_CLASSES]]
    return About(show_name(session.title), collection.n_samples, inputs, classes)
