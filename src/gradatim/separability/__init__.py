"""Separability (L9-L14): planes and witnesses, features, hidden units, transformations.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.separability.features import AddedFeatures as AddedFeatures
    from gradatim.separability.features import Refuted as Refuted
    from gradatim.separability.features import find_features as find_features
    from gradatim.separability.hidden import HiddenLayer as HiddenLayer
    from gradatim.separability.hidden import build_hidden as build_hidden
    from gradatim.separability.margins import margin as margin
    from gradatim.separability.margins import mistake_bound as mistake_bound
    from gradatim.separability.margins import multiclass_margin as multiclass_margin
    from gradatim.separability.margins import multiclass_mistake_bound as multiclass_mistake_bound
    from gradatim.separability.planes import Capacity as Capacity
    from gradatim.separability.planes import ClassSeparations as ClassSeparations
    from gradatim.separability.planes import PerceptronRun as PerceptronRun
    from gradatim.separability.planes import Separation as Separation
    from gradatim.separability.planes import Widest as Widest
    from gradatim.separability.planes import Witness as Witness
    from gradatim.separability.planes import capacity as capacity
    from gradatim.separability.planes import n_separable_labelings as n_separable_labelings
    from gradatim.separability.planes import run_perceptron as run_perceptron
    from gradatim.separability.planes import separate as separate
    from gradatim.separability.planes import separate_classes as separate_classes
    from gradatim.separability.planes import simulate_capacity as simulate_capacity
    from gradatim.separability.transformation import Transformation as Transformation
    from gradatim.separability.transformation import transform as transform

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "features": ["AddedFeatures", "Refuted", "find_features"],
        "hidden": ["HiddenLayer", "build_hidden"],
        "margins": ["margin", "mistake_bound", "multiclass_margin", "multiclass_mistake_bound"],
        "planes": [
            "Capacity",
            "ClassSeparations",
            "PerceptronRun",
            "Separation",
            "Widest",
            "Witness",
            "capacity",
            "n_separable_labelings",
            "run_perceptron",
            "separate",
            "separate_classes",
            "simulate_capacity",
        ],
        "transformation": ["Transformation", "transform"],
    },
)
