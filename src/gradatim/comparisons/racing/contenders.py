"""Contenders: who races, and the shape in which each has as many parameters as a budget allows.

Conventions: a parameter is a number that must be kept to predict. A network has its weights and
biases, a perceptron those of its units; polynomial features one weight per monomial and output,
and one bias per output; a kernel machine the coordinates of its centers, one weight per center and
output, and one bias per output. Every shape has as many as possible of a budget and never more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

from gradatim.feature_maps import n_monomials
from gradatim.network.initialize import count_parameters

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
class ContenderShape:
    """What a contender is within a budget."""

    # Units of each hidden layer; the degree of a polynomial; the number of a kernel's centers
    size: tuple[int, ...]
    n_parameters: int  # How many parameters that makes


def kernel_parameters(n_inputs: int, n_centers: int, n_outputs: int) -> int:
    """Count the numbers that a machine with this many centers keeps."""
    return n_centers * (n_inputs + n_outputs) + n_outputs


def shape_for(
    contender: Contender, n_inputs: int, n_outputs: int, budget: int | None
) -> ContenderShape | None:
    """Return the largest shape of a contender within a budget, the first of equals.

    Examples
    --------
    >>> shape_for(CONTENDERS[5], 2, 1, 50)
    ContenderShape(size=(3, 4, 4), n_parameters=50)
    """
    if contender.is_line:
        return _shape(contender, (), n_inputs, n_outputs)
    if budget is None:
        return None
    fitting = []
    for sizes in _sizes(contender):
        shapes = [_shape(contender, size, n_inputs, n_outputs) for size in sizes]
        if shapes[-1].n_parameters > budget:
            break
        fitting += [shape for shape in shapes if shape.n_parameters <= budget]
    return max(fitting, key=lambda shape: shape.n_parameters, default=None)


def least_parameters(contender: Contender, n_inputs: int, n_outputs: int) -> int:
    """Count the parameters of a contender's smallest shape.

    Examples
    --------
    >>> least_parameters(CONTENDERS[5], 2, 1)
    9
    """
    return _shape(contender, next(_sizes(contender))[-1], n_inputs, n_outputs).n_parameters


def _sizes(contender: Contender) -> Iterator[list[tuple[int, ...]]]:
    """Yield sizes that grow, a few at a time, the smallest last.

    Widths of a network differ by at most 1; wider layers come earlier, and count first.
    """
    most = MOST_DEGREE if contender.kind == "polynomial" else sys.maxsize
    for n in range(1, most + 1):
        extras = product((1, 0), repeat=contender.n_hidden) if contender.n_hidden else [(0,)]
        yield [tuple(n + extra for extra in one) for one in extras]


def _shape(
    contender: Contender, size: tuple[int, ...], n_inputs: int, n_outputs: int
) -> ContenderShape:
    if contender.kind == "polynomial":
        return ContenderShape(size, n_monomials(n_inputs, size[0], lowest=0) * n_outputs)
    if contender.kind == "kernel":
        return ContenderShape(size, kernel_parameters(n_inputs, size[0], n_outputs))
    return ContenderShape(size, count_parameters((n_inputs, *size, n_outputs)))
