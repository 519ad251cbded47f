"""What verbs on equations are given: letters, points, and tables of numbers as typed.

Conventions: what is typed is kept as text until `gradatim.network` makes a fraction of it, so that
1/3 stays a third. Names are spelled as in equations: ``x_1`` is ``x1``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.errors import InputError, SpecError, TableError
from gradatim.language.names import MINUSES, TRANSPOSED, is_name, plain_name, transposed_names

if TYPE_CHECKING:
    from gradatim.network import Network
    from gradatim.tables.columns import Columns

# Numbers, and after a space the next name
_VALUE = rf"(?:{MINUSES}|[+0-9.,/eE])+"
_SPACED = re.compile(rf"\s*({_VALUE}(?:\s+{_VALUE})*)\s+([^=\s0-9][^=]*?)\s*=(.*)")


def read_letters(let: Sequence[str], equation: str | None = None) -> dict[str, Any]:
    """Return the values of letters from ``w_1=0.8,b=1`` and ``W=1,2,3``.

    Commas part the numbers of a letter that the equation reads as in ``W^T X``, and of any letter
    if the equation is not known; elsewhere they are decimal commas.
    """
    transposed = re.finditer(TRANSPOSED, equation or "")
    vectors = {transposed_names(found[0])[0] for found in transposed}
    letters: dict[str, Any] = {}
    for text in let:
        for name, value in _assignments(text):
            if not name or not value:
                raise SpecError(
                    f"--let {text} names no letter and value; write it as --let w_1=0.5"
                )
            if name in letters:
                raise SpecError(f"--let {text} gives {name} two values; keep one of them")
            letters[name] = (
                _numbers(value) if name in vectors or (equation is None and "," in value) else value
            )
    return letters


def _assignments(text: str) -> list[tuple[str, str]]:
    """Return names and values from ``x0=1,5;x2=0``; a comma within a value stays there."""
    # In x1=0,5 x2=1 the comma stands within a number.
    parts = re.split(r"[,;]\s*(?![0-9.]+\s)(?=[^=,;]+=)", text.strip(" ,;"))
    pairs: list[tuple[str, str]] = []
    for part in parts:
        name, equals, rest = part.partition("=")
        # In x1=1 x2=2 the value ends at the space; names may have spaces.
        while equals and (more := _SPACED.fullmatch(rest)):
            pairs.append((name.strip(), more[1]))
            name, rest = more[2], more[3]
        pairs.append((name.strip(), rest.strip() if equals else ""))
    return pairs


def _numbers(text: str) -> list[str]:
    """Return the numbers of a vector; in 0,5; 1,25 the commas are decimal commas."""
    inner = text.strip("()[] ")
    return re.split(r"\s*;\s*" if ";" in inner else r"\s*,\s*|\s+", inner)


def read_point(text: str, network: Network) -> dict[str, str]:
    """Return the values of inputs from ``x0=1,x2=0``."""
    point: dict[str, str] = {}
    for typed, value in _assignments(text):
        name = _input_name(typed, network)
        if not value:
            example = ",".join(f"{name}={i}" for i, name in enumerate(network.input_names[:2]))
            raise InputError(
                f"--at {text} gives {typed or 'nothing'} no value; write it as --at "
                f"{example or 'x1=0'}"
            )
        if name in point:
            raise InputError(f"--at {text} gives {name} two values; keep one of them")
        point[name] = value
    return point


def _input_name(name: str, network: Network) -> str:
    """Return the input that a name means: x_1 and X1 mean x1 where there is no such input."""
    if name in network.input_names:
        return name
    meant = [known for known in network.input_names if same_name(known, name)]
    return meant[0] if len(meant) == 1 else plain_name(name) if is_name(name) else name


def same_name(one: str, other: str) -> bool:
    """Tell whether two names differ in their spelling only, as x_1, X1 and x1 do.

    Examples
    --------
    >>> same_name("x_1", "X1"), same_name("Tempo", "tempo"), same_name("x1", "x2")
    (True, True, False)
    """
    plain = [plain_name(name) if is_name(name) else name for name in (one, other)]
    return plain[0].casefold() == plain[1].casefold()


def meet_columns(columns: Columns, names: Sequence[str]) -> dict[str, str]:
    """Return the column of each name, also where it is spelled in another way."""
    found = {}
    for name in names:
        spelled = [column for column in columns.names if same_name(column, name)]
        if name in columns.columns or len(spelled) != 1:
            spelled = [name]
        found[name] = spelled[0]
    return found


def read_rows(columns: Columns, network: Network) -> list[dict[str, Fraction]]:
    """Return the values of the inputs that a network reads, row by row."""
    read = {j for unit in network.layers[0].units for j in unit.weights}
    column_of = meet_columns(columns, network.input_names)
    names = [
        name
        for j, name in enumerate(network.input_names)
        if j in read or column_of[name] in columns.columns
    ]
    cells = {name: read_column(columns, column_of[name], "an input") for name in names}
    return [{name: cells[name][i] for name in names} for i in range(len(columns.rows))]


def read_column(columns: Columns, name: str, role: str) -> list[Fraction]:
    """Return the numbers of a column, exactly as typed."""
    from gradatim.network.numbers import to_fraction

    numbers = []
    texts = columns.texts(columns.require(name, role))
    for index, text in enumerate(texts):
        try:
            numbers.append(to_fraction(text))
        except SpecError as error:
            raise TableError(
                f"column {name!r} of {columns.source} holds {text[:40]!r} in "
                f"{columns.place(index)}; write a number such as -0.5 or 1/3"
            ) from error
    return numbers


def table_record(path: Path, table: Columns | None = None) -> dict[str, Any]:
    """Return the name and the hash of a table, and how it was read where that is not the usual."""
    from gradatim._digest import sha256
    from gradatim._files import read_regular

    notes = {"notes": list(table.notes)} if table is not None and table.notes else {}
    return {"file": path.name, "sha256": sha256(read_regular(path)), **notes}
