"""Scores: how good predictions are, pooled over rows, and without each unit in turn.

Conventions: a score is a function of sums over rows, so it can be computed without a unit (a group,
or a row where there are none) by subtracting the unit's sums; AUC subtracts its pairs. What is
undefined (a constant target, a class that nobody has) is NaN and never perfect or chance. Rows of
``predictions`` and ``outputs`` are repeats: ``(repeats, n_samples, ...)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradatim.evaluation.metrics import METRICS, Truth, places, rounded

__all__ = ["Pooled", "pool", "resample", "score"]

#: Probabilities are at least this in the log-loss, so that one mistake is not infinite.
_LEAST_PROBABILITY = 1e-15

_EARTH_KM = 6371.0088

# Numbers that a bootstrap holds at once
_HELD = 2_000_000


@dataclass(frozen=True, eq=False)
class Pooled:
    """A score over all rows, averaged over repeats, and what it is without each unit."""

    value: float
    without: np.ndarray  # (n_units,)
    sums: np.ndarray | None = None  # (n_units,): of a score that is a mean over rows


def score(name: str, truth: Truth, said: np.ndarray, outputs: np.ndarray | None) -> float:
    """Score the predictions and outputs of one repeat of some rows; NaN if that is undefined."""
    if name == "accuracy":
        return float(np.average(truth.y == said, weights=truth.weights))
    one = np.zeros(len(said), dtype=int)
    return pool(name, truth, said[None], None if outputs is None else outputs[None], one).value


def pool(
    name: str, truth: Truth, predictions: np.ndarray, outputs: np.ndarray | None, units: np.ndarray
) -> Pooled:
    """Compute a score over all rows, and without each unit (numbers from 0; one per row).

    It has 14 digits: a sum in another order could be told as another third decimal.
    """
    n_units = int(units.max()) + 1
    if METRICS[name].reads != "predictions" and outputs is None:
        return Pooled(math.nan, np.full(n_units, math.nan))
    if name in ("auc", "macro_auc"):
        assert outputs is not None
        found = [_auc(truth, out, units, n_units) for out in outputs]
        values = np.mean(found, axis=0)
        return Pooled(rounded(values[-1]), values[:-1])
    found = [
        _pool_one(name, truth, said, None if outputs is None else outputs[r], units, n_units)
        for r, said in enumerate(predictions)
    ]
    values = np.mean([one for one, _ in found], axis=0)
    sums = [own for _, own in found if own is not None]
    own_sums = np.mean(sums, axis=0) if sums else None
    return Pooled(rounded(values[-1]), values[:-1], own_sums)


def _pool_one(
    name: str,
    truth: Truth,
    said: np.ndarray,
    out: np.ndarray | None,
    units: np.ndarray,
    n_units: int,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Score one repeat without each unit and, last, as a whole; and return sums of a mean."""
    by_unit, value = _sums(name, truth, said, out, units, n_units)
    total = by_unit.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = value(np.vstack([total - by_unit, total]))
    return values, by_unit[:, 0] if value is _mean else None


def resample(
    name: str,
    truth: Truth,
    said: np.ndarray,
    outputs: np.ndarray | None,
    units: np.ndarray,
    draws: int = 2000,
    seed: int = 0,
) -> np.ndarray:
    """Score units drawn with replacement, as many as there are, (draws,): a bootstrap.

    `said` and `outputs` are of one repeat; a draw in which the score is undefined is NaN.
    """
    n_units, rng = int(units.max()) + 1, np.random.default_rng(seed)
    if METRICS[name].reads != "predictions" and outputs is None:
        return np.full(draws, math.nan)
    if name in ("auc", "macro_auc"):
        assert outputs is not None
        scored = _WeightedAuc(truth.indicators, outputs)

        def value(times: np.ndarray) -> np.ndarray:
            return scored.of(times[:, units] * truth.counts)
    else:
        by_unit, of_sums = _sums(name, truth, said, outputs, units, n_units)

        def value(times: np.ndarray) -> np.ndarray:
            return of_sums(times @ by_unit)

    # So that what is held at once does not grow with the rows
    at_once = max(1, _HELD // max(n_units, len(units)))
    found = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        chosen = rng.integers(n_units, size=(size, n_units)) + n_units * np.arange(size)[:, None]
        times = np.bincount(chosen.ravel(), minlength=size * n_units).reshape(size, n_units)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(value(times.astype(float)))
    return np.concatenate(found)


_Value = Callable[[np.ndarray], np.ndarray]


def _sums(
    name: str,
    truth: Truth,
    said: np.ndarray,
    out: np.ndarray | None,
    units: np.ndarray,
    n_units: int,
) -> tuple[np.ndarray, _Value]:
    """Return what is summed over each unit, (n_units, n_sums), and the score of such sums."""
    rows, value = _statistics(name, truth, said, out)
    by_unit = np.zeros((n_units, rows.shape[1]))
    np.add.at(by_unit, units, rows * truth.counts[:, None])
    return by_unit, value


def _statistics(
    name: str, truth: Truth, said: np.ndarray, out: np.ndarray | None
) -> tuple[np.ndarray, _Value]:
    """Return what is summed, (n_samples, n_sums), and the score of sums (..., n_sums)."""
    one = np.ones((len(said), 1))
    if name == "accuracy":
        return np.column_stack([truth.y == said, one]), _mean
    if name in ("balanced_accuracy", "macro_f1", "micro_f1", "hamming"):
        true = truth.indicators
        guess = said if truth.task == "multilabel" else said[:, None] == truth.classes
        guess = np.asarray(guess, dtype=float)
        if name == "hamming":
            return np.column_stack([(true != guess).mean(axis=1), one]), _mean
        if name == "balanced_accuracy":
            return np.column_stack([true * guess, true]), _mean_of_ratios
        sums = np.stack([2 * true * guess, true + guess], axis=1)
        sums = sums.sum(axis=2, keepdims=True) if name == "micro_f1" else sums
        return sums.reshape(len(sums), -1), _mean_of_ratios
    if name == "log_loss":
        assert out is not None
        shares = np.column_stack([1.0 - out, out]) if len(truth.classes) == 2 else out
        own = (shares * truth.indicators).sum(axis=1)
        return np.column_stack([-np.log(np.clip(own, _LEAST_PROBABILITY, 1.0)), one]), _mean
    if name == "label_ranking":
        assert out is not None
        return _ranking(np.asarray(truth.y, dtype=bool), out), _mean
    true = np.asarray(truth.y, dtype=float).reshape(len(one), -1)
    wrong = np.asarray(said, dtype=float).reshape(true.shape) - true
    if name == "km":
        return np.column_stack([_kilometers(true, wrong, *places(truth)), one]), _mean
    if name == "mae":
        return np.column_stack([np.abs(wrong).mean(axis=1), one]), _mean
    if name == "rmse":
        return np.column_stack([wrong**2, one]), lambda s: np.sqrt(s[:, :-1] / s[:, -1:]).mean(1)
    centered = true - true.mean(axis=0)
    return np.column_stack([wrong**2, centered, centered**2, one]), _r2


def _mean(sums: np.ndarray) -> np.ndarray:
    return sums[:, 0] / sums[:, 1]


def _mean_of_ratios(sums: np.ndarray) -> np.ndarray:
    """Average the ratios whose denominators are not 0: others are undefined."""
    above, below = np.split(sums, 2, axis=1)
    # A class may have nothing left but rounding where one of the units is left out.
    there = below > 1e-9
    ratios = np.where(there, above / np.where(there, below, 1.0), 0.0)
    return ratios.sum(axis=1) / there.sum(axis=1)


def _r2(sums: np.ndarray) -> np.ndarray:
    """Average R² over targets that vary."""
    wrong, first, second = np.split(sums[:, :-1], 3, axis=1)
    spread = second - first**2 / sums[:, -1:]
    varies = spread > 1e-12 * np.maximum(second.max(axis=0), 1e-300)
    values = np.where(varies, 1.0 - wrong / np.where(varies, spread, 1.0), 0.0)
    return values.sum(axis=1) / varies.sum(axis=1)


def _kilometers(true: np.ndarray, wrong: np.ndarray, lat: int, lon: int) -> np.ndarray:
    """Return great-circle distances by the haversine, (n_samples,)."""
    said = true + wrong
    north, other = np.radians(np.clip([true[:, lat], said[:, lat]], -90.0, 90.0))
    half = np.radians(wrong[:, lon]) / 2.0
    h = np.sin((other - north) / 2) ** 2 + np.cos(north) * np.cos(other) * np.sin(half) ** 2
    return 2.0 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0)))


def _ranking(true: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return each row's average precision and 1; both 0 for a row of no label or of all."""
    from scipy.stats import rankdata

    ranks = rankdata(-out, method="max", axis=1)
    own = rankdata(np.where(true, -out, np.inf), method="max", axis=1)
    n_true = true.sum(axis=1)
    there = (n_true > 0) & (n_true < true.shape[1])
    precision = np.where(true, own / ranks, 0.0).sum(axis=1) / np.maximum(n_true, 1)
    return np.column_stack([precision * there, there])


def _auc(truth: Truth, out: np.ndarray, units: np.ndarray, n_units: int) -> np.ndarray:
    """Average AUC over labels, without each unit and, last, over all rows, (n_units + 1,)."""
    true = truth.indicators
    if out.shape[1] == 1 and true.shape[1] == 2:
        true = true[:, 1:]
    whole = np.array(
        [
            _auc_of(t > 0, s, truth.counts, units, n_units)
            for t, s in zip(true.T, out.T, strict=True)
        ]
    )
    there = np.isfinite(whole)
    with np.errstate(invalid="ignore"):
        return np.where(there, whole, 0.0).sum(axis=0) / there.sum(axis=0)


def _auc_of(
    true: np.ndarray, s: np.ndarray, counts: np.ndarray, units: np.ndarray, n_units: int
) -> np.ndarray:
    """Count ordered pairs, take away those of a unit, and give back those within it."""
    from scipy.stats import rankdata

    dense = np.round(rankdata(s, method="dense"))
    wins = _wins(dense, true, counts)
    # The same within units: keys of one unit lie below those of the next.
    n_pos, n_neg = (np.bincount(units, counts * (true == t), n_units) for t in (True, False))
    inside = _wins(units * (dense.max() + 1.0) + dense, true, counts)
    inside -= (np.cumsum(n_neg) - n_neg)[units]
    own = np.bincount(units[true], (counts * wins)[true], n_units)
    own = own + np.bincount(units[~true], (counts * _wins(-dense, ~true, counts))[~true], n_units)
    within = np.bincount(units[true], (counts * inside)[true], n_units)
    total = (counts * wins)[true].sum()
    pairs = (n_pos.sum() - n_pos) * (n_neg.sum() - n_neg)
    # A unit that has all of a kind leaves nothing but rounding.
    pairs[pairs < 1e-13 * n_pos.sum() * n_neg.sum()] = 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = (total - own + within) / pairs
        return np.append(parts, total / (n_pos.sum() * n_neg.sum()))


class _WeightedAuc:
    """AUC, averaged over labels that have both kinds, of rows that count several times."""

    def __init__(self, true: np.ndarray, out: np.ndarray) -> None:
        if out.shape[1] == 1 and true.shape[1] == 2:
            true = true[:, 1:]
        self._labels = []
        for t, s in zip(true.T > 0, out.T, strict=True):
            order = np.argsort(s, kind="stable")
            sorted_s = s[order]
            first = np.flatnonzero(np.append(True, sorted_s[1:] != sorted_s[:-1]))
            self._labels.append((t[order], order, first))

    def of(self, times: np.ndarray) -> np.ndarray:
        """Return it for each row of counts, (n_draws, n_samples) to (n_draws,)."""
        found = []
        for true, order, first in self._labels:
            held = times[:, order]
            above = np.add.reduceat(held * true, first, axis=1)
            below = np.add.reduceat(held * ~true, first, axis=1)
            # A pair with one score is half in order.
            wins = (above * (np.cumsum(below, axis=1) - below / 2)).sum(axis=1)
            found.append(wins / (above.sum(axis=1) * below.sum(axis=1)))
        values = np.array(found)
        there = np.isfinite(values)
        return np.where(there, values, 0.0).sum(axis=0) / there.sum(axis=0)


def _wins(key: np.ndarray, true: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Count for each true row what other rows have a smaller key, (n_samples,); ties are a half."""
    place = np.unique(key, return_inverse=True)[1]
    other = np.bincount(place, counts * ~true)
    return (np.cumsum(other) - other / 2)[place]
