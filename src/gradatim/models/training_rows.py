"""Training rows that a model keeps, so that it can name those nearest to a new row.

Conventions: rows are scaled as the model's learner reads them, float32; of many rows a random
sample is kept, which the same seed chooses again. A distance is the root of the mean squared
difference over the inputs, so that it does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.collection import Collection
from gradatim.scalers import Scaler

#: Rows that are kept, at most.
MOST_ROWS = 2_000

#: Bytes of rows that are kept, at most.
MOST_BYTES = 1_000_000


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Rows that a model has learnt from, with what they are called."""

    scaled: np.ndarray  # (n_rows, n_features), float32
    ids: tuple[str, ...]
    labels: tuple[str, ...]  # Class, labels or targets of each row, in words
    n_all: int  # Rows that the model has learnt from

    def nearest(self, z: np.ndarray, count: int) -> list[tuple[int, float]]:
        """Return number and distance of the rows nearest to any of `z` (n_pieces, n_features)."""
        rows = self.scaled.astype(np.float64)
        squares = [((rows - piece) ** 2).mean(axis=1) for piece in z]
        distances = np.sqrt(np.min(squares, axis=0))
        order = np.argsort(distances, kind="stable")[:count]
        return [(int(k), float(distances[k])) for k in order]


def keep_rows(
    collection: Collection, input: str, rows: np.ndarray, scaler: Scaler, seed: int
) -> TrainingRows | None:
    """Keep rows of a collection, or a sample of them; None if not even one is small enough."""
    width = max(1, len(scaler.center))
    count = min(len(rows), MOST_ROWS, MOST_BYTES // (4 * width))
    if count < 1:
        return None
    kept = rows
    if count < len(rows):
        kept = np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
    return TrainingRows(
        scaler.transform(collection.X[input][kept]),
        tuple(map(str, collection.ids[kept].tolist())),
        tuple(target_text(collection, row) for row in collection.y[kept]),
        len(rows),
    )


def target_text(collection: Collection, y: np.ndarray) -> str:
    """Write what is to be learnt of a row: its class, its labels or its numbers."""
    if collection.task == "classification":
        return str(y)
    values: Sequence[float] = np.atleast_1d(y).tolist()
    if collection.task == "regression":
        return ", ".join(f"{value:.6g}" for value in values)
    names = collection.target_names or [f"output {k + 1}" for k in range(len(values))]
    return "|".join(str(name) for name, on in zip(names, values, strict=True) if on)
