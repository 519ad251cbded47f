"""What verbs on equations are given: letters, points, and tables of numbers as typed.

Conventions: what is typed is kept as text until `gradatim.network` makes a fraction of it, so that
1/3 stays a third. Names are spelled as in equations: ``x_1`` is ``x1``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.errors import InputError, SpecError, TableError

if TYPE_CHECKING:
    from gradatim.network import Network
    from gradatim.tables.columns import Columns

__all__ = ["read_column", "read_letters", "read_point", "read_rows", "table_record"]


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


def table_record(path: Path) -> dict[str, str]:
    """Return the name and the hash of a table, by which JSON tells what was read."""
    from gradatim._digest import sha256
    from gradatim._files import read_regular

    return {"file": path.name, "sha256": sha256(read_regular(path))}
