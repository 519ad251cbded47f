"""Where parts of kept features lie: a folder of this machine, or one of an object store.

Conventions: a part is written whole or not at all: here under a temporary name that is renamed, in
a store by its own promise that an object is there when its upload is complete. A place is a path,
or a URL that pyarrow knows (``s3://``, ``gs://``, ``fsspec+...://``); ``file://`` is a path.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from gradatim._files import write_atomically
from gradatim.errors import OutputError, SpecError

if TYPE_CHECKING:
    from pyarrow import fs, parquet


@dataclass(frozen=True)
class RemotePath:
    """A folder or a file of an object store, as far as a path is needed of it."""

    filesystem: fs.FileSystem = field(hash=False, compare=False)
    path: str

    def __truediv__(self, name: str) -> RemotePath:
        return RemotePath(self.filesystem, f"{self.path}/{name}")

    @property
    def name(self) -> str:
        """The last of its names."""
        return self.path.rpartition("/")[2]

    def unlink(self) -> None:
        """Remove the file."""
        self.filesystem.delete_file(self.path)


PartPath = Path | RemotePath


def part_place(place: str | Path) -> PartPath:
    """Return the folder that a path or a URL names."""
    text = str(place)
    if "://" not in text:
        return Path(place)
    if text.startswith("file://"):
        return Path(unquote(urlsplit(text).path))
    import pyarrow as pa

    try:
        filesystem, path = _from_uri(text)
    except (pa.ArrowException, ImportError, OSError, ValueError) as error:
        raise SpecError(f"features cannot be kept at {text} ({error})") from error
    if not path.strip("/"):
        raise SpecError(f"features cannot be kept at {text}, which names no folder or bucket")
    return RemotePath(filesystem, path.rstrip("/"))


def _from_uri(text: str) -> tuple[fs.FileSystem, str]:
    from pyarrow import fs

    return fs.FileSystem.from_uri(text)


def list_parts(folder: PartPath) -> list[PartPath]:
    """Return the parts of a folder, sorted; none if there is no such folder."""
    if isinstance(folder, Path):
        try:
            return [*sorted(folder.glob("*.parquet"))]
        except OSError:
            return []
    from pyarrow import fs

    selector = fs.FileSelector(folder.path, allow_not_found=True)
    try:
        names = [found.base_name for found in folder.filesystem.get_file_info(selector)]
    except (OSError, ValueError) as error:
        raise OutputError(f"features cannot be kept at {folder.path} ({error})") from error
    return [folder / name for name in sorted(names) if name.endswith(".parquet")]


def open_part(part: PartPath, metadata: parquet.FileMetaData | None = None) -> parquet.ParquetFile:
    """Open a part, of which the metadata may be known; a context manager."""
    from pyarrow import parquet

    if isinstance(part, Path):
        return parquet.ParquetFile(part, metadata=metadata)
    return parquet.ParquetFile(part.path, metadata=metadata, filesystem=part.filesystem)


def write_part(folder: PartPath, name: str, write: Callable[[Any], object]) -> None:
    """Write a part, whole or not at all."""
    if isinstance(folder, Path):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, write)
        return
    # Whole before the upload begins: what ends in the middle of one would be there.
    whole = io.BytesIO()
    write(whole)
    folder.filesystem.create_dir(folder.path)
    with folder.filesystem.open_output_stream((folder / name).path) as stream:
        stream.write(whole.getbuffer())
