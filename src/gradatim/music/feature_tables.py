"""Features of the sounds of a folder as a table in a file, with the recipe that computed them.

Conventions: the columns are ``path``, ``label``, ``group``, ``error``, where sounds were cut
``start``, and then the features; a row is a sound or a piece of one. A sound that could not be
read has its reason under ``error`` and no features. In Parquet the recipe of each input stands as
JSON in the metadata, under ``gradatim.recipe``, and beside it, by which near copies are found, the
fingerprint of each row; a CSV has no place for them.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gradatim._files import open_regular, write_atomically
from gradatim.collection import Notice
from gradatim.errors import OutputError, SpecError, TableError
from gradatim.music.fingerprints import N_BANDS, N_STEPS
from gradatim.music.plans import InputPlan, refuse_twins
from gradatim.music.recipes import Recipe, SetRecipe, UnionRecipe, parts_of, read_recipe, set_name
from gradatim.tables.arrow_columns import column, number_column

if TYPE_CHECKING:
    import pyarrow as pa

#: Key of the recipes in the metadata of a Parquet file.
RECIPE_KEY = b"gradatim.recipe"

#: Endings of the files that hold a table of features.
FEATURE_FORMATS = (".parquet", ".csv")

#: Columns before the features; ``start`` is there where sounds were cut.
ROLES = ("path", "label", "group", "error", "start")

#: Key of the fingerprints of all rows there.
FINGERPRINT_KEY = b"gradatim.fingerprints"

# Bytes of fingerprints beyond which a file goes without: readers refuse texts of 100 MB.
_MOST_BYTES = 1 << 26

_SCHEMA = 1

Label = str | float | list[str] | None


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Features of sounds, row by row."""

    name: str  # What the folder is called
    paths: Sequence[str]  # File of each row, below the folder
    labels: Sequence[Label]  # What is known of it: a class, a number, or tags
    groups: Sequence[str | None]  # What it belongs to
    errors: Sequence[str | None]  # Why the file could not be read
    # Where in the file the piece begins, in seconds; None where it could not be read
    starts: Sequence[float | None]
    features: np.ndarray  # (n_rows, n_features): float32; NaN where the file could not be read
    recipes: Mapping[str, Recipe]  # How each input is computed; their columns stand once each
    task: str = "classification"  # What the labels are: classification, regression or multilabel
    notices: Sequence[Notice] = ()  # What a person should know
    # What each sounds like, in dB, by which near copies are found; None: not known
    fingerprints: np.ndarray | None = None

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns of features."""
        return InputPlan(self.recipes).whole.names

    @property
    def is_cut(self) -> bool:
        """Whether sounds were cut into pieces."""
        return InputPlan(self.recipes).whole.segment_seconds is not None

    @property
    def failed(self) -> dict[str, str]:
        """The files that could not be read, with the reason."""
        pairs = zip(self.paths, self.errors, strict=True)
        return {path: error for path, error in pairs if error is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return what the table holds as a JSON object: counts, recipes and errors, no numbers."""
        return {
            "name": self.name,
            "n_files": len(set(self.paths)),
            "n_rows": len(self.paths),
            "n_features": len(self.feature_names),
            "n_labeled": sum(label is not None for label in self.labels),
            "n_groups": len({group for group in self.groups if group is not None}),
            "inputs": {name: len(recipe.names) for name, recipe in self.recipes.items()},
            "recipe": self._recipe(),
            "errors": [{"path": path, "error": error} for path, error in self.failed.items()],
            "warnings": [{"code": one.code, "message": one.message} for one in self.notices],
        }

    def to_arrow(self) -> pa.Table:
        """Return the table as Arrow holds it, with the recipes in its metadata."""
        import pyarrow as pa

        kinds = {"regression": pa.float64(), "multilabel": pa.list_(pa.string())}
        columns = {
            "path": column([*map(_whole, self.paths)], pa.string()),
            "label": column(self.labels, kinds.get(self.task, pa.string())),
            "group": column(self.groups, pa.string()),
            "error": column([e and _whole(e) for e in self.errors], pa.string()),
        }
        if self.is_cut:
            columns["start"] = column(self.starts, pa.float64())
        known = np.array([error is None for error in self.errors], dtype=bool)
        for name, values in zip(self.feature_names, self.features.T, strict=True):
            columns[name] = number_column(values, known)
        return pa.table(columns, metadata={RECIPE_KEY: json.dumps(self._recipe())})

    def _recipe(self) -> dict[str, Any]:
        inputs = InputPlan(self.recipes).to_dict()
        about = {"schema": _SCHEMA, "gradatim": version("gradatim"), "task": self.task}
        return {**about, "inputs": inputs}


def write_features(table: FeatureTable, path: str | os.PathLike[str]) -> Path:
    """Write a table of features to ``.parquet``, or ``.csv``, which has no place for the recipe."""
    suffix = Path(path).suffix.lower()
    if suffix not in FEATURE_FORMATS:
        raise OutputError(f"a table of features ends in {' or '.join(FEATURE_FORMATS)}")
    if suffix == ".csv":
        return write_atomically(path, _csv(table))
    return write_atomically(path, lambda file: _write_parquet(table, file))


def _write_parquet(table: FeatureTable, file: BinaryIO) -> None:
    from pyarrow import parquet

    arrow = table.to_arrow()
    with parquet.ParquetWriter(file, arrow.schema, compression="zstd") as writer:
        writer.write_table(arrow)
        marks = b"" if table.fingerprints is None else _packed(table.fingerprints)
        if marks and len(marks) <= _MOST_BYTES:
            writer.add_key_value_metadata({FINGERPRINT_KEY: marks})


def _packed(fingerprints: np.ndarray) -> bytes:
    """Return fingerprints (n_rows, n_numbers), in dB, in half precision as compressed text."""
    return base64.b64encode(zlib.compress(fingerprints.astype("<f2").tobytes()))


def _csv(table: FeatureTable) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    arrow = table.to_arrow()
    writer.writerow(arrow.column_names)
    roles = [name for name in ROLES if name in arrow.column_names]
    heads = zip(*(map(_cell, arrow[name].to_pylist()) for name in roles), strict=True)
    for head, row, error in zip(heads, table.features, table.errors, strict=True):
        # The shortest text that gives the same float32.
        numbers = [""] * len(row) if error is not None else map(str, row)
        writer.writerow([*head, *numbers])
    return text.getvalue()


def _cell(value: object) -> object:
    return "|".join(map(str, value)) if isinstance(value, list) else value


def _whole(text: str) -> str:
    """Escape halves of characters, which UTF-8 has not."""
    return text.encode(errors="backslashreplace").decode()


@dataclass(frozen=True)
class FileRecipes:
    """What the metadata of a table of features say."""

    source: str  # Name of the file
    inputs: Mapping[str, Recipe]
    task: str
    marks: bytes = b""  # Fingerprints as they were written

    def fingerprints(self, n_rows: int) -> np.ndarray | None:
        """Return the fingerprints (n_rows, n_numbers) in dB; None if not all rows have one."""
        size = 2 * n_rows * N_BANDS * N_STEPS
        try:
            told = zlib.decompressobj().decompress(base64.b64decode(self.marks), size + 1)
        except (ValueError, zlib.error):
            return None
        if len(told) != size:
            return None
        dB = np.frombuffer(told, dtype="<f2").reshape(n_rows, -1).astype(np.float32)
        return dB if np.isfinite(dB).all() else None

    @property
    def sets(self) -> dict[str, SetRecipe]:
        """The recipe of each set whose columns are there."""
        return {set_name(part): part for part in parts_of(list(self.inputs.values()))}

    def choose(self, names: Sequence[str]) -> dict[str, Recipe]:
        """Return the recipes of inputs by name: those of the file, or other unions of its sets."""
        if not names or "all" in names:
            return dict(self.inputs)
        refuse_twins(names)
        return {name: self._union(name) for name in names}

    def require(self, recipe: Recipe) -> None:
        """Refuse features that were computed otherwise than by a recipe."""
        for part in parts_of([recipe]):
            own = self._of_set(set_name(part)).to_dict()
            for name, wanted in part.to_dict().items():
                if (made := own.get(name)) != wanted:
                    raise TableError(
                        f"the features in {self.source} were computed {_with(name, made)}, the "
                        f"model reads those {_with(name, wanted, short=True)}; compute them anew"
                    )

    def _union(self, name: str) -> Recipe:
        parts = tuple(self._of_set(one) for one in name.split("+"))
        return parts[0] if len(parts) == 1 else UnionRecipe(parts)

    def _of_set(self, name: str) -> SetRecipe:
        if name not in self.sets:
            raise SpecError(
                f"{self.source} holds the features {', '.join(self.sets)} and no {name}; extract "
                f"them with gradatim features FOLDER --features {' '.join([*self.inputs, name])}"
            )
        return self.sets[name]


def read_recipes(path: str | os.PathLike[str]) -> FileRecipes | None:
    """Return what a Parquet file says of its features; None if it is no table of features."""
    import pyarrow as pa
    from pyarrow import parquet

    file = Path(path).expanduser()
    try:
        with open_regular(file) as opened:
            metadata = parquet.read_metadata(opened).metadata or {}
    except (pa.ArrowException, OSError, ValueError):
        return None
    if RECIPE_KEY not in metadata:
        return None
    try:
        told = json.loads(metadata[RECIPE_KEY])
        inputs = {str(name): read_recipe(recipe) for name, recipe in told["inputs"].items()}
        task = told["task"]
    except SpecError as error:
        raise TableError(f"the recipe in {file.name} cannot be used: {error}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise TableError(
            f"the recipe in {file.name} cannot be read ({error}); extract the features anew"
        ) from error
    if not inputs or task not in ("classification", "regression", "multilabel"):
        raise TableError(f"the recipe in {file.name} names no input; extract the features anew")
    return FileRecipes(file.name, inputs, task, metadata.get(FINGERPRINT_KEY, b""))


def _with(name: str, value: object, *, short: bool = False) -> str:
    if value is None:
        return f"without {name}"
    return f"with {value}" if short else f"with {name} {value}"
