"""One step of an optimizer on a network's parameters.

Conventions: parameters, gradient and moments are pointers to float32; a call moves the `n` entries
of one part (a weight matrix, a bias, the input factors), since rate and decay differ between
parts. The arithmetic is optax's. Written for `gradatim.training.native.kernels`.

References
----------
.. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

#: Number by which compiled code knows an optimizer.
OPTIMIZER_CODES = {"adam": 0, "adamw": 1, "sgd": 2}

_1 = np.float32(1)
_BETA_1 = np.float32(0.9)
_EPSILON = np.float32(1e-8)


@njit(nogil=True, error_model="numpy")
def cosine_factor(step: int, n_steps: int) -> float:
    """Return the share of the learning rate at a step: up for a twentieth, then down a cosine."""
    warm_up = max(math.floor(0.05 * n_steps), 1.0)
    if step < warm_up:
        return (step + 1) / warm_up
    progress = (step - warm_up) / max(n_steps - warm_up, 1.0)
    return 0.5 * (1.0 + math.cos(math.pi * min(max(progress, 0.0), 1.0)))


def add_penalty(params: Any, gradient: Any, n: int, decay: Any) -> float:
    """Add the slope of half the decay times the squared weights; return their sum of squares."""
    total = 0.0
    for i in range(n):
        w = params[i]
        gradient[i] += decay * w
        total += np.float64(w) * w
    return total


def adam(
    params: Any,
    gradient: Any,
    first: Any,
    second: Any,
    n: int,
    rate: Any,
    decay: Any,
    beta_2: Any,
    correct_1: Any,
    correct_2: Any,
) -> None:
    """Take a step of Adam [1]_.

    References
    ----------
    .. [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """
    rest_1, rest_2 = _1 - _BETA_1, _1 - beta_2
    for i in range(n):
        slope = gradient[i]
        m = _BETA_1 * first[i] + rest_1 * slope
        v = beta_2 * second[i] + rest_2 * slope * slope
        first[i] = m
        second[i] = v
        update = m * correct_1 / (np.sqrt(v * correct_2) + _EPSILON)
        params[i] -= rate * (update + decay * params[i])


def sgd(
    params: Any, gradient: Any, trace: Any, n: int, rate: Any, momentum: Any, nesterov: int
) -> None:
    """Take a step of gradient descent with momentum."""
    for i in range(n):
        slope = gradient[i]
        t = slope + momentum * trace[i]
        trace[i] = t
        params[i] -= rate * (slope + momentum * t if nesterov else t)
