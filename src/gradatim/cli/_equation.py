"""What verbs on equations share: letters, points and tables as typed, numbers as shown.

Conventions: what is typed is kept as text until `gradatim.network` makes a fraction of it, so that
1/3 stays a third. Names are spelled as in equations: ``x_1`` is ``x1``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.errors import InputError, SpecError, TableError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gradatim.network import Network
    from gradatim.tables.columns import Columns

__all__ = [
    "plain_table",
    "print_table",
    "read_column",
    "read_letters",
    "read_point",
    "read_rows",
    "read_table_file",
    "rounded",
    "shown",
    "signed",
    "table_record",
]

# Characters; wider than any table.
_WIDEST = 10_000


def read_letters(let: Sequence[str]) -> dict[str, Any]:
    """Return the values of letters from ``w_1=0.8`` and ``W=1,2,3``."""
    letters: dict[str, Any] = {}
    for text in let:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise SpecError(f"--let {text} names no letter and value; write it as --let w_1=0.5")
        letters[name.strip()] = value.split(",") if "," in value else value
    return letters


def read_point(text: str, network: Network) -> dict[str, str]:
    """Return the values of inputs from ``x0=1,x2=0``."""
    point: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        name = _input_name(name.strip(), network)
        if not equals or not value.strip():
            raise InputError(
                f"--at {text} gives {part.strip() or 'nothing'} no value; write x1=0.5,x2=1 with a "
                "decimal point"
            )
        if name in point:
            raise InputError(f"--at {text} gives {name} two values; keep one of them")
        point[name] = value
    return point


def _input_name(name: str, network: Network) -> str:
    from gradatim.network.grammar import is_name, plain_name

    if name in network.input_names or not is_name(name):
        return name
    return plain_name(name)


def read_rows(columns: Columns, network: Network) -> list[dict[str, Fraction]]:
    """Return the values of the inputs that a network reads, row by row."""
    read = {j for unit in network.layers[0].units for j in unit.weights}
    names = [
        name for j, name in enumerate(network.input_names) if j in read or name in columns.columns
    ]
    cells = {name: read_column(columns, name, "an input") for name in names}
    return [{name: cells[name][i] for name in names} for i in range(len(columns.rows))]


def read_column(columns: Columns, name: str, role: str) -> list[Fraction]:
    """Return the numbers of a column, exactly as typed."""
    from gradatim.network.numbers import to_fraction

    numbers = []
    texts = columns.texts(columns.require(name, role))
    for row, text in zip(columns.rows.tolist(), texts, strict=True):
        try:
            numbers.append(to_fraction(text))
        except SpecError as error:
            raise TableError(
                f"column {name!r} of {columns.source} holds {text[:40]!r} in row {row}; write a "
                "number such as -0.5 or 1/3"
            ) from error
    return numbers


def read_table_file(path: Path) -> Columns:
    """Read a CSV or Parquet file."""
    from gradatim.tables.columns import read_columns

    return read_columns(path)


def table_record(path: Path) -> dict[str, str]:
    """Return the name and the hash of a table, by which JSON tells what was read."""
    from hashlib import sha256

    return {"file": path.name, "sha256": sha256(path.expanduser().read_bytes()).hexdigest()}


def signed(text: str) -> str:
    """Put a number that follows a sign into brackets if it is negative."""
    return f"({text})" if text.startswith("-") else text


def shown(value: Any, digits: int | None = None) -> str:
    """Return a number as a person reads it: six digits, or `digits` decimals."""
    if value is None:
        return "-"
    if digits is not None and not isinstance(value, Fraction):
        return rounded(value, digits)
    if isinstance(value, float):
        return f"{value + 0.0:.6g}".replace("-0", "0") if value == 0 else f"{value:.6g}"
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"


def rounded(value: Any, digits: int) -> str:
    """Return a number with a fixed count of decimals; fractions stay fractions."""
    if value is None or isinstance(value, Fraction):
        return shown(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def plain_table(columns: Mapping[str, str]) -> Table:
    """Return an empty table without lines; `columns` maps headings to left or right."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name, justify in columns.items():
        table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=True)
    return table


def print_table(console: Console, table: Table) -> None:
    """Print a table as wide as it is: a terminal may fold a line, but no digit is left out."""
    from rich.measure import Measurement

    unbounded = console.options.update(max_width=_WIDEST)
    width = Measurement.get(console, unbounded, table).maximum
    before, console.width = console.width, max(width, console.width)
    console.print(table)
    console.width = before
