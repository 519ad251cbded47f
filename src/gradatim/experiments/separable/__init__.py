"""Ways to make classes separable, beside each other: features, kernels, hidden units.

Conventions: `gradatim.theory` proves, this part trains and compares; scikit-learn is loaded only
when kernel machines are asked for.
"""

from gradatim.experiments.separable.kernels import KernelMachine, fit_kernels
from gradatim.experiments.separable.said import Way
from gradatim.experiments.separable.trained import TrainedLayer, TriedWidth, train_hidden
from gradatim.experiments.separable.views import plot_ways
from gradatim.experiments.separable.ways import Ways, find_ways

__all__ = [
    "KernelMachine",
    "TrainedLayer",
    "TriedWidth",
    "Way",
    "Ways",
    "find_ways",
    "fit_kernels",
    "plot_ways",
    "train_hidden",
]
