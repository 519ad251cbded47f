"""Python's values as columns of Arrow, and columns as matrices, without pandas.

Conventions: None is a missing value. ``pyarrow.array`` and ``to_numpy`` import pandas wherever it
is installed, which takes longer than NumPy, pyarrow and this package together; buffers need none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return numbers, truth values, texts, bytes or lists of texts as a column of a kind."""
    import pyarrow as pa

    known = np.array([value is not None for value in values], dtype=bool)
    valid = None if known.all() else _bits(known)
    if pa.types.is_list(kind):
        lists = [value or [] for value in values]
        inner = column([one for own in lists for one in own], kind.value_type)
        return pa.Array.from_buffers(kind, len(lists), [valid, _ends(lists)], children=[inner])
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        texts = [v.encode() if isinstance(v, str) else v or b"" for v in values]
        held = [valid, _ends(texts), pa.py_buffer(b"".join(texts))]
        return pa.Array.from_buffers(kind, len(texts), held)
    plain = np.array([value or 0 for value in values], dtype=kind.to_pandas_dtype())
    numbers = _bits(plain) if pa.types.is_boolean(kind) else pa.py_buffer(plain)
    return pa.Array.from_buffers(kind, len(plain), [valid, numbers])


def number_column(values: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    """Return numbers (n_rows,) of any width as a column; what is not `known` is missing."""
    import pyarrow as pa

    valid = None if known is None or known.all() else _bits(known)
    held = [valid, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), held)


def as_array(cells: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return floating-point numbers as an array that may not be written to; missing: NaN."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if whole.null_count:
        whole = pc.call_function("coalesce", [whole, column([np.nan], whole.type)[0]])
    return np.from_dlpack(whole)


def bytes_column(values: np.ndarray) -> pa.Array:
    """Return the rows of a matrix as the bytes of float32."""
    import pyarrow as pa

    plain = np.ascontiguousarray(values, dtype="<f4")
    return pa.Array.from_buffers(
        pa.binary(4 * plain.shape[1]), len(plain), [None, pa.py_buffer(plain)]
    )


def matrix(rows: pa.ChunkedArray) -> np.ndarray:
    """Return rows of bytes as a matrix of float32 that may not be written to."""
    whole = rows.combine_chunks()
    width = whole.type.byte_width
    numbers = np.frombuffer(whole.buffers()[1], dtype="<f4").reshape(-1, width // 4)
    return numbers[whole.offset : whole.offset + len(whole)]


def _ends(values: Sequence[Any]) -> pa.Buffer:
    """Return where each value begins and ends."""
    import pyarrow as pa

    return pa.py_buffer(np.cumsum([0, *map(len, values)], dtype=np.int32))


def _bits(flags: np.ndarray) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.packbits(flags, bitorder="little"))
