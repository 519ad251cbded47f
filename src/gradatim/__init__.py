"""From one neuron to a deep network on your own music, and on which step to stop.

Conventions: the names below are the public interface; each is loaded from its part when it is
first used, so that ``import gradatim`` costs nothing. Everything else may change without notice.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.climb import Climb as Climb
    from gradatim.climb import climb_collection as climb_collection
    from gradatim.collection import Collection as Collection
    from gradatim.datasets import load_dataset as load_dataset
    from gradatim.datasets import load_timbre as load_timbre
    from gradatim.datasets import load_world as load_world
    from gradatim.drawing import draw_svg as draw_svg
    from gradatim.estimators import NetworkClassifier as NetworkClassifier
    from gradatim.estimators import NetworkRegressor as NetworkRegressor
    from gradatim.estimators import PerceptronClassifier as PerceptronClassifier
    from gradatim.music import read_folder as read_folder
    from gradatim.music import read_table as read_table
    from gradatim.network import Layer as Layer
    from gradatim.network import Network as Network
    from gradatim.network import parse as parse
    from gradatim.reports import write_report as write_report
    from gradatim.training import FitResult as FitResult
    from gradatim.training import NetworkSpec as NetworkSpec
    from gradatim.training import fit_many as fit_many

_PARTS = {
    "Climb": "climb",
    "Collection": "collection",
    "FitResult": "training",
    "Layer": "network",
    "Network": "network",
    "NetworkClassifier": "estimators",
    "NetworkRegressor": "estimators",
    "NetworkSpec": "training",
    "PerceptronClassifier": "estimators",
    "climb_collection": "climb",
    "draw_svg": "drawing",
    "fit_many": "training",
    "load_dataset": "datasets",
    "load_timbre": "datasets",
    "load_world": "datasets",
    "parse": "network",
    "read_folder": "music",
    "read_table": "music",
    "write_report": "reports",
}

__version__: str
"""Version of the installed package."""

__all__ = [*_PARTS, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
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
    return sorted({*globals(), *__all__})
