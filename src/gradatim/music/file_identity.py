"""By what a file is known again: its size and its time of change, or the hash of its bytes.

Conventions: times are in nanoseconds; a file that may not be read has no identity.
"""

from __future__ import annotations

import hashlib
import os
from typing import NamedTuple


class FileIdentity(NamedTuple):
    """By what a file is known again."""

    size: int
    mtime_ns: int
    sha256: str = ""  # Of its bytes; empty if they were not read

    @property
    def stamp(self) -> tuple[int, int]:
        """What changes whenever the file is written."""
        return self.size, self.mtime_ns


def identify(path: str | os.PathLike[str], *, content: bool) -> FileIdentity | None:
    """Return the identity of a file, with the hash of its bytes if asked; None if it is closed."""
    try:
        found = os.stat(path)
        digest = ""
        if content:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    return FileIdentity(found.st_size, found.st_mtime_ns, digest)
