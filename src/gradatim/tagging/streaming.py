"""Any number of sounds, asked for one by one: of a file stays only what the model says of it.

Conventions: what was said of a file is kept in a store until all is done and written, under a key
of the model, the versions that compute, and the file's name, size and time of change; so a second
run goes on where the first was ended, however that was. Each file is asked for alone, which makes
the result the same to the last bit wherever it was interrupted. What could not be read is tried
again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from gradatim._digest import short_hash
from gradatim._progress import Progress, steady
from gradatim.climb.checkpoint import work_folder
from gradatim.errors import AudioError
from gradatim.models.model import Model
from gradatim.models.records import to_record
from gradatim.music.analyses import FileAnalysis
from gradatim.music.cache import FeatureCache
from gradatim.music.many_files import analyze_each
from gradatim.music.recipes import Recipe
from gradatim.tagging.answers import Leaving, answer
from gradatim.training.store import Record, Store

#: What the keys of a store begin with.
KIND = "prediction"

_N_ARRAYS = 3

_ARITHMETIC = ("gradatim", "numpy", "scipy", "soundfile", "soxr")


def predictions_folder(model: Model, path: str | os.PathLike[str]) -> Path | None:
    """Name the folder where predictions of a folder of sounds are kept until they are written.

    It is None where there is nothing to go on with: of what is no folder, for a constant, and where
    the cache is turned off.
    """
    where = Path(path).expanduser()
    if model.scaler is None or not where.is_dir():
        return None
    return work_folder("predictions", (_digest(model), str(where.resolve())))


@dataclass(frozen=True, eq=False)
class AnsweredFiles:
    """What a model says of the files that could be read."""

    places: np.ndarray  # (n_read,): which of the files these are, ascending
    outputs: np.ndarray  # (n_read, n_outputs)
    probabilities: np.ndarray | None  # (n_read, n_names); None where the model gives none
    leaving: Leaving
    errors: Mapping[int, AudioError]  # By the place of the file


def answer_files(
    model: Model,
    recipe: Recipe,
    root: Path,
    files: Sequence[str],
    *,
    store: Store | None,
    n_jobs: int,
    progress: Progress | None,
    cache: FeatureCache | None = None,
) -> AnsweredFiles:
    """Ask a model for each file below a root, those apart that the store has."""
    tell = steady(progress)
    keys = [] if store is None else _keys(model, root, files)
    gathered = _Gathered(model, len(files))
    for place, key in enumerate(keys):
        record = None if store is None else store.get(key)
        if record is not None and len(record.arrays) == _N_ARRAYS:
            gathered.take(place, record)
    left = np.flatnonzero(~gathered.read).tolist()
    n_done = len(files) - len(left)

    def report() -> None:
        tell(n_done / len(files), f"{n_done:,}/{len(files):,}")

    report()
    paths = (root / files[place] for place in left)
    with contextlib.closing(
        analyze_each(paths, recipe, n_jobs=n_jobs, cache=cache, waiting=report)
    ) as each:
        for number, outcome in each:
            place = left[number]
            if isinstance(outcome, FileAnalysis):
                record = _record(model, outcome)
                gathered.take(place, record)
                if store is not None:
                    store.put(keys[place], record)
            else:
                gathered.errors[place] = outcome
            n_done += 1
            report()
    return gathered.whole()


class _Gathered:
    """Answers as they come, in arrays of their final size."""

    def __init__(self, model: Model, n_files: int) -> None:
        self.read = np.zeros(n_files, dtype=bool)
        self.errors: dict[int, AudioError] = {}
        self._outputs = self._chances = np.empty((n_files, 0))
        self._n_outside, self._by_column = 0, np.zeros(model.n_features or 0, dtype=int)

    def take(self, place: int, record: Record) -> None:
        outputs, chances, columns = record.arrays
        if not self.read.any():
            self._outputs = np.empty((len(self.read), len(outputs)))
            self._chances = np.empty((len(self.read), len(chances)))
        self._outputs[place], self._chances[place] = outputs, chances
        self._n_outside += bool(len(columns))
        self._by_column[columns] += 1
        self.read[place] = True

    def whole(self) -> AnsweredFiles:
        read = self.read
        chances = self._chances[read] if self._chances.shape[1] else None
        leaving = Leaving(int(read.sum()), self._n_outside, self._by_column)
        return AnsweredFiles(
            np.flatnonzero(read), self._outputs[read], chances, leaving, self.errors
        )


def _record(model: Model, analysis: FileAnalysis) -> Record:
    """Keep outputs, probabilities (or nothing), and which columns lie outside of the ranges."""
    X = np.stack([piece.features for piece in analysis.pieces])
    said = answer(model, X, np.zeros(1, dtype=int))
    chances = np.empty(0) if said.probabilities is None else said.probabilities[0]
    columns = [] if said.outside is None else np.flatnonzero(said.outside[0])
    return Record({}, (said.outputs[0], chances, np.asarray(columns, dtype=np.int32)))


def _keys(model: Model, root: Path, files: Sequence[str]) -> list[str]:
    digest = _digest(model)
    return [f"{KIND}:{short_hash(repr((digest, file, *_state(root / file))))}" for file in files]


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns


def _digest(model: Model) -> str:
    record, tensors = to_record(model)
    about = json.dumps(record, sort_keys=True, default=str)
    arrays = [part for name in sorted(tensors) for part in (name, tensors[name])]
    return short_hash(about, repr([version(name) for name in _ARITHMETIC]), *arrays)
