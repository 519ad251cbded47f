"""What was, or will be, done to the tags of files: values that say so, and why a file was left.

Conventions: a reason is a sentence without the name of its file, which stands beside it.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gradatim._progress import Progress, steady
from gradatim.errors import InputError
from gradatim.music.listing import readable_path
from gradatim.tagging.containers import Values


@dataclass(frozen=True)
class TagChange:
    """A file, the values that its field has, and those that were predicted."""

    path: str  # What the file is called: its path below the source
    file: Path  # Where it is
    before: Values  # Values of the field; None if the file has none
    after: tuple[str, ...]  # Values that are predicted: one class, several labels, or a number


@dataclass(frozen=True)
class LeftFile:
    """A file that was left as it is, and why."""

    path: str  # What the file is called
    reason: str  # One sentence without the name


@dataclass(frozen=True)
class TagChanges:
    """What is, or was, written into the tags of files."""

    field: str  # Name of the field
    changes: Sequence[TagChange]  # Files whose field changes
    applied: bool = False  # Whether the changes have been written
    n_same: int = 0  # Files that had the predicted values already
    n_silent: int = 0  # Files of which nothing is predicted
    left: Sequence[LeftFile] = ()  # Files that cannot be changed

    @property
    def nothing_could_be_done(self) -> bool:
        """Whether every file that should have a tag was left as it is."""
        return bool(self.left) and not self.changes and not self.n_same

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "field": self.field,
            "applied": self.applied,
            "changes": [
                {
                    "path": one.path,
                    "before": None if one.before is None else list(one.before),
                    "after": list(one.after),
                }
                for one in self.changes
            ],
            "n_same": self.n_same,
            "n_silent": self.n_silent,
            "left": [asdict(one) for one in self.left],
        }


@dataclass(frozen=True)
class TagsRestored:
    """What came back of the tags from before."""

    source: str  # Name of the file or folder
    n_restored: int  # Files whose tags were given their values from before
    n_same: int = 0  # Files that had them already
    n_forgotten: int = 0  # Files that are gone, which the sidecars no longer name
    left: Sequence[LeftFile] = ()  # Files that were left as they are

    @property
    def nothing_could_be_done(self) -> bool:
        """Whether every file was left as it is."""
        return bool(self.left) and not (self.n_restored or self.n_same or self.n_forgotten)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {**asdict(self), "left": [asdict(one) for one in self.left]}


def require_changeable(file: Path) -> None:
    """Refuse what must not be replaced."""
    try:
        state = os.lstat(file)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    if stat.S_ISLNK(state.st_mode):
        raise InputError(f"{file} is a link; give its tag to the file that it leads to")
    if not stat.S_ISREG(state.st_mode):
        raise InputError(f"{file} is no ordinary file")
    # Whoever may do everything still respects what a mode says.
    if not state.st_mode & 0o222 or not os.access(file, os.W_OK):
        raise InputError(f"{file} is read-only")


def reason_of(error: Exception, file: Path) -> str:
    """Say what is wrong with a file whose name is said already."""
    sentence = str(error)
    for name in (str(file.resolve()), str(file)):
        sentence = sentence.removeprefix(f"{name} ")
    return readable_path(sentence.replace(str(file), file.name))


def steps(progress: Progress | None, n_files: int, n_steps: int = 1) -> Callable[[], None]:
    """Return what is called at every step of every file, and tells how many files are done."""
    tell, done = steady(progress), itertools.count()

    def step() -> None:
        share = next(done) / max(n_files * n_steps, 1)
        tell(share, f"{int(share * n_files):,}/{n_files:,}")

    return step
