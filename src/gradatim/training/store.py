"""A store: finished work kept in a folder, so that an interrupted run can go on.

Conventions: a *record* is a JSON object and some arrays under a key that covers everything it
depends on, so a record is never wrong, only missing. Records are written in parts of many, a part
under a temporary name and then renamed; a part is an npz file without pickle, whose checksums
tell a damaged one, which counts as missing. Safe to use from several threads. What cannot be
written costs the keeping, never the work.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import struct
import threading
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from gradatim._files import open_regular, write_atomically
from gradatim.errors import OutputError

__all__ = ["Record", "Store"]

#: Parts of one size that are merged into one of the next, so that a long run leaves few files.
FAN_OUT = 16

#: Bytes from which a part stays as it is: merging it would cost more than another file does.
LARGE = 2**20

#: What reading a damaged or foreign file may raise.
_DAMAGE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,  # Nested too deeply, encrypted, or compressed by what Python lacks
    MemoryError,
    SyntaxError,  # The name of a type
    EOFError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class Record(NamedTuple):
    """What is kept under a key."""

    info: dict[str, Any]  # Anything that JSON can say
    arrays: tuple[np.ndarray, ...] = ()  # Numbers, truth values or text


class Store:
    """Finished work in a folder; a context manager that writes everything when left."""

    def __init__(self, folder: str | os.PathLike[str], *, seconds: float = 1.0) -> None:
        self.folder = Path(folder)
        self.failure: OutputError | None = None
        self._seconds = seconds
        self._lock = threading.RLock()  # of everything below
        self._writing = threading.Lock()  # one part at a time; taken before the other
        self._pending: dict[str, Record] = {}
        self._place: dict[str, Path] = {}
        self._open_part: tuple[Path, dict[str, Record]] | None = None
        self._due = threading.Event()
        self._closed = threading.Event()
        self._writer: threading.Thread | None = None
        for path in sorted(self.folder.glob("*.npz")):
            self._place |= dict.fromkeys(_read_part(path), path)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __contains__(self, key: str) -> bool:
        with self._lock:
            return key in self._pending or key in self._place

    def __len__(self) -> int:
        with self._lock:
            return len(self._pending) + len(self._place)

    def count(self) -> Counter[str]:
        """Count the records by kind, which is what stands before the colon of a key."""
        with self._lock:
            return Counter(key.partition(":")[0] for key in (*self._place, *self._pending))

    def get(self, key: str) -> Record | None:
        """Look a record up."""
        with self._lock:
            if key in self._pending:
                return self._pending[key]
            path = self._place.get(key)
            if path is None:
                return None
            # Records that were finished together are asked for together.
            if self._open_part is None or self._open_part[0] != path:
                self._open_part = (path, _read_part(path))
            found = self._open_part[1].get(key)
            if found is None:
                del self._place[key]
            return found

    def put(self, key: str, record: Record) -> None:
        """Keep a record; it is written soon, by another thread."""
        for array in record.arrays:
            _plain(array.dtype.str)
        with self._lock:
            if self.failure is not None or key in self:
                return
            self._pending[key] = record
            if self._writer is None and not self._closed.is_set():
                self._writer = threading.Thread(
                    target=self._write_from_time_to_time, name="gradatim-store", daemon=True
                )
                self._writer.start()
        self._due.set()

    def flush(self) -> None:
        """Write every record that waits, now."""
        with self._writing:
            with self._lock:
                waiting = dict(self._pending)
            if not waiting:
                return
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                path = self._write(waiting, level=0)
            except OSError as error:
                self._give_up(error)
                return
            with self._lock:
                self._place |= dict.fromkeys(waiting, path)
                for key in waiting:
                    self._pending.pop(key, None)
            self._merge(level=0)

    def close(self) -> None:
        """Write every record that waits, and end."""
        self._closed.set()
        self._due.set()
        self.flush()

    def clear(self) -> None:
        """Forget everything, on disk too."""
        with self._writing, self._lock:
            self._pending, self._place, self._open_part = {}, {}, None
            _remove(self.folder.glob("*.npz"))

    def _write_from_time_to_time(self) -> None:
        while not self._closed.is_set():
            self._due.wait()
            self._due.clear()
            self._closed.wait(self._seconds)
            if not self._closed.is_set():
                self.flush()

    def _give_up(self, error: OSError) -> None:
        with self._lock:
            self.failure = error if isinstance(error, OutputError) else OutputError(str(error))
            self._pending = {}

    def _write(self, records: dict[str, Record], level: int) -> Path:
        size = sum(array.nbytes for record in records.values() for array in record.arrays)
        name = f"{'large' if size >= LARGE else level}-{secrets.token_hex(8)}.npz"
        return write_atomically(self.folder / name, lambda file: _encode(records, file))

    def _merge(self, level: int) -> None:
        """Make one part of many small ones; killed on the way, it leaves some records twice."""
        small = sorted(self.folder.glob(f"{level}-*.npz"))
        if len(small) < FAN_OUT:
            return
        records = {key: record for path in small for key, record in _read_part(path).items()}
        try:
            path = self._write(records, level + 1)
        except OSError as error:
            self._give_up(error)
            return
        with self._lock:
            self._place |= dict.fromkeys(records, path)
            _remove(small)
        self._merge(level + 1)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _encode(records: dict[str, Record], file: BinaryIO) -> None:
    """Lay records out as an index and a run of bytes: one member per array would take minutes."""
    index = [
        [key, record.info, [[a.dtype.str, a.shape] for a in record.arrays]]
        for key, record in records.items()
    ]
    values = [
        np.ascontiguousarray(a).reshape(-1).view(np.uint8)
        for record in records.values()
        for a in record.arrays
        if a.size
    ]
    with zipfile.ZipFile(file, "w") as part:
        _write_member(part, "index", [np.frombuffer(json.dumps(index).encode(), np.uint8)])
        _write_member(part, "values", values)


def _write_member(part: zipfile.ZipFile, name: str, pieces: list[np.ndarray]) -> None:
    """Write bytes as one array of an npz file, without a copy of them in memory."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (sum(map(len, pieces)),)}
    with part.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, header)
        for piece in pieces:
            member.write(memoryview(piece))  # type: ignore[arg-type]


def _read_part(path: Path) -> dict[str, Record]:
    """Read the records of a part; a damaged part has none."""
    try:
        # Reading a member to its end compares its checksum.
        with open_regular(path) as file, np.load(file, allow_pickle=False) as part:
            index, values = json.loads(part["index"].tobytes()), part["values"].tobytes()
        return _decode(index, values)
    except _DAMAGE:
        return {}


def _decode(index: list, values: bytes) -> dict[str, Record]:
    records, start = {}, 0
    for key, info, layout in index:
        arrays: list[np.ndarray] = []
        for name, shape in layout:
            dtype, n = _plain(name), math.prod(shape)
            if any(length < 0 for length in shape):
                raise ValueError(f"{shape} is no shape")
            # Copied: a view would hold the whole part in memory, and could not be written to.
            arrays.append(np.frombuffer(values, dtype, n, start).reshape(shape).copy())
            start += n * dtype.itemsize
        records[key] = Record(info, tuple(arrays))
    return records


def _plain(name: str) -> np.dtype:
    dtype = np.dtype(name)
    if dtype.kind not in "biufU":
        raise ValueError(f"a store holds numbers, truth values and text, not {dtype}")
    return dtype
