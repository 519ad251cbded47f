"""Explanations: which inputs moved one decision of a model, and by how much, as a value.

Conventions: inputs stand in the order of the model; `Explanation.order` has the largest
contribution first. What is explained is by how much the model prefers one class to another (of
labels: how surely one holds; of numbers: the number).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import show_name
from gradatim.collection import Notice, Task

__all__ = ["Explanation", "NearRow"]


@dataclass(frozen=True)
class NearRow:
    """A training row near to the one that is explained.

    Parameters
    ----------
    id : str
        What the row is called.
    label : str
        Its class, labels or targets.
    distance : float
        Root of the mean squared difference over the scaled inputs.
    """

    id: str
    label: str
    distance: float


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Shown):
    """Which inputs moved a decision, relative to a baseline.

    Parameters
    ----------
    source : str
        Name of what was read; empty for rows given in Python.
    sample : str
        What the sample is called.
    task : {"classification", "multilabel", "regression"}
        What the model predicts.
    rung, input : str
        Kind of the model, and the input that it reads.
    prediction : str or float
        What the model says: a class, the labels that hold (joined by ``|``), or a number.
    explained : str
        The class, label or target that is explained.
    rival : str or None
        The class that it is compared with; None for labels and numbers.
    measure : {"log-odds", "score", "value"}
        What `output` is: the natural logarithm of how many times as probable the class is as its
        rival (of a label: as its absence), a score without a unit (above 0 for the class), or a
        number in `unit`.
    output, baseline_output : float
        It, for the sample and for the baseline.
    baseline : {"mean", "median", "none"}
        What of the training rows the baseline is.
    method : {"exact", "integrated gradients", "constant"}
        How contributions were found; ``"constant"`` if no input can change the answer.
    feature_names : sequence of str
        Names of the inputs.
    values : array of shape (n_features,)
        Inputs of the sample in their own units, NaN where one is missing; of a sound in several
        pieces their means.
    filled : array of shape (n_features,)
        The same, with what the model takes in place of missing ones.
    baseline_values : array of shape (n_features,)
        Inputs of the baseline.
    contributions : array of shape (n_features,)
        What each input adds to the output; in sum `output` - `baseline_output`.
    gap : float
        What the sum misses of that.
    is_complete : bool
        Whether the gap is within one millionth of the contributions.
    n_gradients : int
        Gradients that were computed.
    n_pieces : int
        Pieces of the sound, over which all of this is a mean.
    probabilities : tuple of float or None
        Of the explained class or label and of its rival (of a label, of its absence); None where
        the model has none.
    unit : str
        Unit of a number, where one is known.
    nearest : sequence of NearRow
        Training rows, nearest first.
    n_training, n_searched : int or None
        Rows that the model has learnt from, and how many of these it keeps; None if it keeps none.
    notices : sequence of Notice
        What a person should know.
    """

    source: str
    sample: str
    task: Task
    rung: str
    input: str
    prediction: str | float
    explained: str
    rival: str | None
    measure: str
    output: float
    baseline_output: float
    baseline: str
    method: str
    feature_names: Sequence[str]
    values: np.ndarray
    filled: np.ndarray
    baseline_values: np.ndarray
    contributions: np.ndarray
    gap: float = 0.0
    is_complete: bool = True
    n_gradients: int = 0
    n_pieces: int = 1
    probabilities: tuple[float, float] | None = None
    unit: str = ""
    nearest: Sequence[NearRow] = ()
    n_training: int | None = None
    n_searched: int | None = None
    notices: Sequence[Notice] = ()

    def __repr__(self) -> str:
        sample = f"{show_name(self.sample)} is " if self.sample else ""
        on = f" on {show_name(self.input)}" if self.input else ""
        said = show_name(str(self.prediction))
        return f"Explanation: {sample}{said} by {self.rung}{on}, {self.method}"

    @property
    def order(self) -> np.ndarray:
        """Numbers of the inputs, (n_features,), largest contributions of either sign first."""
        return np.argsort(-np.abs(self.contributions), kind="stable")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object, inputs in `order`; a missing one is None."""
        columns = (self.values, self.filled, self.baseline_values, self.contributions)
        keys = ("value", "filled", "baseline", "contribution")
        rows = [map(_plain, row) for row in np.stack(columns, axis=1)[self.order].tolist()]
        names = [self.feature_names[k] for k in self.order]
        inputs = [
            {"name": name, **dict(zip(keys, row, strict=True))}
            for name, row in zip(names, rows, strict=True)
        ]
        near = [
            {"id": one.id, "label": one.label, "distance": _plain(one.distance)}
            for one in self.nearest
        ]
        said, shares = self.prediction, self.probabilities
        return {
            "source": self.source,
            "sample": self.sample,
            "task": self.task,
            "prediction": said if isinstance(said, str) else _plain(said),
            "explained": self.explained,
            "rival": self.rival,
            "measure": self.measure,
            "unit": self.unit,
            "probabilities": None if shares is None else [_plain(share) for share in shares],
            "output": _plain(self.output),
            "baseline": self.baseline,
            "baseline_output": _plain(self.baseline_output),
            "method": self.method,
            "gap": _plain(self.gap),
            "is_complete": self.is_complete,
            "n_gradients": self.n_gradients,
            "n_pieces": self.n_pieces,
            "inputs": inputs,
            "nearest": near,
            "n_training": self.n_training,
            "n_searched": self.n_searched,
            "warnings": [{"code": one.code, "message": one.message} for one in self.notices],
        }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
