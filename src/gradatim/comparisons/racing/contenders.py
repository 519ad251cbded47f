"""Contenders: who races, and the shape in which each has as many parameters as a budget allows.

Conventions: a parameter is a number that must be kept to predict. A network has its weights and
biases, a perceptron those of its units; polynomial features one weight a monomial and output, and a
bias an output; a kernel machine the coordinates of its centers, one weight a center and output, and
a bias an output. Every shape has as many as possible of a budget and never more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

__all__ = [
    "CONTENDERS",
    "Contender",
    "Shape",
    "kernel_parameters",
    "least_parameters",
    "network_parameters",
    "shape_for",
]

#: Degree above which a polynomial is not taken, however few monomials one input has.
MOST_DEGREE = 30


@dataclass(frozen=True)
class Contender:
    """A kind of model."""

    name: str  # Short name, as in JSON
    title: str  # What people read
    # How it is trained; ``rule`` is the perceptron's
    kind: Literal["rule", "network", "polynomial", "kernel"]
    n_hidden: int = 0  # Hidden layers of a network
    activation: str = "relu"  # Activation of these
    budgeted: bool = True  # Whether its size follows the budget; otherwise it runs once

    @property
    def is_line(self) -> bool:
        """Whether it has one layer, so that two classes meet in a hyperplane."""
        return self.kind == "rule" or (self.kind == "network" and self.n_hidden == 0)

    @property
    def is_deep(self) -> bool:
        """Whether it has several hidden layers."""
        return self.n_hidden > 1


#: Who races, in the order in which they are shown.
CONTENDERS = (
    Contender("perceptron", "perceptron", "rule", budgeted=False),
    Contender("logistic", "logistic regression", "network", budgeted=False),
    Contender("shallow-relu", "1 hidden layer (ReLU)", "network", 1),
    Contender("shallow-tanh", "1 hidden layer (tanh)", "network", 1, "tanh"),
    Contender("deep-2", "2 hidden layers (ReLU)", "network", 2),
    Contender("deep-3", "3 hidden layers (ReLU)", "network", 3),
    Contender("deep-5", "5 hidden layers (ReLU)", "network", 5),
    Contender("polynomial", "polynomial features", "polynomial"),
    Contender("kernel", "kernel SVM (limited centers)", "kernel"),
    Contender("kernel-all", "kernel SVM (no limit)", "kernel", budgeted=False),
)


@dataclass(frozen=True)
class Shape:
    """What a contender is within a budget."""

    # Units of each hidden layer; the degree of a polynomial; the number of a kernel's centers
    size: tuple[int, ...]
    n_parameters: int  # How many parameters that makes


def network_parameters(n_inputs: int, hidden: tuple[int, ...], n_outputs: int) -> int:
    """Count the weights and biases of full layers.

    Examples
    --------
    >>> network_parameters(2, (4,), 1)
    17
    """
    sizes = (n_inputs, *hidden, n_outputs)
    return sum(below * above + above for below, above in pairwise(sizes))


def kernel_parameters(n_inputs: int, n_centers: int, n_outputs: int) -> int:
    """Count the numbers that a machine with this many centers keeps.

    Examples
    --------
    >>> kernel_parameters(2, 10, 1)
    31
    """
    return n_centers * (n_inputs + n_outputs) + n_outputs


def shape_for(
    contender: Contender, n_inputs: int, n_outputs: int, budget: int | None
) -> Shape | None:
    """Return the largest shape of a contender within a budget.

    Examples
    --------
    >>> shape_for(CONTENDERS[5], 2, 1, 50)
    Shape(size=(3, 4, 4), n_parameters=50)
    """
    if contender.is_line:
        return Shape((), network_parameters(n_inputs, (), n_outputs))
    if contender.kind == "network":
        return _network(contender.n_hidden, n_inputs, n_outputs, budget or 0)
    if budget is None:
        return None
    if contender.kind == "polynomial":
        return _polynomial(n_inputs, n_outputs, budget)
    n_centers = (budget - n_outputs) // (n_inputs + n_outputs)
    if n_centers < 1:
        return None
    return Shape((n_centers,), kernel_parameters(n_inputs, n_centers, n_outputs))


def least_parameters(contender: Contender, n_inputs: int, n_outputs: int) -> int:
    """Count the parameters of a contender's smallest shape.

    Examples
    --------
    >>> least_parameters(CONTENDERS[5], 2, 1)
    9
    """
    if contender.kind == "network":
        return network_parameters(n_inputs, (1,) * contender.n_hidden, n_outputs)
    if contender.kind == "polynomial":
        return (n_inputs + 1) * n_outputs
    return kernel_parameters(n_inputs, 1, n_outputs)


def _network(n_hidden: int, n_inputs: int, n_outputs: int, budget: int) -> Shape | None:
    """Choose widths that differ by at most 1, the first of equals: earlier layers wider."""
    fitting = []
    for hidden in _widths(n_hidden, n_inputs, n_outputs, budget):
        fitting.append(Shape(hidden, network_parameters(n_inputs, hidden, n_outputs)))
    return max(fitting, key=lambda shape: shape.n_parameters, default=None)


def _widths(n_hidden: int, n_inputs: int, n_outputs: int, budget: int) -> Iterator[tuple[int, ...]]:
    width = 1
    while network_parameters(n_inputs, (width,) * n_hidden, n_outputs) <= budget:
        for wider in product((1, 0), repeat=n_hidden):
            hidden = tuple(width + extra for extra in wider)
            if network_parameters(n_inputs, hidden, n_outputs) <= budget:
                yield hidden
        width += 1


def _polynomial(n_inputs: int, n_outputs: int, budget: int) -> Shape | None:
    found = None
    for degree in range(1, MOST_DEGREE + 1):
        n_parameters = math.comb(n_inputs + degree, degree) * n_outputs
        if n_parameters > budget:
            break
        found = Shape((degree,), n_parameters)
    return found
