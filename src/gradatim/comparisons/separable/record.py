"""The ways to make classes separable as JSON holds them.

Conventions: weights of witnesses are fractions in text; rows are numbered from 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.comparisons.separable.kernels import KernelMachine
from gradatim.comparisons.separable.trained import TrainedLayer
from gradatim.network.numbers import exact_text
from gradatim.separability.hidden import HiddenLayer

if TYPE_CHECKING:
    from gradatim.comparisons.separable.methods import Ways

__all__ = ["ways_to_dict"]


def ways_to_dict(ways: Ways) -> dict[str, Any]:
    """Return everything that was found, with what it takes to find it again."""
    from importlib.metadata import version

    return {
        "gradatim": version("gradatim"),
        "kind": "ways",
        "seed": ways.seed,
        "data": {
            "n_samples": len(ways.table),
            "inputs": list(ways.names),
            "classes": [str(label) for label in ways.classes],
            "sha256": _digest(ways.table, ways.labels),
        },
        "proved": ways.verify(),
        "ways": [vars(way) for way in ways.rows()],
        "features": None if ways.features is None else _features_dict(ways),
        "kernels": [_kernel_dict(machine) for machine in ways.kernels],
        "built": None if ways.built is None else _built_dict(ways.built),
        "trained": None if ways.trained is None else _trained_dict(ways.trained),
    }


def _digest(table: np.ndarray, labels: Sequence[Hashable]) -> str:
    said = "\n".join([*map(str, table.ravel().tolist()), *map(str, labels)])
    return hashlib.sha256(f"{table.shape}\n{said}".encode()).hexdigest()


def _features_dict(ways: Ways) -> dict[str, Any]:
    found = ways.features
    assert found is not None
    added = None if found.added is None else [one.name(ways.names) for one in found.added]
    return {
        "degree": found.degree,
        "added": added,
        "is_smallest": found.is_smallest,
        "is_impossible": found.is_impossible,
        "at_least": found.at_least,
        "n_sets": found.n_sets,
        "reason": found.reason,
        "planes": [
            {"positive": str(one.classes[1]), "equation": str(one.hyperplane)}
            for one in found.separations
        ],
        "refuted": [
            {
                "added": [monomial.name(ways.names) for monomial in one.added],
                "positive": str(one.positive),
                "rows": list(one.witness.rows),
                "negative": list(one.witness.negative),
                "negative_weights": list(map(exact_text, one.witness.negative_weights)),
                "positive_weights": list(map(exact_text, one.witness.positive_weights)),
            }
            for one in found.refuted
        ],
    }


def _kernel_dict(machine: KernelMachine) -> dict[str, Any]:
    return {
        "name": machine.name,
        "kernel": machine.kernel,
        "degree": machine.degree,
        "C": machine.C,
        "errors": list(machine.errors),
        "n_support": machine.n_support,
        "converged": machine.converged,
        "accuracy_left_out": machine.accuracy,
        "folds": machine.folds,
    }


def _built_dict(found: HiddenLayer) -> dict[str, Any]:
    return {
        "equation": str(found.network),
        "n_units": found.n_units,
        "construction": found.construction,
        "line_units": found.line_units,
        "n_directions": found.n_directions,
        "all_directions": found.all_directions,
        "at_least": found.at_least,
        "wrong_in_floats": found.wrong_in_floats(),
    }


def _trained_dict(found: TrainedLayer) -> dict[str, Any]:
    return {
        "equation": None if found.network is None else str(found.network),
        "n_units": found.n_units,
        "seed": found.seed,
        "activation": found.activation,
        "max_epochs": found.max_epochs,
        "tried": [vars(one) for one in found.tried],
    }
