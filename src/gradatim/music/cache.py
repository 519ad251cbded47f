"""Kept features: what was computed of a file is computed once, whichever verb asks.

Conventions: a *part* is a Parquet file with a row for each piece of some files, written under a
temporary name and renamed, so that it is whole or not there. A file is the same if its path below
the root, its size and its time of change are (or, to be sure, the hash of its bytes). The folder
of the parts is named by the root, the recipe of one set and the versions of what computes. What
cannot be read counts as missing; what cannot be written costs the keeping, never the work. Files
that cannot be read as audio are not kept, so they are tried again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim._cache import prune
from gradatim._digest import short_hash
from gradatim.errors import OutputError
from gradatim.music.analyses import FileAnalysis, FilePart
from gradatim.music.file_identity import FileIdentity
from gradatim.music.fingerprints import N_BANDS, N_STEPS
from gradatim.music.part_files import (
    PartPath,
    RemotePath,
    list_parts,
    open_part,
    part_place,
    write_part,
)
from gradatim.music.recipes import SetRecipe
from gradatim.tables.arrow_columns import bytes_column, column, matrix

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

#: Parts of one folder from which on they are merged into one.
MANY_PARTS = 16

#: Days after which features that nobody asked for are removed.
MAX_DAYS = 90

#: Bytes that all features may take.
MAX_BYTES = 2 * 10**9

#: Files of a group, which is read at once.
GROUP_FILES = 256

#: Groups that stay in memory while files are asked for.
GROUPS_AT_HAND = MANY_PARTS

_COMPUTES = ("gradatim", "numpy", "scipy", "soundfile", "soxr")


class CachedFile(NamedTuple):
    """What is kept of a file: the numbers of one set."""

    identity: FileIdentity
    analysis: FileAnalysis


class FeatureCache:
    """What is kept of the files below one root.

    Not safe to use from several threads at once; several processes may use one folder.
    """

    def __init__(self, folder: Path | str, root: Path, *, verify: bool = False) -> None:
        self.verify = verify  # Whether files are known by their bytes, not by their times
        self.folder = folder  # A path or a URL
        self.failure: str | None = None  # Why something could not be kept
        self._folder = part_place(folder)
        self.root = Path(os.path.abspath(root))
        self._typed = os.path.join(os.fspath(root), "")

    def name(self, path: str | os.PathLike[str]) -> bytes:
        """Return what a file is called in the parts: bytes, since a name may be no UTF-8."""
        text = os.fspath(path)
        # Twenty thousand paths are made relative at once, and most begin as the root was typed.
        if text.startswith(self._typed) and ".." not in text:
            return os.fsencode(text[len(self._typed) :])
        return os.fsencode(os.path.relpath(os.path.abspath(path), self.root))

    def is_same(self, kept: CachedFile, now: FileIdentity) -> bool:
        """Tell whether a file is as it was when it was read."""
        then = kept.identity
        if self.verify:
            return then.sha256 != "" and then.sha256 == now.sha256
        return then.stamp == now.stamp

    def place(self, recipe: SetRecipe) -> PartPath:
        """Return the folder of what one recipe gave."""
        about = (os.fsencode(self.root), sorted(recipe.to_dict().items()), _versions())
        return self._folder / short_hash(repr(about), size=10)

    def read(self, recipe: SetRecipe) -> Mapping[bytes, CachedFile]:
        """Return what is kept of one recipe, by the names of files; read as it is asked for."""
        folder = self.place(recipe)
        if isinstance(folder, Path):
            with contextlib.suppress(OSError):
                os.utime(folder)  # What is asked for is not old.
        return _CachedFiles(list_parts(folder), recipe)

    def write(self, recipe: SetRecipe, files: Mapping[bytes, CachedFile]) -> bool:
        """Keep what one recipe gave of some files, as one part; whether that could be done."""
        if not len(files):
            return False
        try:
            folder = self.place(recipe)
            # Sorted by time, so that what was computed last counts.
            name = f"{_next_number(folder):06d}-{secrets.token_hex(4)}.parquet"
            write_part(folder, name, lambda file: _write(file, files, len(recipe.names)))
            return True
        except (OSError, OutputError) as error:
            reason = f"{self.folder} cannot be written: {error.strerror or error}"
            self.failure = self.failure or (
                str(error) if isinstance(error, OutputError) else reason
            )
            return False

    def tidy(self, recipes: Iterable[SetRecipe]) -> None:
        """Merge parts that have become many, and remove what is old or beyond a limit.

        Done by who has written, so that whoever only reads does not wait for it.
        """
        if isinstance(self._folder, RemotePath):
            return  # Others have it too.
        for recipe in recipes:
            self._merge(recipe)
        with contextlib.suppress(OSError):
            prune(self._folder, max_days=MAX_DAYS, max_bytes=MAX_BYTES)

    def _merge(self, recipe: SetRecipe) -> None:
        if len(list_parts(self.place(recipe))) < MANY_PARTS:
            return
        kept = _CachedFiles(list_parts(self.place(recipe)), recipe)
        if len(kept.parts) >= MANY_PARTS and self.write(recipe, kept):
            for part in kept.parts:
                with contextlib.suppress(OSError):
                    part.unlink()


@dataclass(frozen=True, eq=False)
class _Group:
    """Files of a part that are read at once."""

    part: PartPath
    number: int
    metadata: parquet.FileMetaData | None  # Of the part, so that it need not be read again


class _CachedFiles(Mapping[bytes, CachedFile]):
    """The files of some parts: names in memory, and their numbers a group of files at a time.

    A file whose group has gone or is damaged counts as missing.
    """

    def __init__(self, parts: Sequence[PartPath], recipe: SetRecipe) -> None:
        self.parts: list[PartPath] = []  # Those that hold some
        schema = _schema(len(recipe.names))
        self._group_of: dict[bytes, _Group] = {}
        self._read = lru_cache(GROUPS_AT_HAND)(partial(_read_group, schema=schema))
        self._last: tuple[_Group | None, dict[bytes, CachedFile]] = None, {}
        for part in parts:
            metadata, groups = _names(part, schema)
            self.parts += [part] if groups else []
            for number, names in enumerate(groups):
                group = _Group(part, number, metadata)
                self._group_of |= dict.fromkeys(names, group)  # What came last counts.

    def __getitem__(self, name: bytes) -> CachedFile:
        group = self._group_of[name]
        if group is not self._last[0]:  # Mostly it is, and files are many.
            self._last = group, self._read(group)
        return self._last[1][name]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._group_of)

    def __len__(self) -> int:
        return len(self._group_of)


@cache
def _versions() -> tuple[str, ...]:
    return tuple(version(name) for name in _COMPUTES)


def _next_number(folder: PartPath) -> int:
    parts = list_parts(folder)
    try:
        return int(parts[-1].name.partition("-")[0]) + 1 if parts else 0
    except ValueError:
        return len(parts)


def _schema(n_features: int) -> pa.Schema:
    import pyarrow as pa

    return pa.schema({
        "path": pa.binary(),
        "size": pa.int64(),
        "mtime_ns": pa.int64(),
        "bytes_sha256": pa.string(),
        "whole": pa.bool_(),
        "oddities": pa.list_(pa.string()),
        "start": pa.float64(),
        "sha256": pa.string(),
        "silent": pa.bool_(),
        # Bytes of float32, which are read many times as fast as lists.
        "fingerprint": pa.binary(4 * N_BANDS * N_STEPS),
        "features": pa.binary(4 * n_features),
    })  # fmt: skip


def _write(target: Any, files: Mapping[bytes, CachedFile], n_features: int) -> None:
    from pyarrow import parquet

    schema = _schema(n_features)
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        names = sorted(files)  # As they are asked for
        for first in range(0, len(names), GROUP_FILES):
            wanted = names[first : first + GROUP_FILES]
            # What is damaged has no place in a new part.
            group = {name: kept for name in wanted if (kept := files.get(name)) is not None}
            if group:
                writer.write_table(_table(group, schema))


def _table(files: Mapping[bytes, CachedFile], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    rows = [(name, kept, piece) for name, kept in files.items() for piece in kept.analysis.pieces]
    columns: dict[str, Any] = {
        "path": [name for name, _, _ in rows],
        "size": [kept.identity.size for _, kept, _ in rows],
        "mtime_ns": [kept.identity.mtime_ns for _, kept, _ in rows],
        "bytes_sha256": [kept.identity.sha256 for _, kept, _ in rows],
        "whole": [kept.analysis.whole for _, kept, _ in rows],
        "oddities": [list(kept.analysis.oddities) for _, kept, _ in rows],
        "start": [piece.start for _, _, piece in rows],
        "sha256": [piece.sha256 for _, _, piece in rows],
        "silent": [piece.silent for _, _, piece in rows],
    }
    arrays = [column(values, schema.field(name).type) for name, values in columns.items()]
    arrays.append(bytes_column(np.stack([piece.fingerprint for *_, piece in rows])))
    arrays.append(bytes_column(np.stack([piece.features for *_, piece in rows])))
    return pa.Table.from_arrays(arrays, schema=schema)


def _names(
    part: PartPath, schema: pa.Schema
) -> tuple[parquet.FileMetaData | None, list[list[bytes]]]:
    """Return the metadata of a part and the names in its groups; none if it cannot be used."""
    import pyarrow as pa

    try:
        with open_part(part) as file:
            if not file.schema_arrow.equals(schema):
                return None, []
            groups = range(file.num_row_groups)
            columns = [file.read_row_group(k, columns=["path"])["path"] for k in groups]
            return file.metadata, [column.unique().to_pylist() for column in columns]
    except (pa.ArrowException, OSError, ValueError):
        return None, []


def _read_group(group: _Group, schema: pa.Schema) -> dict[bytes, CachedFile]:
    """Read a group of files; none if the part has gone, is damaged or is another by now."""
    import pyarrow as pa

    try:
        with open_part(group.part, group.metadata) as file:
            table = file.read_row_group(group.number)
        table.validate(full=True)
        return _files(table) if table.schema.equals(schema) and len(table) else {}
    except (pa.ArrowException, OSError, ValueError):
        return {}


def _files(table: pa.Table) -> dict[bytes, CachedFile]:
    columns = {name: table[name].to_pylist() for name in table.column_names[:-2]}
    about = (columns[name] for name in ("sha256", "start", "silent"))
    pieces = map(FilePart, matrix(table["features"]), *about, matrix(table["fingerprint"]))
    places: dict[bytes, int] = {}
    own: dict[bytes, list[FilePart]] = {}
    for k, (name, piece) in enumerate(zip(columns["path"], pieces, strict=True)):
        if name in own:
            own[name].append(piece)
        else:
            own[name], places[name] = [piece], k
    stamps = (columns[name] for name in ("size", "mtime_ns", "bytes_sha256"))
    identities = [*map(FileIdentity, *stamps)]
    whole, oddities = columns["whole"], columns["oddities"]
    return {
        name: CachedFile(
            identities[k], FileAnalysis(tuple(own[name]), whole[k], tuple(oddities[k]))
        )
        for name, k in places.items()
    }
