"""Initial weights, drawn from a seed.

Conventions: weights are ``(n_out, n_in)`` float32; draws depend on the seed and the layer sizes
alone, never on what else is being trained.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gradatim.errors import SpecError

# E[silu(z)^2] = 0.3555 for a standard normal z, and 1 / sqrt(0.3555) = 1.68.
_SILU_GAIN = 1.68


def initialize(
    layer_sizes: Sequence[int], method: str, seed: int, activation: str = "relu"
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw the weights and biases of every layer. Returns (n_out, n_in).

    References
    ----------
    .. [1] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    .. [2] K. He et al., "Delving deep into rectifiers", ICCV 2015.
    """
    rng = np.random.default_rng(seed)
    pairs = list(pairwise(layer_sizes))
    layers = []
    for i, (n_in, n_out) in enumerate(pairs):
        bias = np.zeros(n_out)
        if method == "glorot":
            factor = 2.0 if activation == "logistic" else 6.0
            bound = math.sqrt(factor / (n_in + n_out))
            weight = rng.uniform(-bound, bound, (n_out, n_in))
            bias = rng.uniform(-bound, bound, n_out)
        elif method == "he":
            weight = rng.normal(0.0, math.sqrt(2.0 / n_in), (n_out, n_in))
        elif method == "variance":
            last = i == len(pairs) - 1
            gain = 0.0 if last else (1.0 if i == 0 else _SILU_GAIN)
            weight = rng.normal(0.0, 1.0, (n_out, n_in)) * (gain / math.sqrt(n_in))
        elif method == "zeros":
            weight = np.zeros((n_out, n_in))
        else:
            raise SpecError(f"there is no initialization {method!r}")
        layers.append((weight.astype(np.float32), bias.astype(np.float32)))
    return layers


def count_parameters(layer_sizes: Sequence[int]) -> int:
    """Count the weights and biases of full layers.

    Examples
    --------
    >>> count_parameters((2, 4, 1))
    17
    """
    return sum((below + 1) * above for below, above in pairwise(layer_sizes))
