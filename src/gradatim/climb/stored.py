"""Fits and rungs in a store: what they depend on, as a key, and what they gave, as a record.

Conventions: a key is a digest of the task, of the rows, of the candidate, of the engine, and of
the versions of what computes. Networks that `gradatim.training.fit_jobs` trains are kept there, one
by one; here are the other kinds, and what whole rungs said, whose time is that of the climb that
ran them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np

from gradatim._digest import short_hash
from gradatim.climb.result import RungResult
from gradatim.climb.task import ClimbTask
from gradatim.errors import GradatimError
from gradatim.models.families.base import Fit, Fitted, LearningCurve
from gradatim.models.files import from_record
from gradatim.models.records import to_record
from gradatim.persistence.container import Tensors
from gradatim.training.checkpoint import digest_arrays
from gradatim.training.engines import choose_engine
from gradatim.training.store import Record

__all__ = ["find_fits", "find_rung", "fit_keys", "keep_fit", "keep_rung", "rung_key"]

T = TypeVar("T")

_ARITHMETIC = ("gradatim", "numba", "numpy", "scikit-learn", "scipy")


@cache
def _versions() -> tuple[str, ...]:
    return tuple(version(name) for name in _ARITHMETIC)


def _key(kind: str, task: ClimbTask, *parts: Any) -> str:
    about = (_versions(), choose_engine(task.engine), task.digest, parts)
    return f"{kind}:{short_hash(repr(about))}"


def fit_keys(task: ClimbTask, rung: str, input: str, fits: Sequence[Fit]) -> list[str]:
    """Name each fit by what it depends on."""
    return [
        _key("fit", task, rung, input, fit.candidate, digest_arrays(fit.train, fit.test))
        for fit in fits
    ]


def find_fits(task: ClimbTask, keys: Sequence[str]) -> dict[int, Fitted]:
    """Return the fits that the store has, by their place among the keys."""
    assert task.store is not None
    records = ((i, task.store.get(key)) for i, key in enumerate(keys))
    found = {i: _restored(_fitted, record) for i, record in records if record is not None}
    return {i: fitted for i, fitted in found.items() if fitted is not None}


def keep_fit(task: ClimbTask, key: str, fitted: Fitted) -> None:
    """Put what a fit gave into the store."""
    assert task.store is not None
    curves = [] if fitted.curve is None else [fitted.curve]
    record, tensors = to_record(fitted.model)
    info = {"model": record, "tensors": list(tensors), "curves": _curve_info(curves)}
    arrays = (fitted.outputs, *tensors.values(), *_curve_arrays(curves))
    task.store.put(key, Record(info, arrays))


def _restored(make: Callable[[Record], T], record: Record) -> T | None:
    """Make of a record what it was; one that is whole but says something else counts as missing."""
    try:
        return make(record)
    except (GradatimError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None


def _fitted(record: Record) -> Fitted:
    info, (outputs, *arrays) = record.info, record.arrays
    names = info["tensors"]
    model = from_record(info["model"], Tensors.of_arrays(dict(zip(names, arrays, strict=False))))
    curves = _curves(info["curves"], arrays[len(names) :])
    return Fitted(model, outputs, curves[0] if curves else None)


def _curve_info(curves: Sequence[LearningCurve]) -> list[tuple[str, bool]]:
    return [(curve.label, curve.validation_loss is not None) for curve in curves]


def _curve_arrays(curves: Sequence[LearningCurve]) -> list[np.ndarray]:
    pairs = [(curve.loss, curve.validation_loss) for curve in curves]
    return [array for pair in pairs for array in pair if array is not None]


def _curves(info: Sequence[tuple[str, bool]], arrays: list[np.ndarray]) -> list[LearningCurve]:
    """Take the arrays of curves from the front of a list."""
    return [
        LearningCurve(label, arrays.pop(0), arrays.pop(0) if validated else None)
        for label, validated in info
    ]


def rung_key(task: ClimbTask, rung: str, input: str, candidates: Sequence[Any]) -> str:
    """Name a rung by what it depends on."""
    folds = digest_arrays(task.folds.fold_of)
    parts = (folds, task.metric, rung, input, list(candidates), "with margins, lines doubted")
    return _key("rung", task, *parts)


def find_rung(task: ClimbTask, key: str) -> RungResult | None:
    """Return a row of the ladder, if the store has it."""
    record = None if task.store is None else task.store.get(key)
    return None if record is None else _restored(lambda kept: _rung(task, kept), record)


def _rung(task: ClimbTask, record: Record) -> RungResult:
    info, (predictions, outputs, margins, *curves) = dict(record.info), record.arrays
    if task.task == "classification":
        predictions = task.collection.classes[predictions]
    return RungResult(
        **{name: info[name] for name in ("rung", "input", "model", "n_parameters", "seconds")},
        choice=info["choice"],
        choices=tuple(info["choices"]),
        fold_scores=np.empty(0),
        interval=(np.nan, np.nan),
        outputs=outputs if outputs.size else None,
        margins=margins if margins.size else None,
        probabilistic=info["probabilistic"],
        predictions=predictions.astype(task.collection.y.dtype, copy=False),
        curves=tuple(_curves(info["curves"], curves)),
    )


def keep_rung(task: ClimbTask, key: str, row: RungResult) -> None:
    """Put a row of the ladder into the store."""
    assert task.store is not None
    info = {
        "rung": row.rung,
        "input": row.input,
        "model": row.model,
        "n_parameters": int(row.n_parameters),
        "probabilistic": row.probabilistic,
        "seconds": row.seconds,
        "choice": int(row.choice),
        "choices": [int(choice) for choice in row.choices],
        "curves": _curve_info(row.curves),
    }
    predictions = row.predictions
    if task.task == "classification":
        # Labels may be of any type; their numbers are of one that a store holds.
        predictions = np.searchsorted(task.collection.classes, predictions).astype(np.int32)
    outputs = np.empty(0) if row.outputs is None else row.outputs
    margins = np.empty(0) if row.margins is None else row.margins
    arrays = (predictions, outputs, margins, *_curve_arrays(row.curves))
    task.store.put(key, Record(info, arrays))
