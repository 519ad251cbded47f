"""Out-of-fold predictions of a climb as a table: what was said of items by models without them.

Conventions: a line per item and repeat, repeat by repeat, items in the order of the collection;
repeats, rows and folds count from 1; numbers have all their digits. Of a fixed split, the items are
those of the scored part.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from gradatim._files import write_atomically
from gradatim.climb.result import Climb, RungResult
from gradatim.errors import SpecError
from gradatim.training.targets import probabilities

__all__ = ["held_out_probabilities", "prediction_rows", "write_predictions"]


def write_predictions(climb: Climb, path: str | os.PathLike[str]) -> Path:
    """Write the out-of-fold predictions of the verdict's rung as a CSV file.

    The columns are ``repeat``, ``row`` (which item of the collection), ``id``, ``group`` where
    there are groups, ``fold``, then ``truth`` and ``prediction``, and ``probability of`` each class
    where the rung gives probabilities. Several labels or targets have one column each: ``truth of
    NAME``, ``prediction of NAME``. Every item has one line per repeat.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(prediction_rows(climb))
    # A file name on disk need not be valid Unicode, but must still tell one item from another.
    return write_atomically(path, text.getvalue().encode("utf-8", errors="backslashreplace"))


def prediction_rows(climb: Climb) -> Iterator[list[str]]:
    """Yield the head of the table, then its lines."""
    collection, rung, fold_of = climb.collection, climb.winner, climb.fold_of
    if fold_of is None:
        raise SpecError("this climb does not know its folds; climb again to write predictions")
    groups, parts = collection.groups, collection.parts
    scored = np.arange(collection.n_samples) if parts is None else np.flatnonzero(parts == "test")
    targets = _target_names(climb)
    of = [f" of {name}" for name in targets] or [""]
    chances = held_out_probabilities(climb, rung)
    head = ["repeat", "row", "id", *([] if groups is None else ["group"]), "fold"]
    head += [f"{what}{name}" for what in ("truth", "prediction") for name in of]
    if chances is not None:
        head += [f"probability of {name}" for name in targets or collection.classes]
    yield head
    truth = np.asarray(collection.y).reshape(collection.n_samples, -1)
    for r, fold in enumerate(fold_of):
        said = np.asarray(rung.predictions[r]).reshape(len(scored), -1)
        for at, i in enumerate(scored):
            who = [r + 1, i + 1, collection.ids[i], *([] if groups is None else [groups[i]])]
            shares = [] if chances is None else chances[r, at]
            yield [str(cell) for cell in chain(who, [fold[i] + 1], truth[i], said[at], shares)]


def _target_names(climb: Climb) -> list[str]:
    """Return what labels and targets are called; nothing where there is one of them."""
    collection = climb.collection
    if collection.task == "classification" or np.ndim(collection.y) == 1:
        return []
    kind = "label" if collection.task == "multilabel" else "target"
    n_targets = np.shape(collection.y)[1]
    return list(collection.target_names) or [f"{kind} {k + 1}" for k in range(n_targets)]


def held_out_probabilities(climb: Climb, rung: RungResult) -> np.ndarray | None:
    """Return probabilities (repeats, n_samples, classes or labels), if the rung gives any."""
    collection = climb.collection
    if rung.outputs is None or not rung.probabilistic or collection.task == "regression":
        return None
    classes = collection.classes if collection.task == "classification" else None
    return np.stack([probabilities(outputs, classes) for outputs in rung.outputs])
