"""How far a rung was off on the rows that it was scored on, kept with its model.

Conventions: a file is one sample, also where it was cut into segments; it has the mean of their
outputs, as in a prediction. Rungs without probabilities of classes have no scores, nor have models
of several labels or rungs that said what is no number.
"""

from __future__ import annotations

import numpy as np

from gradatim.climb.result import RungResult
from gradatim.climb.task import ClimbTask
from gradatim.models.calibration import Calibration, calibrate
from gradatim.music.pieces import first_pieces, mean_of_pieces
from gradatim.training.targets import probabilities


def calibration_of(task: ClimbTask, row: RungResult) -> Calibration | None:
    """Return how far a rung was off, or None where there is nothing to tell that by."""
    collection, scored = task.collection, task.folds.scored
    starts = first_pieces(collection, scored)
    first = np.arange(len(scored)) if starts is None else starts
    y = collection.y[scored][first]
    if task.task == "regression":
        said = row.predictions.reshape(*row.predictions.shape[:2], -1).astype(np.float64)
        means = np.stack([mean_of_pieces(one, starts) for one in said])
        scores = np.abs(means - y.reshape(len(y), -1))
    elif task.task == "classification" and row.probabilistic and row.outputs is not None:
        classes = collection.classes
        chances = [mean_of_pieces(probabilities(one, classes), starts) for one in row.outputs]
        true = np.searchsorted(classes, y)
        scores = 1.0 - np.stack(chances)[:, np.arange(len(y)), true, None]
    else:
        return None
    if not np.isfinite(scores).all():
        # Training that ran away: no distance holds such a number.
        return None
    return calibrate(scores, task.units.codes[first], grouped=task.units.grouped)
