"""Columns of a table file, CSV or Parquet, and their values as numbers or texts.

Conventions: CSV is UTF-8 with one header line, separated by commas, semicolons or tabs; its cells
are kept as text until somebody asks for numbers. A row is numbered as an editor shows it (the
header is line 1); in Parquet the first row is 1. Missing is an empty cell or one of `MISSING`.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gradatim.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MISSING", "Columns", "NotANumberError", "read_columns"]

#: Cells of a CSV file that stand for a missing value, besides empty ones; case does not matter.
MISSING = ("na", "n/a", "#n/a", "nan", "null", "?")

# Characters of a number whose digits a float64 always holds.
_HELD = 16

# A row of raw audio is longer than pyarrow's usual block of 1 MiB, and must fit into one.
_BLOCK_BYTES = 1 << 26


class NotANumberError(ValueError):
    """A cell that is no number."""

    def __init__(self, index: int, cell: str) -> None:
        super().__init__(f"{cell!r} is no number")
        self.index = index
        self.cell = cell


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table."""

    source: str  # Name of the file
    columns: Mapping[str, pa.ChunkedArray]  # Columns in order; missing cells are null
    rows: np.ndarray  # (n_rows,): Number of each row, as messages give it

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.columns)

    def require(self, name: str, role: str) -> str:
        """Return `name` if there is such a column, or raise `TableError` with the closest one."""
        if name in self.columns:
            return name
        close = difflib.get_close_matches(name, self.names, 1, cutoff=0.5)
        shown = ", ".join(self.names[:8]) + (", ..." if len(self.names) > 8 else "")
        hint = f"did you mean {close[0]!r}?" if close else f"its columns are {shown}"
        raise TableError(f"{self.source} has no column {name!r} ({role}); {hint}")

    def texts(self, name: str) -> list[str]:
        """Return a column as texts, whole numbers without a decimal point."""
        values = self.columns[name].to_pylist()
        for row, value in zip(self.rows.tolist(), values, strict=True):
            if value is None or value != value:
                raise TableError(
                    f"column {name!r} of {self.source} has no value in row {row}; fill it in or "
                    "remove the row"
                )
        return [_text(value) for value in values]

    def numbers(self, name: str, *, rounded: bool = False) -> np.ndarray:
        """Return a column as float64, NaN where a value is missing; false is 0 and true is 1.

        Different large numbers that are one float64 are refused unless they may be `rounded`.
        Returns (n_rows,).
        """
        import pyarrow as pa

        column = self.columns[name]
        try:
            # From bool and decimal types there is a way to float64 only through a safe cast.
            values = column.cast(pa.float64(), safe=False).to_numpy()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values = _parse_numbers(column.to_pylist())
        numbers = np.array(values, dtype=np.float64)
        # Such as nanoseconds since 1970
        large = np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0) >= 2.0**53
        if large and not rounded and (pair := self._one_number(name, numbers)):
            raise TableError(
                f"column {name!r} of {self.source} has numbers with more digits than 64 bits hold: "
                f"{pair[0]} and {pair[1]} are the same there; subtract a number from the column, "
                "or leave it out"
            )
        return numbers

    def lost_digits(self, name: str, numbers: np.ndarray) -> str:
        """Say what was lost when a column became float64, `numbers` (n_rows,); else nothing."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.columns[name]
        tiny = (numbers != 0) & (np.abs(numbers) < np.finfo(np.float64).tiny)
        if tiny.any():
            return (
                f"column {name!r} has numbers as small as {numbers[tiny][0]:g}, of which 64 bits "
                "hold fewer digits than of others; multiply it by a number"
            )
        if not pa.types.is_string(column.type):
            return ""
        longest = pc.call_function("max", [pc.call_function("utf8_length", [column])]).as_py()
        if (longest or 0) <= _HELD:
            return ""
        pair = self._one_number(name, numbers)
        if not pair:
            return ""
        return (
            f"column {name!r} has numbers with more digits than 64 bits hold: {pair[0]} and "
            f"{pair[1]} are the same here"
        )

    def _one_number(self, name: str, numbers: np.ndarray) -> tuple[object, object] | None:
        """Find two different cells that are one float64."""
        first: dict[float, object] = {}
        for cell, number in zip(self.columns[name].to_pylist(), numbers.tolist(), strict=True):
            if cell is None or not isfinite(number):
                continue
            other = first.setdefault(number, cell)
            if str(other) != str(cell) and Decimal(str(other)) != Decimal(str(cell)):
                return other, cell
        return None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _parse_numbers(values: Sequence[object]) -> list[float]:
    """Read cells one by one; slower than Arrow's cast, but it knows the cell that fails."""
    words = {"false": 0.0, "true": 1.0}
    if all(value is None or str(value).lower() in words for value in values):
        return [np.nan if value is None else words[str(value).lower()] for value in values]
    numbers = []
    for index, value in enumerate(values):
        try:
            numbers.append(np.nan if value is None else float(str(value).replace("_", "x")))
        except ValueError:
            raise NotANumberError(index, str(value)) from None
    return numbers


def read_columns(path: str | os.PathLike[str]) -> Columns:
    """Read a CSV or Parquet file, told apart by content."""
    path = Path(path).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror})") from error
    is_parquet = data[:4] == b"PAR1"
    table = _read_parquet(path.name, data) if is_parquet else _read_csv(path.name, data)
    if len(table.rows) == 0:
        raise TableError(f"{path.name} has a header but no rows")
    return table


def _read_parquet(source: str, data: bytes) -> Columns:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        _refuse_duplicate_names(source, names)
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise TableError(f"{source} cannot be read as Parquet ({reason})") from error
    columns = {name: _plain(table.column(name)) for name in names}
    return Columns(source, columns, np.arange(1, table.num_rows + 1))


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Replace a categorical column by its values."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return column


def _read_csv(source: str, data: bytes) -> Columns:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = _decode(source, data)
    delimiter = _find_delimiter(text)
    names = _header(source, text, delimiter)
    table = _parse_csv(source, text, delimiter, len(names))
    missing, nothing = pa.array(["", *MISSING]), pa.scalar(None, pa.string())
    columns = {}
    for name, raw in zip(names, table.columns, strict=True):
        # By name, because pyarrow makes its functions at import time, unseen by type checkers.
        cells = pc.call_function("utf8_trim_whitespace", [raw.slice(1)])
        lower = pc.call_function("utf8_lower", [cells])
        is_missing = pc.call_function("is_in", [lower], pc.SetLookupOptions(missing))
        columns[name] = pc.call_function("if_else", [is_missing, nothing, cells])
    n_rows = table.num_rows - 1
    return Columns(source, columns, _row_numbers(text, delimiter, n_rows))


def _decode(source: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise TableError(
            f"{source} is not text in UTF-8 (row {row}); if it is a table, save it as CSV UTF-8"
        ) from error
    if not text.strip():
        raise TableError(f"{source} is empty; a table needs a header and rows")
    if "\0" in text:
        raise TableError(f"{source} is neither CSV nor Parquet; save the table as CSV")
    return text


def _find_delimiter(text: str) -> str:
    """Choose the separator that the header has most of outside quotes; a comma if none."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    counts = Counter("".join(header.split('"')[::2]))
    return max(",;\t", key=lambda character: counts[character])


def _header(source: str, text: str, delimiter: str) -> list[str]:
    """Read the names of the columns; one without a name is called after its position."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    cells = next(cells for cells in records if cells)
    names = [cell.strip() or f"column {k}" for k, cell in enumerate(cells, start=1)]
    _refuse_duplicate_names(source, names)
    return names


def _refuse_duplicate_names(source: str, names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise TableError(f"{source} has {count} columns named {name!r}; rename all but one")


def _parse_csv(source: str, text: str, delimiter: str, n_columns: int) -> pa.Table:
    """Split into columns of text, the header as the first row."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(k) for k in range(n_columns)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(text.encode()),
            arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values='"' in text),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException as error:
        raise TableError(_explain(source, text, delimiter, n_columns, error)) from error


def _explain(source: str, text: str, delimiter: str, n_columns: int, error: Exception) -> str:
    """Find the row at which a file stops being CSV."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in records:
            if cells and len(cells) != n_columns:
                return (
                    f"{source} has {len(cells)} cells in row {start}, but {n_columns} columns; "
                    "quote cells that contain the separator, or fill up the row"
                )
            start = records.line_num + 1
    except csv.Error as reason:
        return f"{source} is malformed from row {start} on ({reason}); correct the quotes there"
    return f"{source} is malformed ({str(error).splitlines()[0]})"


def _row_numbers(text: str, delimiter: str, n_rows: int) -> np.ndarray:
    """Return the line on which each row begins."""
    stripped = text.rstrip("\r\n")
    if stripped.count("\n") == n_rows and "\r" not in stripped.replace("\r\n", ""):
        return np.arange(2, n_rows + 2)
    # Some cells contain line breaks, or some lines are blank: count as an editor does.
    starts, start = [], 1
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in records:
        if cells:
            starts.append(start)
        start = records.line_num + 1
    return np.array(starts[1:])
