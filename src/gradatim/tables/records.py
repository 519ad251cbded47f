"""Tables in JSON: objects by key as NSynth publishes them, a list of objects, or one on each line.

Conventions: a field is a column, and a row that lacks it has no value there. Objects by key have
the key as a column of its own, called ``key``. What is nested deeper than a list stays JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

_KEY, _VALUE = "key", "value"
_LINES = (".jsonl", ".ndjson")


def is_json_name(name: str) -> bool:
    """Tell whether a name is that of a table in JSON."""
    return Path(name).suffix.lower() in (".json", *_LINES)


def read_json(source: str, data: bytes) -> dict[str, pa.ChunkedArray]:
    """Read the columns of a JSON file."""
    rows = _rows(source, _parse(source, data))
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {_text(name): _column([row.get(name) for row in rows]) for name in names}


def _parse(source: str, data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if Path(source).suffix.lower() in _LINES:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return json.loads(text)
    except UnicodeDecodeError as error:
        raise TableError(f"{source} is not in UTF-8, as JSON is; save it again") from error
    except RecursionError as error:
        raise TableError(f"{source} is nested too deeply for a table") from error
    except ValueError as error:
        raise TableError(f"{source} is no JSON ({error})") from error


def _rows(source: str, read: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(read, dict) and read:
        are_objects = [isinstance(value, dict) for value in read.values()]
        if all(are_objects):
            return [_with_key(key, row) for key, row in read.items()]
        # The label of each file: {"a.wav": "jazz"}
        if not any(are_objects) and not all(isinstance(value, list) for value in read.values()):
            return [{_KEY: key, _VALUE: value} for key, value in read.items()]
    if isinstance(read, list) and read and all(isinstance(row, dict) for row in read):
        return read
    raise TableError(
        f"{source} is no table: give a list of objects, or objects by key, as in "
        '{"a.wav": {"genre": "jazz"}}'
    )


def _with_key(key: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return row if _KEY in row else {_KEY: key, **row}


def _column(values: Sequence[Any]) -> pa.ChunkedArray:
    """Return numbers, texts, truth values or lists of these; anything mixed as text."""
    import pyarrow as pa

    plain = [_plain(value) for value in values]
    try:
        array = pa.array(plain)
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        array = pa.array([None if value is None else _as_text(value) for value in plain])
    # A column that is empty throughout is one of texts.
    return pa.chunked_array([array.cast(pa.string()) if pa.types.is_null(array.type) else array])


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list) and not any(isinstance(inner, list | dict) for inner in value):
        return [_text(inner) if isinstance(inner, str) else inner for inner in value]
    return json.dumps(value) if isinstance(value, list | dict) else value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    """Write halves of characters, which UTF-8 has not, as a mark."""
    return value.encode(errors="replace").decode()
