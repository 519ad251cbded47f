"""Methods to make classes separable, beside each other: features, kernels, hidden units.

Conventions: `gradatim.separability` proves, this part trains and compares; scikit-learn is loaded
only when kernel machines are asked for.
"""

from gradatim.comparisons.separable.kernels import KernelMachine, fit_kernels
from gradatim.comparisons.separable.methods import MethodComparison, find_methods
from gradatim.comparisons.separable.summary import Method
from gradatim.comparisons.separable.trained import TrainedLayer, TriedWidth, train_hidden
from gradatim.comparisons.separable.views import plot_methods

__all__ = [
    "KernelMachine",
    "Method",
    "MethodComparison",
    "TrainedLayer",
    "TriedWidth",
    "find_methods",
    "fit_kernels",
    "plot_methods",
    "train_hidden",
]
