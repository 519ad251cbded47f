"""Writing a result so that nobody ever finds half of one.

Conventions: text is UTF-8; a file is written under a temporary name beside its target, flushed to
disk, and renamed, so that the target is either the old content or the whole new one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from gradatim.errors import OutputError

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a whole file or none of it.

    Parameters
    ----------
    path : path-like
        Where the file goes; its folder must exist.
    content : str or bytes
        What goes into it.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If it cannot be written (no such folder, no permission, a full disk). A file of that name
        that was there before is then still there, unchanged.
    """
    target = Path(path).absolute()
    data = content.encode() if isinstance(content, str) else content
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        reason = error.strerror or str(error)
        raise OutputError(f"{target} could not be written: {reason}") from error
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
