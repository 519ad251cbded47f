"""Forward pass: the outputs of a network, or every pre-activation on the way.

Conventions: a batch is (n_samples, n_inputs); arithmetic is float64 unless float32 is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from gradatim.activations import get_activation
from gradatim.errors import ShapeError, SpecError
from gradatim.network._protocols import NetworkLike
from gradatim.network.layer import Layer

__all__ = ["ForwardPass", "evaluate", "forward"]


class ForwardPass(NamedTuple):
    """What every unit computed."""

    pre_activations: list[np.ndarray]  # (n_samples, n_units): z of each layer
    # (n_samples, n_units): The inputs, then a(z) of each layer; the last entry is the output
    activations: list[np.ndarray]


def forward(network: NetworkLike, X: ArrayLike, dtype: DTypeLike = np.float64) -> ForwardPass:
    """Compute :math:`z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}` and :math:`a^{(l)}` for every layer.

    `X` (n_samples, n_inputs); all arithmetic is in `dtype`, float64 or float32.
    """
    if network.is_open:
        raise SpecError("the activation a is left open; name one as activation, such as tanh")
    a = np.asarray(X, dtype=dtype)
    if a.ndim != 2 or a.shape[1] != network.n_inputs:
        raise ShapeError(
            f"the network reads {network.n_inputs} inputs, so X must be "
            f"(n_samples, {network.n_inputs}), not {a.shape}"
        )
    result = ForwardPass([], [a])
    for layer in network.layers:
        z = a @ layer.weight.T.astype(dtype) + layer.bias.astype(dtype)
        a = _activate(layer, z)
        result.pre_activations.append(z)
        result.activations.append(a)
    return result


def evaluate(network: NetworkLike, X: ArrayLike, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Compute the outputs of a network.

    `X` (n_samples, n_inputs) gives (n_samples, n_outputs); all arithmetic is in `dtype`.

    Examples
    --------
    >>> from gradatim.network import Layer, Network
    >>> network = Network([Layer([[0.8]], [0.4], "identity")])
    >>> evaluate(network, [[1.0]])
    array([[1.2]])
    """
    return forward(network, X, dtype).activations[-1]


def _activate(layer: Layer, z: np.ndarray) -> np.ndarray:
    if isinstance(layer.activation, str):
        return get_activation(layer.activation)(z)
    columns = [get_activation(name)(z[:, i]) for i, name in enumerate(layer.activations)]
    return np.stack(columns, axis=1)
