"""Metrics: what a score is, which one a climb takes, and what predictions are held against.

Conventions: a metric has a name, by which ``--metric`` asks for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from gradatim._text import show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import SpecError

_MINUS = "\N{MINUS SIGN}"

#: Share of the most frequent class above which accuracy says little.
_LOPSIDED = 0.8


@dataclass(frozen=True)
class ScoreMetric:
    """What a score is."""

    title: str  # As it stands in a sentence
    tasks: tuple[str, ...]
    range: Literal["share", "up to 1", "positive"] = "share"
    higher_is_better: bool = True
    reads: Literal["predictions", "probabilities", "order"] = "predictions"
    says: str = ""  # What it is, for people
    short: str = ""  # As it heads a narrow column, if not by its title

    @property
    def head(self) -> str:
        """Name it in at most nine letters."""
        return self.short or self.title

    @property
    def sign(self) -> int:
        """1 where larger is better, -1 for losses."""
        return 1 if self.higher_is_better else -1


_CLASSES, _LABELS, _VALUES = ("classification",), ("multilabel",), ("regression",)

METRICS = {
    "accuracy": ScoreMetric("accuracy", _CLASSES, says="the share of predictions that are right"),
    "balanced_accuracy": ScoreMetric(
        "balanced accuracy",
        _CLASSES,
        says="the share that is right, averaged over classes",
        short="balanced",
    ),
    "macro_f1": ScoreMetric("macro-F1", (*_CLASSES, *_LABELS), says="F1, averaged over classes"),
    "log_loss": ScoreMetric(
        "log-loss",
        _CLASSES,
        "positive",
        higher_is_better=False,
        reads="probabilities",
        says="minus the logarithm of the true class's probability; smaller is better",
    ),
    "auc": ScoreMetric(
        "AUC", _CLASSES, reads="order", says="how often a pair of both classes is in order"
    ),
    "macro_auc": ScoreMetric(
        "macro-AUC",
        (*_CLASSES, *_LABELS),
        reads="order",
        says="how often a row with a label stands before one without, averaged over labels",
    ),
    "micro_f1": ScoreMetric("micro-F1", _LABELS, says="F1 of all labels together"),
    "hamming": ScoreMetric(
        "Hamming loss",
        _LABELS,
        higher_is_better=False,
        says="the share of labels that are wrong; smaller is better",
        short="Hamming",
    ),
    "label_ranking": ScoreMetric(
        "label ranking precision",
        _LABELS,
        reads="order",
        says="average precision of each row's order of labels",
        short="ranking",
    ),
    "r2": ScoreMetric(
        "R²", _VALUES, "up to 1", says="1 is perfect, 0 no better than always saying the mean"
    ),
    "rmse": ScoreMetric(
        "RMSE",
        _VALUES,
        "positive",
        higher_is_better=False,
        says="root of the mean squared error; smaller is better",
    ),
    "mae": ScoreMetric(
        "MAE",
        _VALUES,
        "positive",
        higher_is_better=False,
        says="mean absolute error; smaller is better",
    ),
    "km": ScoreMetric(
        "mean distance in km",
        _VALUES,
        "positive",
        higher_is_better=False,
        says="great-circle distance to the true place; smaller is better",
        short="km",
    ),
}

_DEFAULTS = {"classification": "accuracy", "multilabel": "macro_auc", "regression": "r2"}


#: By task: the score whose value under chance is known, which tells whether anything was found.
GATES = {"classification": "balanced_accuracy", "multilabel": "macro_auc", "regression": "r2"}


@dataclass(frozen=True, eq=False)
class Truth:
    """What predictions are held against."""

    task: str
    y: np.ndarray  # (n_samples,) or (n_samples, n_targets)
    classes: np.ndarray  # Sorted labels, also of those that no row here has
    target_names: tuple[str, ...] = ()
    weights: np.ndarray | None = None  # (n_samples,): how much each row counts, above 0

    @classmethod
    def of(cls, collection: Collection) -> Truth:
        """Return that of all rows of a collection."""
        names = tuple(map(str, collection.target_names))
        y, classes = np.asarray(collection.y), collection.classes
        return cls(collection.task, y, classes, names, collection.weights)

    def take(self, rows: np.ndarray) -> Truth:
        """Return that of some rows."""
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, y=self.y[rows], weights=weights)

    @property
    def counts(self) -> np.ndarray:
        """How much each row counts, (n_samples,)."""
        return np.ones(len(self.y)) if self.weights is None else self.weights

    @cached_property
    def indicators(self) -> np.ndarray:
        """What holds of each row, (n_samples, n_classes or n_labels) of 0 and 1."""
        if self.task == "multilabel":
            return np.asarray(self.y, dtype=float)
        return (self.y[:, None] == self.classes).astype(float)


def choose_metric(collection: Collection, name: str | None) -> tuple[str, Notice | None]:
    """Return the metric of a climb, and what is to be said of it if nobody asked for it."""
    if name is not None:
        _require_fit(collection, name)
        return name, None
    if collection.task == "classification":
        classes, codes = np.unique(collection.y, return_inverse=True)
        counts = np.bincount(codes, collection.weights)
        if (most := counts.max() / counts.sum()) > _LOPSIDED:
            name = show_name(str(classes[counts.argmax()]))
            text = (
                f"{100 * most:.0f} % of the samples are {name}, so the score is balanced accuracy: "
                "accuracy would be high without learning; --metric accuracy has it all the same"
            )
            return "balanced_accuracy", Notice("balanced-accuracy", text)
    if collection.task == "regression" and _are_places(Truth.of(collection)):
        text = (
            "the targets are a place, so the score is its mean distance to the true one on the "
            "earth; --metric r2 takes them as two numbers"
        )
        return "km", Notice("geo", text)
    if collection.task == "regression" and _named_as_places(Truth.of(collection)):
        text = (
            "the targets are called latitude and longitude and are no degrees, so they are scored "
            "as two numbers"
        )
        return _DEFAULTS[collection.task], Notice("geo", text)
    return _DEFAULTS[collection.task], None


def _require_fit(collection: Collection, name: str) -> None:
    fitting = [key for key, metric in METRICS.items() if collection.task in metric.tasks]
    if name not in fitting:
        known = "does not fit" if name in METRICS else "is no metric of"
        unfit = [] if len(collection.classes) == 2 else ["auc"]
        unfit += [] if _are_places(Truth.of(collection)) else ["km"]
        offered = ", ".join(key for key in fitting if key not in unfit)
        raise SpecError(f"{name!r} {known} {collection.task}; choose among {offered}")
    if name == "auc" and len(collection.classes) != 2:
        raise SpecError(
            f"auc is of 2 classes, not of the {len(collection.classes)} of "
            f"{show_name(collection.name)}; choose macro_auc"
        )
    if name == "km" and not _are_places(Truth.of(collection)):
        named = ", ".join(map(show_name, collection.target_names)) or "a target without a name"
        raise SpecError(
            "km needs the two targets latitude and longitude in degrees (--target latitude "
            "--target longitude, or --task geo for columns of other names); "
            f"{show_name(collection.name)} is to predict {named}"
        )


def _target_words(truth: Truth) -> list[str]:
    return [target.strip().lower() for target in truth.target_names]


def _are_places(truth: Truth) -> bool:
    """Tell whether targets are latitude and longitude in degrees."""
    if not _named_as_places(truth):
        return False
    latitude, longitude = (np.abs(truth.y[:, k]).max(initial=0.0) for k in places(truth))
    return bool(latitude <= 90.0 and longitude <= 360.0)


def _named_as_places(truth: Truth) -> bool:
    return sorted(_target_words(truth)) == ["latitude", "longitude"]


def places(truth: Truth) -> tuple[int, int]:
    """Return the columns of latitude and longitude."""
    names = _target_words(truth)
    return names.index("latitude"), names.index("longitude")


def rounded(value: float) -> float:
    """Return 14 digits: a sum in another order could be told as another third decimal."""
    return float(f"{value:.14g}")


def show_score(value: float) -> str:
    """Write a score or a difference: three decimals, one from 100 on, a dash if undefined."""
    if not math.isfinite(value):
        return "\N{EN DASH}"
    # The z writes what is rounded to nothing without a sign.
    return f"{rounded(value):z.{1 if abs(value) >= 100 else 3}f}".replace("-", _MINUS)
