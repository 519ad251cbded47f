"""Ways to make classes separable, beside each other: features, kernels, hidden units.

Conventions: `gradatim.separability` proves, this part trains and compares; scikit-learn is loaded
only when kernel machines are asked for.
"""

from gradatim.comparisons.separable.kernels import KernelMachine, fit_kernels
from gradatim.comparisons.separable.methods import Ways, find_ways
from gradatim.comparisons.separable.summary import Way
from gradatim.comparisons.separable.trained import TrainedLayer, TriedWidth, train_hidden
from gradatim.comparisons.separable.views import plot_ways

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
