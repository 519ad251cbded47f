"""A network as a value: units gathered in layers, layers in a network, nothing ever changed.

Conventions: ``weight`` is ``(n_out, n_in)``; ``bias`` is drawn as w0; a missing edge is False in
``mask`` and its weight is 0. A layer has one activation, or one a unit. Arrays are NumPy's and
read-only; `Network.depth` counts layers of weights, so logistic regression has depth 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim.activations import get_activation
from gradatim.errors import ShapeError, SpecError

__all__ = ["Layer", "Network", "Unit"]


@dataclass(frozen=True)
class Unit:
    r"""One neuron: :math:`a(\sum_i w_i x_i + w_0)`.

    Parameters
    ----------
    weights : dict of int to float
        Weight of every incoming edge by the index of its source; a missing edge has no entry.
    bias : float
        w0.
    activation : str
        Standard name of the activation.
    """

    weights: dict[int, float]
    bias: float
    activation: str


def _read_only(values: ArrayLike, dtype: Any = None) -> np.ndarray:
    array = np.array(values, dtype=dtype)
    if array.dtype.kind != "b" and array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Layer:
    """Units that read the same inputs.

    Parameters
    ----------
    weight : array-like of shape (n_out, n_in)
        Weights, a row a unit.
    bias : array-like of shape (n_out,)
        w0 of each unit.
    activation : str or sequence of str
        One name for all units, or one a unit. ``softmax`` is for a whole layer.
    mask : array-like of shape (n_out, n_in), optional
        False where there is no edge; None if every edge is there.

    Raises
    ------
    ShapeError
        If the arrays do not fit each other.
    SpecError
        If an activation is unknown, or ``softmax`` is asked of a single unit.
    """

    weight: np.ndarray
    bias: np.ndarray
    activation: str | tuple[str, ...] = "identity"
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        weight, bias = _read_only(self.weight), _read_only(self.bias)
        if weight.ndim != 2 or bias.shape != weight.shape[:1]:
            raise ShapeError(
                f"a layer needs weights (n_out, n_in) and biases (n_out,), not {weight.shape} "
                f"and {bias.shape}"
            )
        if self.mask is not None:
            mask = _read_only(self.mask, dtype=bool)
            if mask.shape != weight.shape:
                raise ShapeError(f"mask {mask.shape} does not fit weights {weight.shape}")
            weight = _read_only(np.where(mask, weight, 0), dtype=weight.dtype)
            object.__setattr__(self, "mask", None if mask.all() else mask)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", bias)
        object.__setattr__(self, "activation", self._checked_activation())

    def _checked_activation(self) -> str | tuple[str, ...]:
        if isinstance(self.activation, str):
            return get_activation(self.activation).name
        names = tuple(get_activation(name).name for name in self.activation)
        if len(names) != self.n_out:
            raise ShapeError(f"{len(names)} activations for {self.n_out} units")
        if len(set(names)) == 1:
            return names[0]
        if "softmax" in names:
            raise SpecError("softmax acts on a whole layer; give it as the layer's one activation")
        return names

    @property
    def n_in(self) -> int:
        """Number of inputs."""
        return self.weight.shape[1]

    @property
    def n_out(self) -> int:
        """Number of units."""
        return self.weight.shape[0]

    @property
    def activations(self) -> tuple[str, ...]:
        """Name of the activation of every unit."""
        one = self.activation
        return (one,) * self.n_out if isinstance(one, str) else one

    @property
    def n_parameters(self) -> int:
        """Number of weights that have an edge, and biases."""
        edges = self.weight.size if self.mask is None else int(self.mask.sum())
        return edges + self.n_out

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units one by one."""
        mask = np.ones(self.weight.shape, dtype=bool) if self.mask is None else self.mask
        return tuple(
            Unit({int(i): float(row[i]) for i in np.flatnonzero(edges)}, float(b), name)
            for row, edges, b, name in zip(
                self.weight, mask, self.bias, self.activations, strict=True
            )
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return NotImplemented
        return (
            self.activation == other.activation
            and np.array_equal(self.weight, other.weight)
            and np.array_equal(self.bias, other.bias)
            and _same_mask(self.mask, other.mask)
        )


def _same_mask(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)


@dataclass(frozen=True, eq=False)
class Network:
    """Layers, each reading the activations of the one before.

    Parameters
    ----------
    layers : sequence of Layer
        From the inputs to the outputs; at least one.
    input_names : sequence of str, optional
        Defaults to ``x1, x2, ...``.
    output_names : sequence of str, optional
        Defaults to ``y1, y2, ...``; for a classifier, its classes.

    Raises
    ------
    ShapeError
        If there is no layer, a layer does not fit the one before, or a name is missing.

    Examples
    --------
    The lecture's logistic regression (L4), sigmoid(x1 - 2.5):

    >>> network = Network([Layer([[1.0]], [-2.5], "sigmoid")])
    >>> network([[0.0], [1.0], [3.0], [5.0]]).round(2).ravel()
    array([0.08, 0.18, 0.62, 0.92])
    >>> network.depth, network.n_parameters
    (1, 2)
    """

    layers: Sequence[Layer]
    input_names: Sequence[str] = field(default=())
    output_names: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        if not layers:
            raise ShapeError("a network needs at least one layer")
        for i, (below, above) in enumerate(pairwise(layers)):
            if below.n_out != above.n_in:
                raise ShapeError(
                    f"layer {i + 1} has {below.n_out} units, but layer {i + 2} reads {above.n_in}"
                )
        inputs = tuple(self.input_names) or tuple(f"x{i + 1}" for i in range(layers[0].n_in))
        outputs = tuple(self.output_names) or tuple(f"y{i + 1}" for i in range(layers[-1].n_out))
        if len(inputs) != layers[0].n_in or len(outputs) != layers[-1].n_out:
            raise ShapeError(
                f"{len(inputs)} input and {len(outputs)} output names for a network of "
                f"{layers[0].n_in} inputs and {layers[-1].n_out} outputs"
            )
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "input_names", inputs)
        object.__setattr__(self, "output_names", outputs)

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self.layers[0].n_in

    @property
    def n_outputs(self) -> int:
        """Number of outputs."""
        return self.layers[-1].n_out

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Number of inputs, then of units in each layer."""
        return (self.n_inputs, *(layer.n_out for layer in self.layers))

    @property
    def depth(self) -> int:
        """Number of layers of weights."""
        return len(self.layers)

    @property
    def n_parameters(self) -> int:
        """Number of weights that have an edge, and biases."""
        return sum(layer.n_parameters for layer in self.layers)

    def __call__(self, X: ArrayLike) -> np.ndarray:
        """Evaluate the network; see `gradatim.network.evaluate`."""
        from gradatim.network.evaluate import evaluate

        return evaluate(self, X)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        return (
            self.layers == other.layers
            and self.input_names == other.input_names
            and self.output_names == other.output_names
        )
