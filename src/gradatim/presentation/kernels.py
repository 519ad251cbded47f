"""What a kernel machine stands on: its support vectors or landmarks among the samples, and a map.

Conventions: the winner's model, trained on every sample that may be learnt from. A sample's
*weight* is the sum of its absolute coefficients over the machines. The map has the two directions
in which the scaled input varies most.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gradatim._text import plural
from gradatim.climb.result import Climb
from gradatim.collection import Collection
from gradatim.drawing.axes import ChartAxis
from gradatim.drawing.chart import Chart, ChartPoint, Series, draw_chart
from gradatim.models.learners import KernelMachines, LandmarkMachine
from gradatim.models.training_rows import target_text
from gradatim.presentation.climb_figures import ClimbFigure
from gradatim.presentation.climb_views import thinned
from gradatim.presentation.climbs import score
from gradatim.presentation.sounds import encode_sounds

_MOST_ROWS = 12
_MOST_POINTS = 1500

# Classes whose names stand on the map.
_MOST_NAMES = 30


class _Standing(NamedTuple):
    """The samples that a machine has learnt from, and what it makes of each."""

    learnt: Collection
    Z: np.ndarray  # (n, n_features): scaled
    weights: np.ndarray  # (n,): 0 where the machine does not stand on a sample
    noun: str  # What the samples are called on which it stands

    @classmethod
    def of(cls, climb: Climb) -> _Standing | None:
        """Find the samples; None if the winner is no kernel machine."""
        model = climb.model if climb.models else None
        if model is None or model.scaler is None:
            return None
        if not isinstance(model.learner, KernelMachines | LandmarkMachine):
            return None
        parts = climb.collection.parts
        learnt = climb.collection if parts is None else climb.collection.take(parts != "test")
        Z = model.scaler.transform(learnt.X[model.input])
        total: dict[bytes, float] = {}
        vectors, weights = model.learner.stands_on()
        for vector, weight in zip(vectors.astype(np.float32), weights.tolist(), strict=True):
            total[vector.tobytes()] = total.get(vector.tobytes(), 0.0) + weight
        noun = "landmark" if isinstance(model.learner, LandmarkMachine) else "support vector"
        # Of equal samples the first stands for all.
        found = [total.pop(row.tobytes(), 0.0) for row in Z]
        return cls(learnt, Z, np.array(found), noun) if any(found) else None


def kernel_table(climb: Climb) -> dict[str, Any] | None:
    """Return the samples of largest weight; None if the winner is no kernel machine."""
    found = _Standing.of(climb)
    if found is None:
        return None
    learnt, weights = found.learnt, found.weights
    order = [i for i in np.argsort(-weights, kind="stable").tolist() if weights[i] > 0]
    rows, sounds = order[:_MOST_ROWS], {}
    if learnt.media is not None:
        sounds, _ = encode_sounds(learnt.media, rows)
    return {
        "noun": found.noun,
        "count": plural(len(order), found.noun),
        "n_samples": plural(learnt.n_samples, "sample"),
        "n_shown": len(rows),
        "playable": bool(sounds),
        "rows": [
            {
                "id": str(learnt.ids[i]),
                "target": target_text(learnt, learnt.y[i]),
                "weight": score(float(weights[i])),
                "sound": sounds.get(i, ""),
            }
            for i in rows
        ],
    }


def kernel_figure(climb: Climb) -> ClimbFigure | None:
    """Draw the samples, those on which the machine stands apart; None without two inputs."""
    found = _Standing.of(climb)
    if found is None or min(found.Z.shape) < 2:
        return None
    places, share = _principal(found.Z)
    learnt = found.learnt
    rows = np.array(thinned(list(range(learnt.n_samples)), _MOST_POINTS))
    points = {i: _point(learnt, places, i) for i in rows.tolist()}
    stands = [points[i] for i in rows.tolist() if found.weights[i] > 0]
    others = [points[i] for i in rows.tolist() if not found.weights[i] > 0]
    series = [
        Series(others, "other sample", "muted", small=True),
        Series(stands, found.noun, small=True),
    ]
    n = int(np.count_nonzero(found.weights))
    words = (
        f"{plural(n, found.noun)} of {plural(learnt.n_samples, 'sample')}, blue. Samples are "
        "placed along the two directions in which the scaled input varies most, which hold "
        f"{100 * share:.0f} % of its variance; what is apart in others may lie together here."
    )
    if len(rows) < learnt.n_samples:
        words += f" Shown are {len(rows):,} samples."
    labels = _class_names(learnt, places)
    words += " Names stand at the median of their class." if labels else ""
    chart = Chart(
        "The samples, and those that the machine stands on",
        ChartAxis("first principal component"),
        ChartAxis("second principal component"),
        [one for one in series if one.points],
        description=words,
        labels=labels,
    )
    return ClimbFigure("kernel", "What the machine stands on", words, draw_chart(chart))


def _point(learnt: Collection, places: np.ndarray, i: int) -> ChartPoint:
    x, y = places[i].tolist()
    return ChartPoint(x, y, tip=f"{learnt.ids[i]} ({target_text(learnt, learnt.y[i])})")


def _class_names(learnt: Collection, places: np.ndarray) -> list[ChartPoint]:
    if len(learnt.classes) > _MOST_NAMES:
        return []
    middles = [np.median(places[learnt.y == name], axis=0).tolist() for name in learnt.classes]
    named = zip(learnt.classes.tolist(), middles, strict=True)
    return [ChartPoint(x, y, name=str(name)) for name, (x, y) in named]


def _principal(Z: np.ndarray) -> tuple[np.ndarray, float]:
    """Return places along the first two principal components, and their share of the variance."""
    A = Z - Z.mean(axis=0, dtype=np.float64)
    values, vectors = np.linalg.eigh(A.T @ A)
    axes = vectors[:, :-3:-1]
    # Either sign is as good: the largest entry is positive, so that the picture is the same.
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, [0, 1]])
    return A @ axes, float(values[-2:].sum() / max(values.sum(), 1e-300))
