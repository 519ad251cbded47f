"""Columns of a table, whatever holds it, and their values as numbers or texts.

Conventions: a table of text (CSV, ARFF) keeps its cells as text until somebody asks for numbers. A
row is numbered from 1, the first below the header; where a file has lines, messages name the line
too, as an editor shows it. Missing is an empty cell or a mark of `gradatim.tables.cells`.
"""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim._files import open_regular
from gradatim._text import show_name
from gradatim.errors import TableError
from gradatim.tables.arff import is_arff, read_arff
from gradatim.tables.arrow import (
    ARROW,
    PARQUET,
    is_list,
    name_kind,
    read_arrow,
    read_frame,
    read_parquet,
)
from gradatim.tables.arrow_columns import as_array, number_column
from gradatim.tables.cells import blank_missing, read_numbers
from gradatim.tables.delimited import (
    GZIP,
    MOST_HEADER,
    Dialect,
    decode,
    read_delimited,
    require_lines,
    unpack,
)
from gradatim.tables.records import is_json_name, read_json

if TYPE_CHECKING:
    import pyarrow as pa

#: Whole numbers from here on may lack digits as float64, such as nanoseconds since 1970.
WHOLE = 2.0**53

# Characters of a number whose digits a float64 always holds.
_HELD = 16

_MOST_NAMES = 8


class NotANumberError(ValueError):
    """A cell that is no number, and what its column holds."""

    def __init__(self, index: int, cell: str, kind: str = "text") -> None:
        super().__init__(f"{cell!r} is no number")
        self.index = index
        self.cell = show_name(cell, 40)
        self.kind = kind


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table."""

    source: str  # Name of the file
    columns: Mapping[str, pa.ChunkedArray]  # Columns in order; missing cells are null
    rows: np.ndarray  # (n_rows,): Number of each row in the file, from 1 below the header
    lines: np.ndarray | None = None  # (n_rows,): Line on which each begins, if the file has lines
    notes: tuple[str, ...] = ()  # How it was read, where that is not the usual way
    unsure: frozenset[str] = frozenset()  # Columns whose numbers may mean two things
    is_sure_of_names: bool = True  # Whether row 1 holds the names, for certain

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.columns)

    def require(self, name: str, role: str) -> str:
        """Return the name of a column, or raise `TableError` with the closest one."""
        if name in self.columns:
            return name
        close = difflib.get_close_matches(name, self.names, 1, cutoff=0.5)
        shown = ", ".join(map(show_name, self.names[:_MOST_NAMES]))
        shown += ", ..." if len(self.names) > _MOST_NAMES else ""
        hint = f"did you mean {close[0]!r}?" if close else f"its columns are {shown}"
        raise TableError(f"{self.source} has no column {name!r} ({role}); {hint}")

    def select(self, names: Sequence[str], role: str) -> list[str]:
        """Return the names of columns; ``tag_*`` is every column whose name begins so."""
        chosen = []
        for name in names:
            is_pattern = name not in self.columns and re.search(r"[*?[]", name)
            matching = [n for n in self.names if is_pattern and fnmatch.fnmatchcase(n, name)]
            chosen += matching or [self.require(name, role)]
        return chosen

    def keep(self, rows: np.ndarray) -> Columns:
        """Return the table of some rows, a mask (n_rows,) or their indices in order."""
        indices = number_column(np.arange(len(self.rows))[rows])
        columns = {name: column.take(indices) for name, column in self.columns.items()}
        lines = None if self.lines is None else self.lines[rows]
        return replace(self, columns=columns, rows=self.rows[rows], lines=lines)

    def place(self, index: int | np.integer) -> str:
        """Return where a row stands: its line, if the file has lines, and its number."""
        row = int(self.rows[index])
        line = row if self.lines is None else int(self.lines[index])
        return f"row {row}" if line == row else f"line {line} of the file, row {row}"

    @property
    def row_names(self) -> list[str]:
        """What the rows are called where nothing else names them."""
        return [f"row {row}" for row in self.rows.tolist()]

    @property
    def counting(self) -> str:
        """Say how rows are counted, where an editor counts in another way; else nothing."""
        line, row = self.place(0).partition(", row ")[::2]
        return f"Row {row} is {line}." if row else ""

    def is_missing(self, name: str) -> np.ndarray:
        """Tell where a column has no value. Returns (n_rows,)."""
        return np.array([v is None or v != v for v in self.columns[name].to_pylist()], dtype=bool)

    def is_of_lists(self, name: str) -> bool:
        """Tell whether every cell of a column is a list."""
        return is_list(self.columns[name].type)

    def lists(self, name: str) -> np.ndarray | None:
        """Return a column of lists of numbers, all of one length (n_rows, length); else None."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.columns[name]
        kind = column.type.value_type
        is_number = pa.types.is_floating(kind) or pa.types.is_integer(kind)
        lengths = pc.call_function("list_value_length", [column]).unique()
        if not is_number or column.null_count or len(lengths) != 1 or not lengths[0].as_py():
            return None
        # Single precision stays: as doubles, patches of sounds would take twice their memory.
        number = pa.float32() if pa.types.is_float32(kind) else pa.float64()
        parts = [as_array(chunk.flatten().cast(number, safe=False)) for chunk in column.chunks]
        whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return whole.reshape(len(column), -1)

    def is_single(self, name: str) -> bool:
        """Tell whether the numbers of a column, or of its lists, have single precision."""
        import pyarrow as pa

        kind = self.columns[name].type
        return pa.types.is_float32(kind.value_type if is_list(kind) else kind)

    def texts(self, name: str) -> list[str]:
        """Return a column as texts, whole numbers without a decimal point."""
        values = self.columns[name].to_pylist()
        for index, value in enumerate(values):
            if value is None or value != value:
                raise TableError(
                    f"column {name!r} of {self.source} has no value in {self.place(index)}; fill "
                    "it in or remove the row"
                )
        return [_text(value) for value in values]

    def numbers(self, name: str, *, rounded: bool = False) -> np.ndarray:
        """Return a column as float64, NaN where a value is missing; false is 0 and true is 1.

        Different large numbers that are one float64 are refused unless they may be `rounded`.
        Returns (n_rows,).
        """
        import pyarrow as pa

        column = self.columns[name]
        self._refuse_unsure(name)
        if kind := name_kind(column.type):
            raise NotANumberError(*self._first(name), kind)
        try:
            # From bool and decimal types there is a way to float64 only through a safe cast.
            values = as_array(column.cast(pa.float64(), safe=False))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values = _parse_numbers(column.to_pylist())
        numbers = np.array(values, dtype=np.float64)
        large = np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0) >= WHOLE
        if large and not rounded and (pair := self._one_number(name, numbers)):
            raise TableError(
                f"column {name!r} of {self.source} has numbers with more digits than 64 bits hold: "
                f"{pair[0]} and {pair[1]} are the same there; subtract a number from the column, "
                "or leave it out"
            )
        return numbers

    def _refuse_unsure(self, name: str) -> None:
        if name not in self.unsure:
            return
        cells = (cell for cell in self.columns[name].to_pylist() if cell)
        cell = next(cell for cell in cells if re.search(r"[.,]", cell))
        raise TableError(
            f"column {name!r} of {self.source} has {cell}, which is {cell.replace(',', '.')} or "
            f"{re.sub('[.,]', '', cell)}; say whether a comma or a point stands before decimals: "
            "--decimal , or --decimal ."
        )

    def _first(self, name: str) -> tuple[int, str]:
        """Return the first cell of a column that is there."""
        cells = enumerate(self.columns[name].to_pylist())
        index, cell = next(((i, c) for i, c in cells if c is not None), (0, ""))
        return index, _text(cell)

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


def read_columns(table: str | os.PathLike[str] | Any, dialect: Dialect | None = None) -> Columns:
    """Read a file of CSV, Parquet, Arrow or ARFF, by content, of JSON, by name, or a data frame."""
    if isinstance(table, Columns):
        return table
    dialect = dialect or Dialect()
    dialect.check()
    if not isinstance(table, str | os.PathLike):
        columns = read_frame(table)
        return _numbered("the data frame", columns)
    path = Path(table).expanduser()
    data = _content(path)
    if isinstance(data, mmap):
        read_mapped = read_parquet if data[:4] == PARQUET else read_arrow
        read = _numbered(path.name, read_mapped(path.name, data))
    elif is_json_name(path.name):
        read = _numbered(path.name, read_json(path.name, data))
    else:
        read = _read_text(path.name, unpack(path.name, data) if data[:2] == GZIP else data, dialect)
    if len(read.rows) == 0:
        raise TableError(f"{path.name} has a header but no rows")
    return read


def _content(path: Path) -> bytes | mmap:
    try:
        with open_regular(path) as file:
            # What is no table at all is refused before all of it is read.
            start = file.read(MOST_HEADER + 1)
            if start[:4] == PARQUET or start.startswith(ARROW):
                # Columns are read where they lie in the file.
                return mmap(file.fileno(), 0, access=ACCESS_READ)
            if start[:2] != GZIP and not is_json_name(path.name):
                require_lines(path.name, start)
            return start + file.read()
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror})") from error
    except MemoryError:
        raise TableError(
            f"{path} is larger than the memory there is; give a smaller table"
        ) from None


def _numbered(source: str, columns: dict[str, pa.ChunkedArray]) -> Columns:
    n_rows = len(next(iter(columns.values()))) if columns else 0
    if n_rows == 0:
        raise TableError(f"{source} has no {'rows' if columns else 'columns'}")
    return Columns(source, columns, np.arange(1, n_rows + 1))


def _read_text(source: str, data: bytes, dialect: Dialect) -> Columns:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"@", b"%"):
        text, _ = decode(source, data, dialect.encoding)
        if is_arff(text):
            cells, rows = read_arff(source, text)
            found = read_numbers({name: blank_missing(c) for name, c in cells.items()}, ".")
            return _of_lines(source, found.columns, rows)
    table = read_delimited(source, data, dialect)
    found = read_numbers(table.columns, dialect.decimal)
    notes = [*table.notes, *_comma_notes(source, found.commas, dialect)]
    read = _of_lines(source, found.columns, table.lines)
    return replace(read, notes=tuple(notes), unsure=found.unsure, is_sure_of_names=table.is_sure)


def _of_lines(source: str, columns: dict[str, pa.ChunkedArray], lines: np.ndarray) -> Columns:
    return Columns(source, columns, np.arange(1, len(lines) + 1), lines)


def _comma_notes(source: str, names: Sequence[str], dialect: Dialect) -> list[str]:
    if not names or dialect.decimal is not None:
        return []
    shown = ", ".join(show_name(name) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return [
        f"{source} was read with decimal commas, so that 1,5 is 1.5, in {shown}{more} (--decimal)"
    ]
