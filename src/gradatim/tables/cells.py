"""What a cell of text says: a number, a missing value, or a word.

Conventions: a column is Arrow's, of texts with nulls. A mark such as ``-`` or ``None`` stands for a
missing value among numbers only, since elsewhere it may be a word; a column is one of numbers where
at least half of its cells are. A comma is a decimal point only where it can mean nothing else:
thousands are never written as 0,5 or 12,34. One column tells it for the whole table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from gradatim.tables.arrow_columns import column

if TYPE_CHECKING:
    import pyarrow as pa

DecimalMark = Literal[".", ","]

#: Cells that stand for a missing value, besides empty ones; case does not matter.
MISSING = (
    "na", "n/a", "#n/a", "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)", "null", "?", "<na>",
)  # fmt: skip

#: Cells that stand for a missing value among numbers; case does not matter.
AMONG_NUMBERS = (
    "none", "nil", "-", "--", "---", ".", "missing", "n.a.", "k.a.", "undefined", "nat",
    "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!",
    "1.#qnan", "-1.#qnan", "1.#snan", "-1.#snan",
    "1.#ind", "-1.#ind",
)  # fmt: skip

_POWER = "(e[+-]?[0-9]+)?"
_NUMBER = rf"([0-9]+\.?[0-9]*|\.[0-9]+){_POWER}|inf(inity)?"
_COMMA = rf"([0-9]*,[0-9]+|[0-9]{{1,3}}(\.[0-9]{{3}})+,[0-9]+){_POWER}"
# With the comma as the decimal point or between thousands, and only with the latter.
_EITHER = r"[1-9][0-9]{0,2},[0-9]{3}"
_THOUSANDS = r"[1-9][0-9]{0,2}((,[0-9]{3}){2,}|(,[0-9]{3})+\.[0-9]*)"
_POINTS = r"[1-9][0-9]{0,2}(\.[0-9]{3})+"
_MANY_POINTS = r"[1-9][0-9]{0,2}(\.[0-9]{3}){2,}"


class Numbers(NamedTuple):
    """Columns whose numbers are written as Python reads them."""

    columns: dict[str, pa.ChunkedArray]
    commas: tuple[str, ...]  # Names of the columns whose decimal commas became points
    unsure: frozenset[str]  # Names of the columns whose numbers may mean two things


def blank_missing(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trim cells, and make those null that stand for a missing value anywhere."""
    return _without(_call("utf8_trim_whitespace", cells), ("", *MISSING))


def read_numbers(columns: Mapping[str, pa.ChunkedArray], decimal: DecimalMark | None) -> Numbers:
    """Find the columns of numbers, whatever marks and commas are among them."""
    result, commas, unsure = dict(columns), [], set()
    odd = {name: cells for name, cells in columns.items() if not _is_plain(cells)}
    mark = decimal or _find_decimal(odd)
    for name, cells in odd.items():
        written = _with_points(cells, mark, decimal is not None)
        if (numbers := _among_numbers(written)) is not None:
            result[name] = numbers
            if mark == "," and not written.equals(cells):
                commas.append(name)
        elif mark is None and _among_numbers(_with_points(cells, ".", True)) is not None:
            unsure.add(name)
    if decimal is None and commas:
        # 1.234 beside 0,5 is no 1.234.
        plain = (name for name in columns if name not in odd)
        unsure |= {name for name in plain if _all(columns[name], _POINTS)}
    elif decimal == ",":
        plain = [name for name in columns if name not in odd and _all(columns[name], _POINTS)]
        result |= {name: _with_points(columns[name], ",", True) for name in plain}
    return Numbers(result, tuple(commas), frozenset(unsure))


def _is_plain(cells: pa.ChunkedArray) -> bool:
    """Tell whether Arrow reads every cell as a number already."""
    import pyarrow as pa

    try:
        cells.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _find_decimal(odd: Mapping[str, pa.ChunkedArray]) -> DecimalMark | None:
    """Find what commas inside numbers mean; None if they may mean both, or there are none."""
    numeric = [
        cells for cells in odd.values() if _mostly(cells, f"{_NUMBER}|{_COMMA}|{_THOUSANDS}")
    ]
    if any(_count(cells, _COMMA) > _count(cells, _EITHER) for cells in numeric):
        return ","
    return "." if any(_count(cells, _THOUSANDS) for cells in numeric) else None


def _with_points(
    cells: pa.ChunkedArray, decimal: DecimalMark | None, is_sure: bool
) -> pa.ChunkedArray:
    """Write the numbers of a column without thousands marks and with decimal points."""
    if decimal is None:
        return cells
    pattern, thousands = f"{_EITHER}|{_THOUSANDS}", ","
    if decimal == ",":
        pattern, thousands = f"{_COMMA}|{_POINTS if is_sure else _MANY_POINTS}", "."
    if not _count(cells, pattern):
        return cells
    bare = _call("replace_substring", cells, pattern=thousands, replacement="")
    pointed = _call("replace_substring", bare, pattern=",", replacement=".")
    return _call("if_else", _matches(cells, pattern), pointed, cells)


def _among_numbers(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Make marks null where they stand among numbers; None where they do not."""
    cells = _call("replace_substring_regex", cells, pattern=r"(?i)^([+-]?)1\.#inf$",
                  replacement=r"\1inf")  # fmt: skip
    bare = _without(cells, AMONG_NUMBERS)
    if _mostly(bare, _NUMBER) or _all(bare, "true|false"):
        return bare
    return None


def _mostly(cells: pa.ChunkedArray, pattern: str) -> bool:
    n_cells = len(cells) - cells.null_count
    return n_cells > 0 and 2 * _count(cells, pattern) >= n_cells


def _all(cells: pa.ChunkedArray, pattern: str) -> bool:
    n_cells = len(cells) - cells.null_count
    return n_cells > 0 and _count(cells, pattern) == n_cells


def _count(cells: pa.ChunkedArray, pattern: str) -> int:
    return _call("sum", _matches(cells, pattern)).as_py() or 0


def _matches(cells: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    return _call("match_substring_regex", cells, pattern=f"(?i)^[+-]?({pattern})$")


def _without(cells: pa.ChunkedArray, marks: tuple[str, ...]) -> pa.ChunkedArray:
    """Make the cells null that are one of some marks, whatever their case."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = _call("utf8_lower", cells)
    is_mark = pc.call_function("is_in", [lower], pc.SetLookupOptions(column(marks, pa.string())))
    return _call("if_else", is_mark, pa.nulls(1, pa.string())[0], cells)


def _call(name: str, *arguments: Any, **options: str) -> Any:
    # By name, because pyarrow makes its functions at import time, unseen by type checkers.
    import pyarrow.compute as pc

    kinds = {
        "match_substring_regex": pc.MatchSubstringOptions,
        "replace_substring": pc.ReplaceSubstringOptions,
        "replace_substring_regex": pc.ReplaceSubstringOptions,
    }
    made = kinds[name](**options) if options else None
    return pc.call_function(name, list(arguments), made)
