"""Fitted estimators as models, which predict the same and can be saved.

Conventions: rows of estimators are one input without a name of its own, ``"X"``.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from gradatim.collection import Task
from gradatim.models.learners import Learner
from gradatim.models.model import Model
from gradatim.scalers import Scaler


def network_model(
    estimator: Any,
    task: Task,
    learner: Learner,
    scaler: Scaler | None,
    classes: np.ndarray | None,
    flat: bool,
) -> Model:
    """Make the model of a fitted estimator; without a scaler, a missing value is an error."""
    n = estimator.n_features_in_
    kind = type(estimator).__name__
    return Model(
        rung=kind,
        input="X",
        task=task,
        learner=learner,
        scaler=scaler or Scaler(np.zeros(n), np.ones(n), np.full(n, np.nan)),
        classes=classes,
        flat=flat,
        feature_names=tuple(map(str, getattr(estimator, "feature_names_in_", ()))),
        about={"gradatim": _version(), "estimator": kind},
    )


@cache
def _version() -> str:
    # Looked up in the installed files, which takes longer than predicting a row.
    return version("gradatim")
