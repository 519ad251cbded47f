"""Columns from Arrow: files of Parquet and Arrow, and data frames of pandas, polars and others.

Conventions: a row is counted from 1. A column that is no number, text or list is named for what it
is where somebody asks for its numbers. Text is checked to be UTF-8, since whoever wrote a file may
have written anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from mmap import mmap
from typing import TYPE_CHECKING, Any

from gradatim._text import show_name
from gradatim.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

#: How a Parquet file begins.
PARQUET = b"PAR1"

#: How Arrow begins: a file (Feather), and a stream.
ARROW = (b"ARROW1", b"\xff\xff\xff\xff")


def read_parquet(source: str, data: bytes | mmap) -> dict[str, pa.ChunkedArray]:
    """Read the columns of a Parquet file."""
    from pyarrow import parquet

    def read(file: pa.BufferReader) -> pa.Table:
        opened = parquet.ParquetFile(file)
        # Before its columns are read, since a dictionary would hold one of two names.
        _refuse_duplicates(source, opened.schema_arrow.names)
        return opened.read()

    return _read_file(source, data, "Parquet", read)


def read_arrow(source: str, data: bytes | mmap) -> dict[str, pa.ChunkedArray]:
    """Read the columns of an Arrow file; of a mapped one that is not compressed, where they lie."""
    from pyarrow import ipc

    opened = ipc.open_file if data[:6] == ARROW[0] else ipc.open_stream
    return _read_file(source, data, "Arrow", lambda file: opened(file).read_all())


def _read_file(
    source: str, data: bytes | mmap, kind: str, read: Callable[[pa.BufferReader], pa.Table]
) -> dict[str, pa.ChunkedArray]:
    import pyarrow as pa

    try:
        table = read(pa.BufferReader(pa.py_buffer(data)))
        table.validate(full=True)
        return _plain(source, table)
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, MemoryError) as error:
        if isinstance(error, TableError):
            raise
        reason = (str(error).splitlines() or ["not enough memory"])[0]
        shown = show_name(reason, 200)
        raise TableError(f"{source} cannot be read as {kind} ({shown})") from error


def read_frame(frame: Any) -> dict[str, pa.ChunkedArray]:
    """Read the columns of a data frame: pandas', polars', Arrow's, or whatever streams as Arrow."""
    import pyarrow as pa

    try:
        if isinstance(frame, pa.Table):
            table = frame
        elif hasattr(frame, "iloc") and hasattr(frame, "columns"):
            # Its own stream of Arrow would add the index.
            table = pa.Table.from_pandas(_with_text_names(frame), preserve_index=False)
        else:
            table = pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise TableError(
            f"the data frame cannot be read ({str(error).splitlines()[0]}); give one of pandas, "
            "polars or Arrow with one type per column"
        ) from error
    return _plain("the data frame", table)


def name_kind(kind: pa.DataType) -> str:
    """Name what a column that is not of numbers holds; nothing where it is of numbers or text."""
    from pyarrow import types

    names = {
        "dates": types.is_date,
        "times": lambda k: types.is_timestamp(k) or types.is_time(k),
        "durations": types.is_duration,
        "intervals of time": types.is_interval,
        "lists": is_list,
        "nested values": types.is_nested,
        "bytes": lambda k: (
            types.is_binary(k)
            or types.is_large_binary(k)
            or types.is_fixed_size_binary(k)
            or types.is_binary_view(k)
        ),
    }
    return next((name for name, matches in names.items() if matches(kind)), "")


def is_list(kind: pa.DataType) -> bool:
    """Tell whether a type is one of lists."""
    from pyarrow import types

    return types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)


def _with_text_names(frame: Any) -> Any:
    """Return a frame of pandas whose columns are named by text, several levels in one."""
    names = [
        " ".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else str(name)
        for name in frame.columns
    ]
    frame = frame.copy(deep=False)
    frame.columns = names
    return frame


def _plain(source: str, table: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return columns of simple types: a categorical column is its values, text is of one kind."""
    import pyarrow as pa
    import pyarrow.compute as pc

    _refuse_duplicates(source, table.column_names)
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if isinstance(column.type, pa.FixedShapeTensorType):
            column = column.cast(column.type.storage_type)
        if pa.types.is_dictionary(column.type):
            column = _decoded(column)
        if pa.types.is_run_end_encoded(column.type):
            column = pc.call_function("run_end_decode", [column])
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        if pa.types.is_list_view(column.type) or pa.types.is_large_list_view(column.type):
            column = _lists(column)
        if _has_times(column.type):
            _require_calendar(source, name, column)
        columns[name] = column
    return columns


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the values of a categorical column; Arrow has no cast to some of its own types."""
    import pyarrow as pa

    kind = column.type.value_type
    kind = pa.string() if pa.types.is_string_view(kind) else kind
    parts = [chunk.dictionary.cast(kind).take(chunk.indices) for chunk in column.chunks]
    return pa.chunked_array(parts, type=kind)


def _lists(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return lists for list views; Arrow's own cast loses the last one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for chunk in column.chunks:
        lengths = pc.call_function("list_value_length", [chunk]).fill_null(0)
        ends = lengths.to_numpy(zero_copy_only=False).cumsum(dtype="int64")
        starts = pa.array([0, *ends.tolist()], pa.int64())
        lists = pa.LargeListArray.from_arrays(starts, chunk.flatten(), mask=chunk.is_null())
        parts.append(lists)
    return pa.chunked_array(parts, type=pa.large_list(column.type.value_type))


def _has_times(kind: pa.DataType) -> bool:
    from pyarrow import types

    inner = [kind.field(k).type for k in range(kind.num_fields)]
    return types.is_temporal(kind) or any(map(_has_times, inner))


def _require_calendar(source: str, name: str, column: pa.ChunkedArray) -> None:
    """Refuse times that Python has no value for: a file may hold any number as one."""
    try:
        column.to_pylist()
    except (OverflowError, ValueError, LookupError) as error:
        zone = getattr(column.type, "tz", None)
        if zone is not None and not _is_zone(zone):
            raise TableError(
                f"column {name!r} of {source} has times of the zone {show_name(zone)!r}, which is "
                "none; correct it or leave the column out of the file"
            ) from error
        raise TableError(
            f"column {name!r} of {source} has a time that no calendar has ({error}); correct it or "
            "leave the column out of the file"
        ) from error


def _is_zone(name: str) -> bool:
    import pyarrow as pa

    try:
        pa.scalar(0, pa.timestamp("s", name)).as_py()
    except (ValueError, LookupError):
        return False
    return True


def _refuse_duplicates(source: str, names: list[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise TableError(f"{source} has {count} columns named {name!r}; rename all but one")
