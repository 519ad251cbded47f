"""How collections are read: options that verbs on tables share.

Conventions: a name that begins with @ is that of a file, which holds one name a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._files import read_regular
from gradatim.errors import SpecError

__all__ = ["TableOptions", "expand_names"]

_TABLE = Group("How a table is read", sort_key=1.5)


def _option(metavar: str, text: str, **more: Any) -> Parameter:
    return Parameter(group=_TABLE, metavar=metavar, help=text, negative=(), **more)


@Parameter(name="*")
@dataclass(frozen=True)
class TableOptions:
    """How a table is read; what is left out is found, and said where it is not the usual."""

    id: Annotated[
        str | None, _option("COLUMN", "Column by whose values the rows are called in reports.")
    ] = None
    drop_rows_without: Annotated[
        list[str] | None,
        _option(
            "COLUMN...",
            "Leave out rows without a value in these columns; target and groups mean theirs.",
            consume_multiple=(1, None),
        ),
    ] = None
    min_class_size: Annotated[
        int | None,
        _option("N", "Leave out classes and tags of fewer rows.", validator=Number(gte=1)),
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None, _option("MARK", "Mark before decimals: a point or a comma.")
    ] = None
    delimiter: Annotated[
        str | None,
        _option(
            "CHARACTER",
            "What separates cells: a character, or comma, semicolon, tab, bar, space.",
            allow_leading_hyphen=True,
        ),
    ] = None
    header: Annotated[
        str | None, _option("N", "Lines that hold the names of the columns; none for no line.")
    ] = None
    encoding: Annotated[
        str | None, _option("NAME", "Encoding of the text, such as cp1252 or utf-16.")
    ] = None

    def given(self) -> dict[str, Any]:
        """Return what was given, as `Options` names it."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def expand_names(names: Sequence[str] | None) -> list[str]:
    """Replace each @FILE among names by the names in the file."""
    expanded: list[str] = []
    for name in names or ():
        expanded += _names_of(name[1:]) if name.startswith("@") else [name]
    return expanded


def _names_of(file: str) -> list[str]:
    try:
        lines = read_regular(file).decode("utf-8-sig").splitlines()
    except OSError as error:
        raise SpecError(f"{file} cannot be read ({error.strerror}); @ is before a file") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{file} is not text in UTF-8; save it as UTF-8") from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise SpecError(f"{file} holds no name; write one a line")
    return names
