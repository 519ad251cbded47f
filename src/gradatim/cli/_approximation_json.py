"""The JSON objects of ``gradatim approximate``.

Conventions: every digit of every weight; ``equation`` is the network in the language that the other
verbs read. Without ``--trained`` nothing is random and the seed is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradatim.cli._json import asked, header

if TYPE_CHECKING:
    from gradatim.approximation import Approximation
    from gradatim.comparisons.approximations import Rates, TrainedUnits

__all__ = ["approximation_dict", "rates_dict"]


def approximation_dict(
    function: str, found: Approximation, beside: TrainedUnits | None
) -> dict[str, Any]:
    """Return a network and its certificate as a JSON object."""
    from gradatim.comparisons.approximations import bound_to_dict

    hidden, output = found.network.layers
    result = {
        **header(),
        **_asked(function, found, [] if beside is None else [beside], tolerance=found.tolerance),
        "units": found.n_units,
        "theoretical_units": found.theoretical,
        "changes_of_convexity": found.changes,
        "bound": bound_to_dict(found.bound),
        "equation": str(found.network),
        "network": {
            "weight": hidden.weight.tolist(),
            "bias": hidden.bias.tolist(),
            "output_weight": output.weight[0].tolist(),
            "output_bias": float(output.bias[0]),
        },
    }
    if beside is not None:
        result["trained"] = _trained_dict(beside)
    return result


def rates_dict(function: str, rates: Rates) -> dict[str, Any]:
    """Return errors by width as a JSON object."""
    from gradatim.comparisons.approximations import bound_to_dict

    return {
        **header(),
        **_asked(function, rates.built[0], rates.trained, units=list(rates.widths)),
        "order": rates.order,
        "widths": [
            {
                "width": width,
                "units": found.n_units,
                "bound": bound_to_dict(found.bound),
                "equation": str(found.network),
            }
            for width, found in zip(rates.widths, rates.built, strict=True)
        ],
        "trained": [_trained_dict(beside) for beside in rates.trained],
    }


def _asked(function: str, found: Approximation, trained: Any, **goal: Any) -> dict[str, Any]:
    seed = trained[0].protocol["seed"] if trained else None
    protocol: dict[str, Any] = {"certificate": "float64 rounded outward, lower bound in balls"}
    if trained:
        protocol |= {"seeds": trained[0].protocol["seeds"], "epochs": trained[0].protocol["epochs"]}
    question = {"function": function, "on": found.on, "activation": found.activation}
    return asked(seed, protocol, **question, **goal)


def _trained_dict(beside: TrainedUnits) -> dict[str, Any]:
    from gradatim.comparisons.approximations import bound_to_dict

    return {
        "units": beside.n_units,
        "protocol": beside.protocol,
        "quartiles": beside.quartiles,
        "bounds": [bound_to_dict(bound) for bound in beside.bounds],
    }
