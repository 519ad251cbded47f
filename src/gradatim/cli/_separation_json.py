"""The JSON object of ``gradatim separate``.

Conventions: numbers that are exact are texts, each of them whole; rows go by their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradatim.network.numbers import exact_text, to_json

if TYPE_CHECKING:
    from gradatim.comparisons.separable import MethodComparison
    from gradatim.separability import ClassSeparations, PerceptronRun, Separation, Witness
    from gradatim.sources.points import Points

__all__ = ["print_json", "separation_dict", "several_dict"]


def print_json(points: Points, result: dict[str, Any], methods: MethodComparison | None) -> None:
    """Print a result with what it was computed from."""
    from gradatim.cli import _json

    arithmetic = "decimals" if points.X.dtype == object else "binary"
    head = {
        **_json.header(),
        "data": {
            "source": points.source,
            "sha256": points.sha256,
            "n_samples": len(points.X),
            "columns": list(points.names),
            "numbers": arithmetic,
        },
    }
    made = {} if methods is None else {"made_separable": methods.to_dict()}
    _json.print_json(head | result | made)


def separation_dict(
    points: Points,
    found: Separation,
    run: PerceptronRun | None = None,
    ids: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return what was found as a JSON object; numbers that are exact are texts."""
    ids = points.ids if ids is None else ids
    best = found.widest
    result = {
        "classes": [str(label) for label in found.classes],
        "separable": found.separable,
        "reason": found.reason,
        "hyperplane": _plane_dict(found.weights, found.bias),
        "max_margin": None
        if best is None
        else {
            **_plane_dict(best.weights, best.bias),
            "margin": to_json(best.margin),
            "bounds": [to_json(value) for value in best.bounds],
            "exact": best.is_exact,
            "nearest": [ids[i] for i in best.support],
        },
        "witness": _witness_dict(points, ids, found.witness),
        "touching": found.touching,
        "touching_hyperplane": _plane_dict(found.touching_weights, found.touching_bias),
        "overlap": _witness_dict(points, ids, found.overlap),
        "verified": found.verify(),
        "seconds": found.seconds,
    }
    if run is not None:
        result["perceptron"] = {
            "mistakes": run.n_mistakes,
            "passes": run.n_passes,
            "converged": run.converged,
            "bound": run.bound,
            "weights": run.weights(run.n_mistakes).tolist(),
        }
    return result


def several_dict(points: Points, found: ClassSeparations) -> dict[str, Any]:
    """Return what was found about several classes as a JSON object."""
    pairs = [
        separation_dict(points, one, ids=[points.ids[i] for i in found.pair_rows[pair]])
        for pair, one in found.pairs.items()
    ]
    rest = [separation_dict(points, one) for one in found.rest.values()]
    return {"classes": [str(label) for label in found.classes], "pairs": pairs, "rest": rest}


def _plane_dict(weights: Sequence[Fraction] | None, bias: Fraction | None) -> Any:
    if weights is None or bias is None:
        return None
    return {"weights": [exact_text(value) for value in weights], "w0": exact_text(bias)}


def _witness_dict(points: Points, ids: Sequence[str], witness: Witness | None) -> Any:
    if witness is None:
        return None

    def side(index: Sequence[int], weights: Sequence[Fraction]) -> list[dict[str, str]]:
        return [
            {"row": ids[i], "weight": exact_text(weight)}
            for i, weight in zip(index, weights, strict=True)
        ]

    return {
        "negative": side(witness.negative, witness.negative_weights),
        "positive": side(witness.positive, witness.positive_weights),
        "point": [exact_text(value) for value in witness.point],
    }
