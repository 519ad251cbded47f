"""Fits and rungs in a store: what they depend on, as a key, and what they gave, as a record.

Conventions: a key is a digest of the problem, of the rows, of the candidate, of the engine, and of
the versions of what computes. Networks that `gradatim.training.fit_jobs` trains are kept there, one
by one; here are the other kinds, and whole rungs, whose time is that of the climb that ran them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.result import LearningCurve, RungResult
from gradatim.climb.rungs.fits import Fit, Fitted
from gradatim.network.graph import Layer, Network
from gradatim.training.checkpoint import digest_arrays
from gradatim.training.engines import choose_engine
from gradatim.training.store import Record

__all__ = [
    "find_fits",
    "find_rung",
    "fit_keys",
    "keep_fit",
    "keep_rung",
    "rung_key",
]

_ARITHMETIC = ("gradatim", "jax", "numpy", "scikit-learn", "scipy")


@cache
def _versions() -> tuple[str, ...]:
    return tuple(version(name) for name in _ARITHMETIC)


def _key(kind: str, *parts: Any) -> str:
    text = repr((_versions(), choose_engine(), parts)).encode()
    return f"{kind}:{hashlib.blake2b(text, digest_size=20).hexdigest()}"


# -- fits ---------------------------------------------------------------------------------------


def fit_keys(problem: Problem, rung: str, input: str, fits: Sequence[Fit]) -> list[str]:
    """Name each fit by what it depends on."""
    return [
        _key(
            "fit",
            problem.digest,
            rung,
            input,
            fit.candidate,
            digest_arrays(fit.train, fit.test),
        )
        for fit in fits
    ]


def find_fits(problem: Problem, keys: Sequence[str]) -> dict[int, Fitted]:
    """Return the fits that the store has, by their place among the keys."""
    assert problem.store is not None
    records = ((i, problem.store.get(key)) for i, key in enumerate(keys))
    return {i: _fitted(record) for i, record in records if record is not None}


def keep_fit(problem: Problem, key: str, fitted: Fitted) -> None:
    """Put what a fit gave into the store."""
    assert problem.store is not None
    curves = [] if fitted.curve is None else [fitted.curve]
    info = {"n_parameters": int(fitted.n_parameters), "curves": _curve_info(curves)}
    arrays = [fitted.outputs, *_curve_arrays(curves)]
    if fitted.network is not None:
        layers = fitted.network.layers
        info["activations"] = [layer.activation for layer in layers]
        info["output_names"] = list(fitted.network.output_names)
        arrays += [array for layer in layers for array in (layer.weight, layer.bias)]
    problem.store.put(key, Record(info, tuple(arrays)))


def _fitted(record: Record) -> Fitted:
    info, arrays = record.info, list(record.arrays)
    outputs = arrays.pop(0)
    curves = _curves(info["curves"], arrays)
    network = None
    if "activations" in info:
        pairs = zip(arrays[::2], arrays[1::2], info["activations"], strict=True)
        network = Network([Layer(*pair) for pair in pairs], output_names=info["output_names"])
    return Fitted(outputs, info["n_parameters"], curves[0] if curves else None, network)


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


# -- rungs --------------------------------------------------------------------------------------


def rung_key(problem: Problem, rung: str, input: str, candidates: Sequence[Any]) -> str:
    """Name a rung by what it depends on."""
    folds = digest_arrays(problem.folds.fold_of)
    return _key("rung", problem.digest, folds, rung, input, list(candidates))


def find_rung(problem: Problem, key: str) -> RungResult | None:
    """Return a row of the ladder, if the store has it."""
    record = None if problem.store is None else problem.store.get(key)
    if record is None:
        return None
    info, (scores, predictions, *curves) = dict(record.info), record.arrays
    if problem.task == "classification":
        predictions = problem.collection.classes[predictions]
    return RungResult(
        **{name: info[name] for name in ("rung", "input", "model", "n_parameters", "seconds")},
        choice=info["choice"],
        fold_scores=scores,
        interval=tuple(info["interval"]),
        predictions=predictions.astype(problem.collection.y.dtype, copy=False),
        curves=tuple(_curves(info["curves"], curves)),
    )


def keep_rung(problem: Problem, key: str, row: RungResult) -> None:
    """Put a row of the ladder into the store."""
    assert problem.store is not None
    info = {
        "rung": row.rung,
        "input": row.input,
        "model": row.model,
        "n_parameters": int(row.n_parameters),
        "interval": [float(end) for end in row.interval],
        "seconds": row.seconds,
        "choice": int(row.choice),
        "curves": _curve_info(row.curves),
    }
    predictions = row.predictions
    if problem.task == "classification":
        # Labels may be of any type; their numbers are of one that a store holds.
        predictions = np.searchsorted(problem.collection.classes, predictions).astype(np.int32)
    arrays = (row.fold_scores, predictions, *_curve_arrays(row.curves))
    problem.store.put(key, Record(info, arrays))
