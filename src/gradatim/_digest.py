"""Hashes of content: what is equal has one hash, on every machine.

Conventions: text is hashed as UTF-8, arrays as the bytes of their values in C order. A hash is
written in hexadecimal digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

__all__ = ["row_hashes", "sha256", "short_hash"]

Part = str | bytes | np.ndarray

# Rows that are copied at once
_ROWS = 1_000


def sha256(*parts: Part) -> str:
    """Hash texts, bytes and arrays, one after the other (64 digits)."""
    digest = hashlib.sha256()
    for data in _bytes(parts):
        digest.update(data)
    return digest.hexdigest()


def short_hash(*parts: Part, size: int = 20) -> str:
    """Hash texts, bytes and arrays to a name of `size` bytes (2 * size digits)."""
    digest = hashlib.blake2b(digest_size=size)
    for data in _bytes(parts):
        digest.update(data)
    return digest.hexdigest()


def row_hashes(X: np.ndarray) -> np.ndarray:
    """Hash every row of a matrix (n_rows, n_columns) of floats, to an array of shape (n_rows,)."""
    # Adding 0 turns -0 into 0, which is the same number in other bytes.
    zero = X.dtype.type(0)
    parts = (X[start : start + _ROWS] + zero for start in range(0, len(X), _ROWS))
    return np.array([sha256(row) for part in parts for row in part])


def _bytes(parts: tuple[Part, ...]) -> Iterator[bytes | memoryview]:
    for part in parts:
        if isinstance(part, str):
            yield part.encode(errors="surrogatepass")
        elif isinstance(part, bytes):
            yield part
        else:
            array = np.ascontiguousarray(part)
            # Numbers are hashed where they lie: what is trained on may fill half of the memory.
            plain = array.size and array.dtype.kind in "biufc"
            yield array.view(np.uint8).data if plain else array.tobytes()
