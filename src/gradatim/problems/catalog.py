"""The catalog: problems by name, and families of them by name and size.

Conventions: a family's own name stands for its usual size; ``parity-6`` asks for another.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from gradatim.errors import SpecError
from gradatim.problems import lines, planes
from gradatim.problems.problem import Problem

__all__ = ["PROBLEMS", "get_problem", "load_problem"]


class _ProblemFamily(NamedTuple):
    """Problems of one kind: how one is made, its usual size, and the sizes there are."""

    make: Callable[[int], Problem]
    usual: int
    sizes: range


_FAMILIES = {
    "sawtooth": _ProblemFamily(lines.sawtooth, 4, range(2, 11)),
    "checkerboard": _ProblemFamily(planes.checkerboard, 4, range(2, 11)),
    "spirals": _ProblemFamily(planes.spirals, 3, range(2, 9)),
    "parity": _ProblemFamily(planes.parity, 4, range(2, 17)),
}

_SINGLE = (
    lines.threshold,
    lines.intervals,
    planes.blobs,
    planes.wedge,
    planes.xor,
    planes.moons,
    planes.circles,
)

#: Every problem by name, families in their usual size, simplest first.
PROBLEMS = MappingProxyType(
    {problem.name: problem for problem in (make() for make in _SINGLE)}
    | {name: family.make(family.usual) for name, family in _FAMILIES.items()}
)


def get_problem(name: str) -> Problem:
    """Return a problem by its key in `PROBLEMS`, or a family's with a size, as ``"parity-6"``.

    Examples
    --------
    >>> get_problem("xor").takes
    'No line does; two units in one hidden layer do.'
    >>> get_problem("parity-6").n_features
    6
    """
    if name in PROBLEMS:
        return PROBLEMS[name]
    family, _, size = name.partition("-")
    if family in _FAMILIES and re.fullmatch(r"[0-9]{1,4}", size):
        sizes = _FAMILIES[family].sizes
        if int(size) not in sizes:
            raise SpecError(f"{family} has sizes {sizes[0]} to {sizes[-1]}, not {size}")
        return _FAMILIES[family].make(int(size))
    close = difflib.get_close_matches(name, PROBLEMS, 1)
    hint = f"did you mean {close[0]}?" if close else f"choose one of {', '.join(PROBLEMS)}"
    raise SpecError(f"there is no problem {name!r}; {hint}")


def load_problem(
    name: str, n_samples: int = 400, *, noise: float | None = None, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw points of a problem with their labels.

    Parameters
    ----------
    name : str
        A key of `PROBLEMS`, or a family's name with a size, such as ``"parity-6"``.
    n_samples : int, default 400
        How many points, at least 2; both classes equally often.
    noise : float, optional
        Standard deviation of what is added to every coordinate, >= 0; the problem's own unless
        given.
    seed : int, default 0
        Seed of the points, >= 0.

    Returns
    -------
    X : array of shape (n_samples, n_features)
        Points, in random order.
    y : array of shape (n_samples,)
        Labels, 0 or 1.

    Raises
    ------
    SpecError
        If there is no such problem, or an option is out of its range.

    Examples
    --------
    >>> X, y = load_problem("xor", 4)
    >>> X.round().astype(int).tolist(), y.tolist()
    ([[0, 0], [0, 0], [0, 1], [0, 1]], [0, 0, 1, 1])
    """
    return get_problem(name).sample(n_samples, noise=noise, seed=seed)
