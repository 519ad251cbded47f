"""Writing a result so that nobody ever finds half of one, and reading only what is a file.

Conventions: text is UTF-8; a file is written under a temporary name beside its target, flushed to
disk, and renamed, so that the target is either the old content or the whole new one. A link is
followed, so that what it points to is replaced and the link stays. A pipe or a device is never
read: the one may not end, the other need not begin.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from gradatim.errors import OutputError

__all__ = [
    "check_folder",
    "check_writable",
    "make_folder",
    "open_regular",
    "read_regular",
    "rewrite_atomically",
    "write_atomically",
]

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file to read bytes; what is no ordinary file is an `OSError` that says what it is."""
    name = os.path.expanduser(os.fspath(path))
    if "\0" in name:
        raise OSError(errno.EINVAL, "no file has such a name", name)
    # Asked before and after: to open a device may do something, and a name may change its file.
    _require_regular(os.stat(name).st_mode, name)
    descriptor = os.open(
        name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    file = os.fdopen(descriptor, "rb")
    try:
        _require_regular(os.fstat(descriptor).st_mode, name)
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: str | os.PathLike[str]) -> bytes:
    """Read all bytes of an ordinary file; see `open_regular`."""
    with open_regular(path) as file:
        return file.read()


def _require_regular(mode: int, name: str) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not an ordinary file", name)


def check_writable(path: str | os.PathLike[str]) -> Path:
    """Make sure, before long work, that its result can be written to a file."""
    target = _target(path)
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".gradatim-"):
            return target
    except OSError as error:
        raise _output_error(target, error) from error


def check_folder(path: str | os.PathLike[str]) -> Path:
    """Make sure, before long work, that files can be written to a folder, made if need be."""
    if not os.fspath(path):
        raise OutputError("the name of a folder is empty; give one, or . for the current folder")
    folder = Path(path).resolve()
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; give the name of a folder to write into")
    if folder.is_dir():
        check_writable(folder / "file")
    else:
        # A folder is made as a file is: in one that is there.
        check_writable(folder)
    return folder


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder that files are to be written to, unless it is there."""
    folder = check_folder(path)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _output_error(folder, error) from error
    return folder


def write_atomically(
    path: str | os.PathLike[str], content: str | bytes | Callable[[BinaryIO], object]
) -> Path:
    """Write a whole file or none of it: text, bytes, or what a function writes."""
    with _in_the_place_of(path) as (target, temporary):
        with open(temporary, "wb") as file:
            if callable(content):
                content(file)
            else:
                file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
    return target


def rewrite_atomically(path: str | os.PathLike[str], write: Callable[[Path], object]) -> Path:
    """Replace a file by what a function makes in a file beside it, or leave it if that fails.

    The function is given the path of an empty file. Owner, mode and extended attributes stay; the
    time of change is now.
    """
    with _in_the_place_of(path) as (target, temporary):
        write(temporary)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        shutil.copystat(target, temporary)
        os.utime(temporary)
        with contextlib.suppress(AttributeError, OSError):
            # Where another's file may be written, it stays the other's.
            before = target.stat()
            os.chown(temporary, before.st_uid, before.st_gid)
    return target


@contextlib.contextmanager
def _in_the_place_of(path: str | os.PathLike[str]) -> Iterator[tuple[Path, Path]]:
    """Give a file and an empty one beside it, which takes its place unless something fails."""
    target = _target(path)
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".gradatim-")
        os.close(descriptor)
        yield target, Path(temporary)
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise _output_error(target, error) from error
    finally:
        # Also on Ctrl-C in the middle of a write.
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _target(path: str | os.PathLike[str]) -> Path:
    target = Path(path).resolve()
    if not target.parent.is_dir():
        raise OutputError(
            f"{target} cannot be written: there is no folder {target.parent}; make it first"
        )
    # Renaming over a device such as /dev/null would replace the device.
    if target.exists() and not target.is_file():
        kind = "a folder" if target.is_dir() else "no ordinary file"
        raise OutputError(f"{target} cannot be written: it is {kind}; give the name of a file")
    return target


def _output_error(target: Path, error: OSError) -> OutputError:
    return OutputError(f"{target} cannot be written: {error.strerror or error}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
