"""Predictions in files: tables as CSV, Parquet and JSON, and playlists.

Conventions: a table has a header and full precision, and an empty cell where the model abstains.
A playlist names files from its own folder on, so that both can be moved together; samples of which
nothing is predicted stand in none.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from gradatim._files import write_atomically
from gradatim._text import escape_json, show_name
from gradatim.errors import OutputError
from gradatim.models.model import Model
from gradatim.sources.registry import SOURCES, find_kind
from gradatim.tagging.predictions import Predictions

#: Endings of what `write_predictions` writes.
FORMATS = (".csv", ".parquet", ".json", ".m3u8")

#: Ending of a playlist, which is in UTF-8.
PLAYLIST = ".m3u8"

# What some system allows in no name of a file.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_LONGEST_NAME = 100

_ROWS_OF_A_PART = 10_000


def check_format(path: Path) -> None:
    """Refuse what is no file of predictions."""
    if path.suffix.lower() not in FORMATS:
        raise OutputError(
            f"{show_name(path.name)} names no format of predictions; end it in "
            f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}, or give a folder for a playlist of each "
            "class"
        )


def playlist_names(model: Model) -> list[str]:
    """Return the name of the playlist of each class or label, all different on every system."""
    if model.task == "regression":
        raise OutputError("a model of numbers has no classes for playlists; write a .csv")
    labels = model.target_names if model.classes is None else [str(c) for c in model.classes]
    return _file_names(labels)


def require_audio(source: str) -> None:
    """Refuse, before the work, playlists of what is no audio: a table, scores."""
    if find_kind(source) in [SOURCES[name] for name in ("features", "scores", "table")]:
        raise _no_audio(source)


def _no_audio(source: str) -> OutputError:
    return OutputError(f"{show_name(source)} is no audio that a playlist could name; write a .csv")


def write_predictions(predictions: Predictions, path: str | os.PathLike[str]) -> list[Path]:
    """Write predictions as a table or as playlists.

    Parameters
    ----------
    predictions : Predictions
        What was predicted.
    path : path-like
        A file that ends in ``.csv``, ``.parquet``, ``.json`` (a list of rows) or ``.m3u8`` (a
        playlist in the order of classes); or a folder, for a playlist of each class.

    Returns
    -------
    list of pathlib.Path
        The files that were written; in a folder one for each class, empty where none is predicted,
        so that none is left of what was predicted before. A playlist leaves out files with a line
        break in their path.

    Raises
    ------
    OutputError
        If the name ends otherwise, a playlist is asked of what is no audio or has no classes, or
        a file cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        _require_audio(predictions)
        names = _file_names(predictions.names)
        return [
            write_atomically(target / name, _playlist(predictions, [column], target))
            for name, column in zip(names, predictions.holds.T, strict=True)
        ]
    check_format(target)
    suffix = target.suffix.lower()
    if suffix == PLAYLIST:
        _require_audio(predictions)
        content = _playlist(predictions, list(predictions.holds.T), _home(target))
        return [write_atomically(target, content)]
    write = {".csv": _write_csv, ".json": _write_json, ".parquet": _write_parquet}[suffix]
    return [write_atomically(target, lambda file: write(predictions, file))]


def _parts(predictions: Predictions) -> Iterator[Predictions]:
    """Cut predictions into parts, so that a table of many rows is never in memory as text."""
    for start in range(0, max(predictions.n_samples, 1), _ROWS_OF_A_PART):
        yield predictions.part(start, start + _ROWS_OF_A_PART)


def _write_csv(predictions: Predictions, file: BinaryIO) -> None:
    for k, part in enumerate(_parts(predictions)):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        columns = part.to_columns()
        if k == 0:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        file.write(_whole(text.getvalue()).encode())


def _whole(text: str) -> str:
    """Escape halves of characters, which names of files may hold and UTF-8 has not."""
    return text.encode(errors="backslashreplace").decode()


def _write_json(predictions: Predictions, file: BinaryIO) -> None:
    """Write a list of rows, part by part as if it were written at once."""
    for k, part in enumerate(_parts(predictions)):
        text = json.dumps(part.to_rows(), indent=1, ensure_ascii=False, allow_nan=False)
        file.write((b"," if k else b"[") + escape_json(text[1:-1].rstrip("\n")).encode())
    file.write(b"\n]\n")


def _write_parquet(predictions: Predictions, file: BinaryIO) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    # A column of which every cell is empty would else have no type.
    texts = {"path"} if predictions.task == "regression" else {"path", "prediction"}
    if predictions.sets is not None:
        texts.add("set")

    def table(part: Predictions) -> pa.Table:
        arrays = {
            _whole(name): pa.array([one and _whole(one) for one in values], pa.string())
            if name in texts
            else pa.array(values, pa.float64())
            for name, values in part.to_columns().items()
        }
        return pa.table(arrays)

    parts = map(table, _parts(predictions))
    first = next(parts)
    with parquet.ParquetWriter(file, first.schema) as writer:
        for one in chain([first], parts):
            writer.write_table(one)


def _require_audio(predictions: Predictions) -> None:
    if predictions.task == "regression":
        raise OutputError("a model of numbers has no classes for playlists; write a .csv")
    if not predictions.files:
        raise _no_audio(predictions.source)


def left_out_of_playlists(predictions: Predictions, path: Path) -> list[Path]:
    """Return the files with a prediction that a playlist cannot hold, if `path` is to hold any."""
    if not path.is_dir() and path.suffix.lower() != PLAYLIST:
        return []
    home = _home(path)
    predicted = zip(predictions.files, predictions.holds, strict=True)
    return [file for file, held in predicted if held.any() and _is_broken(_entry(file, home))]


def _home(path: Path) -> Path:
    """Return the folder from which a playlist names its files."""
    return path.resolve() if path.is_dir() else path.resolve().parent


def _is_broken(entry: bytes) -> bool:
    """Whether an entry would be several lines."""
    return b"\n" in entry or b"\r" in entry


def _playlist(predictions: Predictions, columns: Iterable[Sequence[bool]], folder: Path) -> bytes:
    """List the files of each column, one column after the other."""
    lines = [b"#EXTM3U"]
    home = folder.resolve()
    for column in columns:
        for file, held in zip(predictions.files, column, strict=True):
            if held and not _is_broken(entry := _entry(file, home)):
                lines.append(entry)
    return b"\n".join([*lines, b""])


def _entry(file: Path, home: Path) -> bytes:
    whole = Path(os.path.abspath(file))
    try:
        name = Path(os.path.relpath(whole, home)).as_posix()
    except ValueError:  # another drive of Windows
        name = whole.as_posix()
    # A name that begins with # would be a remark, one with a colon an address.
    name = name if name.startswith(("../", "/")) else f"./{name}"
    return os.fsencode(name)


def _file_names(labels: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    names = []
    for label in labels:
        stem = _NOT_IN_NAMES.sub("_", label).strip(" .")[:_LONGEST_NAME] or "_"
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem} {number}", number + 1
        taken.add(name.casefold())
        names.append(f"{name}{PLAYLIST}")
    return names
