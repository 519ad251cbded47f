"""What a file's container tells: links of a chained Ogg file, and what its header promised.

Conventions: offsets are in bytes. A header that promises nothing (0 or all ones, as recorders
write that cannot go back) is no promise.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

_PAGE_HEADER = 27
_BEGINS, _ENDS = 2, 4

# libsndfile writes into its log what a chunk's header says, and what the file really has.
_SHORT = re.compile(r":\s*(\d+) \(should be (\d+)\)")
_FRAMES = re.compile(
    r"\*\*\* Calculated frame count (\d+) does not match value from 'ds64' chunk of (\d+)"
)
_UNKNOWN_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)


def ogg_links(path: str | os.PathLike[str]) -> tuple[list[tuple[int, int]], bool]:
    """Return where the streams of an Ogg file that follow one another begin and end.

    Also return whether the last of them is whole, which its last page says.

    A radio recording, or albums joined with ``cat``, is a chain of them; libsndfile reads the
    first. A file of another kind is one whole stream.
    """
    size = Path(path).stat().st_size
    starts = [0]
    with open(path, "rb") as file:
        at, begun, ended = 0, True, True
        while at + _PAGE_HEADER <= size:
            header = file.read(_PAGE_HEADER)
            if len(header) < _PAGE_HEADER or header[:4] != b"OggS":
                break
            begins = bool(header[5] & _BEGINS)
            if begins and not begun:
                starts.append(at)
            begun, ended = begins, bool(header[5] & _ENDS)
            at += _PAGE_HEADER + header[26] + sum(file.read(header[26]))
            file.seek(at)
    return list(zip(starts, [*starts[1:], size], strict=True)), ended and at in (0, size)


def promised_share(log: str) -> float:
    """Return which share of the bytes or frames promised by a header is there, from 0 to 1.

    `log` is libsndfile's.

    Examples
    --------
    >>> promised_share("data : 88200 (should be 44100)"), promised_share("data : 88200")
    (0.5, 1.0)
    """
    shares = [1.0]
    for promised, there in _SHORT.findall(log):
        if int(promised) not in _UNKNOWN_SIZES and int(there) < int(promised):
            shares.append(int(there) / int(promised))
    for there, promised in _FRAMES.findall(log):
        if int(promised) not in _UNKNOWN_SIZES and int(there) < int(promised):
            shares.append(int(there) / int(promised))
    return min(shares)


def read_link(path: str | os.PathLike[str], start: int, stop: int) -> io.BytesIO:
    """Return the bytes of one link."""
    with open(path, "rb") as file:
        file.seek(start)
        return io.BytesIO(file.read(stop - start))
