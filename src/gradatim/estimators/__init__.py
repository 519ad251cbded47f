"""Estimators: networks under scikit-learn's contract, to be used wherever its own are."""

from gradatim.estimators.classifier import NetworkClassifier
from gradatim.estimators.exact import Solution, solve_least_squares, solve_logistic
from gradatim.estimators.perceptron import PerceptronClassifier
from gradatim.estimators.regressor import NetworkRegressor

__all__ = [
    "NetworkClassifier",
    "NetworkRegressor",
    "PerceptronClassifier",
    "Solution",
    "solve_least_squares",
    "solve_logistic",
]
