"""Two climbs of the same rows, compared from their JSON objects: what differs, and how surely.

Conventions: a difference is how much better the second is than the first, in the metric's own unit,
so it is positive for smaller losses. Both must have scored the same rows in the same folds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import plural
from gradatim.climb.decision import LEVEL
from gradatim.climb.verdict import FACTORS, describe
from gradatim.errors import InputError, SpecError
from gradatim.evaluation.evidence import Evidence, t_quantile
from gradatim.evaluation.metrics import METRICS, show_score


@dataclass(frozen=True)
class RungDifference:
    """A row of one ladder against a row of the other."""

    first: tuple[str, str]  # Rung and input in the first climb
    second: tuple[str, str]  # Rung and input in the second climb
    means: tuple[float | None, float | None]  # Their scores; None where undefined
    difference: float | None  # How much better the second scores
    interval: tuple[float, float] | None  # 95 % interval of the difference


@dataclass(frozen=True, repr=False)
class ClimbComparison(Shown):
    """What two climbs of the same rows differ in."""

    metric: str  # What scores are
    rungs: tuple[RungDifference, ...]  # Rows that both ladders have, in the order of the first
    stops: RungDifference  # The rungs on which the two verdicts stop
    sentence: str  # The finding for people

    def __repr__(self) -> str:
        gain = self.stops.difference
        found = "" if gain is None else f", the second's verdict scores {gain:+.3f}"
        return f"ClimbComparison: {self.metric} of {plural(len(self.rungs), 'rung')}{found}"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return asdict(self)


def compare_climbs(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    *,
    names: tuple[str, str] = ("the first", "the second"),
) -> ClimbComparison:
    """Compare the JSON objects of two climbs of the same rows, targets, folds and metric.

    Errors call them by their `names`. Intervals are of 95 %, by leaving out one group (or row) at a
    time.
    """
    for name, climb in zip(names, (first, second), strict=True):
        _require_climb(name, climb)
    a, b = first["protocol"], second["protocol"]
    if a["folds_sha256"] != b["folds_sha256"]:
        raise SpecError(
            f"{names[0]} and {names[1]} did not score the same rows in the same folds, so they "
            "cannot be compared; climb again with the same samples, targets, groups, --folds, "
            "--repeats and --seed"
        )
    if a["metric"] != b["metric"]:
        raise SpecError(
            f"{names[0]} is scored by {METRICS[a['metric']].title}, {names[1]} by "
            f"{METRICS[b['metric']].title}; climb again with the same --metric"
        )
    return _compare(first, second)


def _compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> ClimbComparison:
    rows = {(row["rung"], row["input"]): row for row in second["rungs"]}
    compared = [
        _difference(first, second, row, rows[row["rung"], row["input"]])
        for row in first["rungs"]
        if (row["rung"], row["input"]) in rows
    ]
    metric = first["protocol"]["metric"]
    stops = _difference(first, second, _stop(first), _stop(second))
    sentence = _sentence(stops, metric, first["collection"]["task"])
    return ClimbComparison(metric, tuple(compared), stops, sentence)


def _require_climb(name: str, climb: Mapping[str, Any]) -> None:
    if not isinstance(climb, Mapping) or not {"schema", "rungs", "protocol"} <= set(climb):
        raise InputError(f"{name} is no JSON object of a climb; write one with --json FILE")
    if climb["schema"] != 2:
        raise InputError(
            f"{name} has schema {climb['schema']}, and only 2 has what a comparison needs; "
            "climb again with this version"
        )
    try:
        # Compared with itself, it is asked for all that a comparison needs.
        _compare(climb, climb)
        _ = climb["protocol"]["folds_sha256"]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration):
        raise InputError(
            f"{name} lacks a part of the JSON object of a climb; write it anew with --json FILE"
        ) from None


def _stop(climb: Mapping[str, Any]) -> Mapping[str, Any]:
    stop = climb["verdict"]["rung"], climb["verdict"]["input"]
    return next(row for row in climb["rungs"] if (row["rung"], row["input"]) == stop)


def _difference(
    first: Mapping[str, Any], second: Mapping[str, Any], a: Mapping[str, Any], b: Mapping[str, Any]
) -> RungDifference:
    names = (a["rung"], a["input"]), (b["rung"], b["input"])
    means = a["mean"], b["mean"]
    if None in means:
        return RungDifference(*names, means, None, None)
    collection, metric = first["collection"], METRICS[first["protocol"]["metric"]]
    scored = first.get("scored") or collection
    sizes = np.array(
        scored.get("unit_weights")
        or scored["group_sizes"]
        or np.ones(scored["n_samples"], dtype=int)
    )
    without = np.stack([_without(row, sizes) for row in (a, b)])
    # Of errors the scale is that of the verdict: shares of the majority's, which is on the ladder.
    unit = 1.0
    if not metric.higher_is_better:
        guesses = (row["mean"] for row in first["rungs"] if row["rung"] == "majority")
        unit = next(guesses, None) or 1.0
    evidence = Evidence(metric.sign * np.array(means) / unit, metric.sign * without / unit, sizes)
    factor = FACTORS[collection["task"]].bound
    d, error, _ = evidence.differences(0, np.array([1]), factor)
    half = t_quantile(0.5 + LEVEL / 2, evidence.df) * float(error[0]) * unit
    difference = float(d[0]) * unit
    widest = 1.0 if metric.range == "share" else np.inf
    ends = max(difference - half, -widest), min(difference + half, widest)
    return RungDifference(*names, means, difference, ends)


def _without(row: Mapping[str, Any], sizes: np.ndarray) -> np.ndarray:
    """Return what the score is without each unit, (G,)."""
    if row["unit_sums"] is not None:
        sums = np.array(row["unit_sums"], dtype=float)
        return (sums.sum() - sums) / (sizes.sum() - sizes)
    values = np.array(row["means_without_unit"], dtype=float)
    return np.where(np.isfinite(values), values, row["mean"])


def _sentence(stops: RungDifference, metric: str, task: str) -> str:
    title, named = METRICS[metric].title, []
    for name, mean in zip((stops.first, stops.second), stops.means, strict=True):
        value = show_score(np.nan if mean is None else mean)
        named.append(f"{describe(*name, task)} ({title} {value})")
    begun = f"The first climb stops at {named[0]}, the second at {named[1]}"
    if stops.interval is None or stops.difference is None:
        return f"{begun}; they cannot be compared, since a score is undefined."
    low, high = stops.interval
    size = f"{show_score(abs(stops.difference))}"
    ends = f"95 % interval of the gain {show_score(low)} to {show_score(high)}"
    if low > 0:
        return f"{begun}, which is better by {size} ({ends})."
    if high < 0:
        return f"{begun}, which is worse by {size} ({ends})."
    return f"{begun}; neither is shown to be better ({ends})."
