"""From one neuron to a deep network on your own music, and on which step to stop.

Conventions: the names below are the public interface; each is loaded from its part when it is
first used, so that ``import gradatim`` costs nothing. Everything else may change without notice.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradatim import _pictures

if TYPE_CHECKING:
    from gradatim.approximation import approximate as approximate
    from gradatim.certificates import certify as certify
    from gradatim.climb import Climb as Climb
    from gradatim.climb import climb_collection as climb_collection
    from gradatim.collection import Collection as Collection
    from gradatim.comparisons import Race as Race
    from gradatim.comparisons import race as race
    from gradatim.comparisons.separable import find_methods as find_methods
    from gradatim.comparisons.separable import plot_methods as plot_methods
    from gradatim.datasets import load_dataset as load_dataset
    from gradatim.datasets import load_timbre as load_timbre
    from gradatim.datasets import load_world as load_world
    from gradatim.drawing import draw as draw
    from gradatim.drawing import draw_svg as draw_svg
    from gradatim.drawing import plot_activations as plot_activations
    from gradatim.drawing import plot_approximation as plot_approximation
    from gradatim.drawing import plot_boundary as plot_boundary
    from gradatim.drawing import plot_rates as plot_rates
    from gradatim.drawing import plot_response as plot_response
    from gradatim.drawing import plot_separation as plot_separation
    from gradatim.drawing import plot_spaces as plot_spaces
    from gradatim.drawing import save_plot as save_plot
    from gradatim.estimators import NetworkClassifier as NetworkClassifier
    from gradatim.estimators import NetworkRegressor as NetworkRegressor
    from gradatim.estimators import PerceptronClassifier as PerceptronClassifier
    from gradatim.exercises import make_exam as make_exam
    from gradatim.exercises import make_versions as make_versions
    from gradatim.exercises import render_exam as render_exam
    from gradatim.exercises import write_exam as write_exam
    from gradatim.lab import lab_widget as lab_widget
    from gradatim.models import Model as Model
    from gradatim.models import load_model as load_model
    from gradatim.music import read_folder as read_folder
    from gradatim.music import read_scores as read_scores
    from gradatim.network import Layer as Layer
    from gradatim.network import Network as Network
    from gradatim.network import parse as parse
    from gradatim.persistence import load_network as load_network
    from gradatim.persistence import save_network as save_network
    from gradatim.probing import Layers as Layers
    from gradatim.probing import layers as layers
    from gradatim.problems import load_problem as load_problem
    from gradatim.reports import write_layers as write_layers
    from gradatim.reports import write_report as write_report
    from gradatim.separability import build_hidden as build_hidden
    from gradatim.separability import find_features as find_features
    from gradatim.separability import separate as separate
    from gradatim.separability import transform as transform
    from gradatim.tables import read_table as read_table
    from gradatim.tagging import Explanation as Explanation
    from gradatim.tagging import ModelScore as ModelScore
    from gradatim.tagging import Predictions as Predictions
    from gradatim.tagging import explain as explain
    from gradatim.tagging import explain_path as explain_path
    from gradatim.tagging import predict_path as predict_path
    from gradatim.tagging import score_path as score_path
    from gradatim.tagging import write_predictions as write_predictions
    from gradatim.training import Augmentation as Augmentation
    from gradatim.training import FitResult as FitResult
    from gradatim.training import NetworkSpec as NetworkSpec
    from gradatim.training import fit_many as fit_many

_PARTS = {
    "Augmentation": "training",
    "Climb": "climb",
    "Collection": "collection",
    "Explanation": "tagging",
    "FitResult": "training",
    "Layer": "network",
    "Layers": "probing",
    "Network": "network",
    "Model": "models",
    "ModelScore": "tagging",
    "NetworkClassifier": "estimators",
    "NetworkRegressor": "estimators",
    "NetworkSpec": "training",
    "PerceptronClassifier": "estimators",
    "Predictions": "tagging",
    "build_hidden": "separability",
    "Race": "comparisons",
    "approximate": "approximation",
    "certify": "certificates",
    "climb_collection": "climb",
    "draw": "drawing",
    "draw_svg": "drawing",
    "explain": "tagging",
    "explain_path": "tagging",
    "find_features": "separability",
    "find_methods": "comparisons.separable",
    "fit_many": "training",
    "lab_widget": "lab",
    "layers": "probing",
    "load_dataset": "datasets",
    "load_model": "models",
    "load_network": "persistence",
    "load_problem": "problems",
    "load_timbre": "datasets",
    "load_world": "datasets",
    "make_exam": "exercises",
    "make_versions": "exercises",
    "plot_activations": "drawing",
    "plot_approximation": "drawing",
    "plot_boundary": "drawing",
    "plot_methods": "comparisons.separable",
    "plot_rates": "drawing",
    "plot_response": "drawing",
    "plot_separation": "drawing",
    "plot_spaces": "drawing",
    "parse": "network",
    "predict_path": "tagging",
    "race": "comparisons",
    "read_folder": "music",
    "read_scores": "music",
    "read_table": "tables",
    "render_exam": "exercises",
    "write_exam": "exercises",
    "save_network": "persistence",
    "save_plot": "drawing",
    "score_path": "tagging",
    "separate": "separability",
    "transform": "separability",
    "write_layers": "reports",
    "write_predictions": "tagging",
    "write_report": "reports",
}

#: Names of earlier versions, which still work.
_RENAMED = {"find_methods": "find_methods", "plot_methods": "plot_methods"}

__version__: str
"""Version of the installed package."""

__all__ = [*_PARTS, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def _draw_network(network: Network) -> str:
    return import_module("gradatim.drawing").draw_svg(network)


def _show(kind: str, value: Any) -> str:
    return import_module("gradatim.presentation.notebooks").notebook_html(kind, value)


_pictures.register("network", _draw_network)
for _kind in (
    *("Approximation", "ClassSeparations", "Climb", "ClimbComparison", "Collection"),
    *("DepthComparison", "Exam", "Explanation", "MethodComparison", "ModelScore", "Predictions"),
    *("Layers", "Race", "Rates", "Separation", "Trace", "Transformation"),
):
    _pictures.register(_kind, partial(_show, _kind))


def __getattr__(name: str) -> Any:
    name = _RENAMED.get(name, name)
    if name == "__version__":
        from importlib.metadata import version

        value = version("gradatim")
    elif name in _PARTS:
        value = getattr(import_module(f"gradatim.{_PARTS[name]}"), name)
    else:
        raise AttributeError(f"module 'gradatim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
