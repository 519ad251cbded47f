"""CSV as people have it: encoding, delimiter and header are found unless they are given.

Conventions: cells are text; lines are numbered as an editor shows them (the first is 1). What is
compressed with gzip is unpacked. What is found and is not the usual (UTF-8, commas, one header
line) is said; a first row that may be data is questioned, not eaten.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradatim._text import plural, show_name
from gradatim.errors import SpecError, TableError
from gradatim.tables.cells import DecimalMark, blank_missing

if TYPE_CHECKING:
    import pyarrow as pa

#: How a file that gzip compressed begins.
GZIP = b"\x1f\x8b"

# Lines that begin with #, and blank ones, from the beginning
_COMMENTS = re.compile(
    r"(?:[ \t]*\r?\n)*#[^\r\n]*(?:\r\n|\r|\n)(?:(?:#[^\r\n]*|[ \t]*)(?:\r\n|\r|\n))*"
)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")

# A row of raw audio is longer than pyarrow's usual block of 1 MiB, and must fit into one.
_BLOCK_BYTES = 1 << 26

#: Bytes that the first row may have: a file without line breaks is no table.
MOST_HEADER = 4_000_000

#: Columns that a table may have.
MOST_COLUMNS = 250_000

#: Bytes that a compressed file may unpack to.
MOST_UNPACKED = 4 << 30

#: Names of delimiters, as they are said and may be typed.
DELIMITERS = {
    "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "pipe": "|", "space": " ",
    "colon": ":", r"\t": "\t",
}  # fmt: skip

# Where a delimiter is looked for.
_SAMPLE_CHARACTERS = 1 << 16
_SAMPLE_ROWS = 100

# How files that are no text begin.
_FOREIGN = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; save the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the table as CSV",
    b"%PDF": "a PDF document; save the table as CSV",
    b"\x89PNG": "a picture; name a table",
    b"RIFF": "a sound or film; name a table",
    b"SQLite format 3": "a database; export the table as CSV",
    b"ARROW1": "an Arrow file; save the table as Parquet or CSV",
    b"\x89HDF": "an HDF5 file; save the table as Parquet or CSV",
    b"\x28\xb5\x2f\xfd": "compressed with Zstandard; unpack it first, or use gzip",
    b"<": "a page or document in HTML or XML; save the table as CSV",
    b"BZh": "compressed with bzip2; unpack it first, or use gzip",
    b"\xfd7zXZ": "compressed with xz; unpack it first, or use gzip",
}


@dataclass(frozen=True)
class Dialect:
    """How a table of text is written; what is None is found."""

    decimal: DecimalMark | None = None
    delimiter: str | None = None  # A character, or one of `DELIMITERS`
    header: str | None = None  # "none", or the number of lines that hold the names
    encoding: str | None = None  # As Python names it

    @property
    def character(self) -> str | None:
        """The delimiter itself."""
        if self.delimiter is None:
            return None
        found = DELIMITERS.get(self.delimiter.lower(), self.delimiter)
        if len(found) != 1 or found in '"\r\n' or not found.isascii():
            raise SpecError(
                f"the delimiter {self.delimiter!r} is not one character of ASCII; give one, or one "
                f"of {', '.join(list(DELIMITERS)[:-1])}"
            )
        return found

    @property
    def n_header(self) -> int | None:
        """Number of header lines."""
        if self.header is None:
            return None
        if self.header.lower() == "none":
            return 0
        if not re.fullmatch("[0-9]", self.header):
            raise SpecError(
                f"the header {self.header!r} is neither none nor a number of lines; write none or 1"
            )
        return int(self.header)

    def check(self) -> None:
        """Refuse what is no dialect, before anything is read."""
        _ = self.character, self.n_header
        if self.decimal not in (None, ".", ","):
            raise SpecError(f"the decimal mark is a point or a comma, not {self.decimal!r}")
        if self.encoding is not None:
            _codec(self.encoding)


class Delimited(NamedTuple):
    """Columns of text, and what was found."""

    columns: dict[str, pa.ChunkedArray]  # Trimmed; missing cells are null
    lines: np.ndarray  # (n_rows,): Line on which each row begins
    notes: tuple[str, ...]
    is_sure: bool  # Whether the first line holds the names, for certain


def unpack(source: str, data: bytes) -> bytes:
    """Unpack what gzip compressed."""
    unpacked = io.BytesIO()
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            while block := stream.read(1 << 22):
                if unpacked.tell() == 0:
                    require_lines(source, block)
                unpacked.write(block)
                if unpacked.tell() > MOST_UNPACKED:
                    raise TableError(
                        f"{source} unpacks to more than {MOST_UNPACKED >> 30} GB; give a smaller "
                        "table"
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(f"{source} is compressed with gzip and damaged ({error})") from error
    return unpacked.getvalue()


def decode(source: str, data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a file, and its encoding."""
    for start, what in _FOREIGN.items():
        if data.startswith(start):
            raise TableError(f"{source} is {what}")
    name = encoding or _find_encoding(data)
    try:
        text = _codec(name).decode(data)[0]
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise TableError(
            f"{source} is not text in {name} (line {line} of the file); name its encoding with "
            "--encoding, or save it as CSV UTF-8"
        ) from error
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise TableError(f"{source} is empty; a table needs a header and rows")
    # Controls in text of UTF-8 are somebody's odd names; bytes that are no UTF-8 may be anything.
    if re.search("\0" if name == "utf-8" else r"[\x00-\x08\x0e-\x1f]", text):
        raise TableError(f"{source} is neither CSV nor Parquet; save the table as CSV")
    return text, name


def _codec(name: str) -> codecs.CodecInfo:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        codec = None
    if codec is None or not getattr(codec, "_is_text_encoding", True):
        raise SpecError(f"there is no encoding {name!r}; such are utf-8, cp1252, latin-1, utf-16")
    return codec


def _find_encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # Bytes that Windows never writes are no text of it either.
        with contextlib.suppress(UnicodeDecodeError):
            data.decode("cp1252")
            return "cp1252"
    return "utf-8"


def read_delimited(source: str, data: bytes, dialect: Dialect) -> Delimited:
    """Read a table of text into its columns."""
    text, encoding = decode(source, data, dialect.encoding)
    text, declared = _declared_delimiter(text)
    known = dialect.character or declared
    with _cells_of_any_length():
        text, n_comments = _without_comments(
            text,
            lambda line, rest: dialect.n_header != 0 and _names_what_follows(line, rest, known),
        )
        delimiter = known or _find_delimiter(text)
        first = _first_rows(source, text, delimiter, 6)
        if not first:
            raise TableError(f"{source} is empty; a table needs a header and rows")
        n_header = dialect.n_header
        if n_header is None:
            n_header = _find_header(source, first)
        names = _names(source, first, n_header)
        table = _parse(source, text, delimiter, len(names))
        lines = _line_numbers(text, delimiter, table.num_rows, n_header)
    columns = {
        name: blank_missing(cells.slice(n_header))
        for name, cells in zip(names, table.columns, strict=True)
    }
    notes = _notes(source, delimiter, encoding, n_header, n_comments, dialect)
    return Delimited(columns, lines, notes, dialect.header is not None or n_header > 1)


def _notes(
    source: str, delimiter: str, encoding: str, n_header: int, n_comments: int, dialect: Dialect
) -> tuple[str, ...]:
    """Say what was found and is not the usual."""
    said = []
    if dialect.delimiter is None and delimiter in "|; ":
        name = {"|": "bars", ";": "semicolons", " ": "spaces"}[delimiter]
        said.append(f"cells separated by {name} (--delimiter)")
    if dialect.encoding is None and encoding != "utf-8":
        said.append(f"text in {encoding} (--encoding)")
    if dialect.header is None and n_header > 1:
        said.append(f"{n_header} lines of names (--header)")
    if n_comments:
        begin = "begin" if n_comments > 1 else "begins"
        said.append(f"{plural(n_comments, 'line')} passed over that {begin} with #")
    return (f"{source} was read with {', '.join(said)}",) if said else ()


@contextlib.contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Let a cell be as long as it is; Python's limit protects nothing here."""
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def require_lines(source: str, start: bytes) -> None:
    """Refuse a file whose beginning has no line break."""
    if len(start) > MOST_HEADER and not re.search(rb"[\r\n]", start[:MOST_HEADER].lstrip(b"\r\n")):
        raise TableError(
            f"the first line of {source} has more than {MOST_HEADER // 1_000_000} MB; a table has "
            "a row of names, and one row per sample"
        )


def _declared_delimiter(text: str) -> tuple[str, str | None]:
    """Take away the line by which Excel is told the delimiter; the lines keep their numbers."""
    found = re.match(r'"?sep=([\t !#-~])"?(?=\r?\n)', text)
    return (text[found.end() :], found[1]) if found else (text, None)


def _without_comments(text: str, is_header: Callable[[str, str], bool]) -> tuple[str, int]:
    """Empty the lines above the header that begin with #; the lines keep their numbers.

    The last of them may be the header itself, which is asked of it and what follows it. Returns
    the text, and how many lines were emptied.
    """
    found = _COMMENTS.match(text)
    rest = text[found.end() :] if found else ""
    if found is None or not rest.strip() or rest.startswith("#"):
        return text, 0
    lines = _LINE.findall(found[0])
    last = next(k for k in reversed(range(len(lines))) if lines[k].strip())
    header = ""
    if is_header(lines[last], rest):
        header = "".join([lines[last].removeprefix("# "), *lines[last + 1 :]])
        lines = lines[:last]
    emptied = "".join(line[len(line.rstrip("\r\n")) :] for line in lines)
    return f"{emptied}{header}{rest}", sum(line.startswith("#") for line in lines)


def _names_what_follows(line: str, rest: str, delimiter: str | None) -> bool:
    """Tell whether a line that begins with # is a header: numbers follow, or its cells are words.

    NumPy writes headers so; a comment is rarely cut as the next line is.
    """
    delimiter = delimiter or _find_delimiter(rest)
    first = list(islice(filter(None, _records(rest, delimiter)), 1))
    cells = next(iter(_records(line.removeprefix("# ").strip(), delimiter)), [])
    if not first or len(cells) < 2 or len(cells) != len(first[0]):
        return False
    follows = any(_is_number(cell.strip()) for cell in first[0])
    return follows or not (line.startswith("# ") or any(" " in cell.strip() for cell in cells))


def _find_delimiter(text: str) -> str:
    """Choose the separator that cuts most rows as it cuts the first; then the one with most cells.

    Spaces if no other cuts and they cut all rows alike; else a comma.
    """
    best, delimiter = (0.0, 0.0, 0), ","
    sample = text[:_SAMPLE_CHARACTERS]
    complete = len(sample) == len(text)
    with _cells_of_any_length():
        for candidate in ",;\t| ":
            if candidate == " " and best > (0.0, 0.0, 0):
                break
            records = _records(sample, candidate)
            try:
                rows = list(islice(filter(None, records), _SAMPLE_ROWS + 1))
            except csv.Error:
                continue
            # The last one may be cut off.
            rows = rows if complete or len(rows) < 2 else rows[:-1]
            if not rows or len(rows[0]) < 2:
                continue
            alike = sum(len(cells) == len(rows[0]) for cells in rows) / len(rows)
            if candidate == " " and (alike < 1 or len(rows) < 2):
                continue
            key = (alike, _whole(rows), len(rows[0]))
            best, delimiter = max((best, delimiter), (key, candidate), key=itemgetter(0))
    return delimiter


def _whole(rows: Sequence[Sequence[str]]) -> float:
    """Return the share of cells in which no other delimiter stands, unless as a decimal comma."""
    cells = [cell for row in rows for cell in row]
    odd = sum(bool(re.search("[,;\t|]", cell)) and not _is_number(cell.strip()) for cell in cells)
    return 1 - odd / len(cells)


def _records(text: str, delimiter: str, strict: bool = False) -> csv.reader:  # type: ignore[valid-type]
    spaces = delimiter == " "
    stream = io.StringIO(text, newline="")
    return csv.reader(stream, delimiter=delimiter, strict=strict, skipinitialspace=spaces)


def _first_rows(source: str, text: str, delimiter: str, n_rows: int) -> list[list[str]]:
    """Return the first rows that are not blank, as trimmed cells."""
    rows: list[list[str]] = []
    try:
        for cells in _records(text, delimiter):
            if sum(map(len, cells)) > MOST_HEADER or len(cells) > MOST_COLUMNS:
                raise TableError(
                    f"the first line of {source} has {plural(len(cells), 'cell')} and "
                    f"{sum(map(len, cells)) / 1e6:.0f} MB; such a table cannot be read"
                )
            if cells:
                rows.append([cell.strip() for cell in cells])
            if len(rows) == n_rows:
                break
    except csv.Error as error:
        if not rows:
            raise TableError(f"{source} is malformed ({error}); correct its first line") from error
    return rows


def _find_header(source: str, first: Sequence[Sequence[str]]) -> int:
    """Return the number of lines that hold names; one that may hold data is questioned."""
    cells = first[0]
    n_several = _several_lines(first)
    if n_several:
        return n_several
    numbers = [cell for cell in cells if _is_number(cell)]
    if len(first) > 1 and (_fractions(numbers) or 2 * len(numbers) > len(cells)):
        if _count_up(numbers):
            return 1
        shown = ", ".join(show_name(number, 12) for number in numbers[:3])
        raise TableError(
            f"line 1 of {source} holds numbers ({shown}) where names of columns should stand; if "
            "it is data, add --header none (its columns are then column 1, column 2, ...), if they "
            "are names, --header 1"
        )
    return 1


def _several_lines(first: Sequence[Sequence[str]]) -> int:
    """Count the lines of names as pandas writes them, the last for the name of the index."""
    if len(set(first[0])) == len(first[0]):
        return 0
    for k, cells in enumerate(first[1:5], start=1):
        if cells and cells[0] and not any(cells[1:]) and len(cells) == len(first[0]):
            return k + 1
    return 0


def _is_number(cell: str) -> bool:
    return (
        re.fullmatch(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)(e[+-]?[0-9]+)?", cell, re.I)
        is not None
    )


def _fractions(numbers: Sequence[str]) -> bool:
    return any(not number.isdigit() for number in numbers)


def _count_up(numbers: Sequence[str]) -> bool:
    """Tell whether numbers count up, as the names of nameless columns do."""
    if _fractions(numbers) or any(len(number) > 9 for number in numbers):
        return False
    values = [int(number) for number in numbers]
    return len(values) > 1 and values == list(range(values[0], values[0] + len(values)))


def _names(source: str, first: Sequence[Sequence[str]], n_header: int) -> list[str]:
    """Return the names of the columns; one without a name is called after its position."""
    if len(first) < n_header:
        raise TableError(f"{source} has fewer rows than the {n_header} that should hold names")
    if n_header == 0:
        return [f"column {k}" for k in range(1, len(first[0]) + 1)]
    width = len(first[0])
    lines = [[*cells, *[""] * width][:width] for cells in first[:n_header]]
    index_names = lines[-1] if n_header > 1 and lines[-1][0] and not any(lines[-1][1:]) else None
    stacked = [
        " ".join(dict.fromkeys(filter(None, parts)))
        for parts in zip(*(lines[:-1] if index_names else lines), strict=True)
    ]
    if index_names:
        stacked[0] = index_names[0]
    names = [name or f"column {k}" for k, name in enumerate(stacked, start=1)]
    for name, count in Counter(names).items():
        if count > 1:
            raise TableError(f"{source} has {count} columns named {name!r}; rename all but one")
    return names


def _parse(source: str, text: str, delimiter: str, n_columns: int) -> pa.Table:
    """Split into columns of text, the header as the first rows."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    if delimiter == " ":
        text = re.sub(r"(?m)^ +| +$", "", re.sub(" {2,}", " ", text))
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
    except (pa.ArrowException, UnicodeEncodeError) as error:
        raise TableError(_explain(source, text, delimiter, n_columns, error)) from error


def _explain(source: str, text: str, delimiter: str, n_columns: int, error: Exception) -> str:
    """Find the line at which a file stops being CSV."""
    records = _records(text, delimiter, strict=True)
    start = 1
    try:
        for cells in records:
            if cells and len(cells) != n_columns:
                return (
                    f"{source} has {plural(len(cells), 'cell')} in line {start} of the file, "
                    f"but {plural(n_columns, 'column')}; quote cells that contain the separator, "
                    "or fill up the row"
                )
            start = records.line_num + 1
    except csv.Error as reason:
        return f"{source} is malformed from line {start} on ({reason}); correct the quotes there"
    return f"{source} is malformed ({str(error).splitlines()[0]})"


def _line_numbers(text: str, delimiter: str, n_records: int, n_header: int) -> np.ndarray:
    """Return the line on which each row begins, below the header."""
    stripped = text.rstrip("\r\n")
    if stripped.count("\n") + 1 == n_records and "\r" not in stripped.replace("\r\n", ""):
        return np.arange(n_header + 1, n_records + 1)
    # Some cells contain line breaks, or some lines are blank: count as an editor does.
    starts, start = [], 1
    records = _records(text, delimiter)
    for cells in records:
        if cells:
            starts.append(start)
        start = records.line_num + 1
    return np.array(starts[n_header:])
