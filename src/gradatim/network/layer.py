"""Units and the layers that gather them.

Conventions: ``weight`` is ``(n_out, n_in)``; ``bias`` is drawn as w0; a missing edge is False in
``mask`` and its weight is 0. A layer has one activation, or one per unit; ``a`` is one left open,
as the lecture writes it, to be named at evaluation. Arrays are NumPy's and read-only; equal layers
hash alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from gradatim.activations import get_activation
from gradatim.errors import ShapeError, SpecError
from gradatim.network.numbers import written

K = TypeVar("K")
V = TypeVar("V")

#: Name of an activation that is left open, as in the lecture's a(x1 - 5).
OPEN_ACTIVATION = "a"


class FrozenMap(Mapping[K, V]):
    """An immutable copy of a mapping; unlike ``MappingProxyType`` it is hashed and pickled.

    Examples
    --------
    >>> weights = FrozenMap({0: 2.0})
    >>> weights == {0: 2.0}, hash(weights) == hash(FrozenMap({0: 2.0}))
    (True, True)
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


@dataclass(frozen=True)
class Unit:
    r"""One neuron: :math:`a(\sum_i w_i x_i + w_0)`."""

    # Weight of every incoming edge by the index of its source; a missing edge has no entry
    weights: Mapping[int, float]
    bias: float  # w0
    activation: str  # Standard name of the activation, or ``a`` if it is left open

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", FrozenMap(self.weights))


@dataclass(frozen=True)
class ExactUnit:
    """A `Unit` whose numbers are fractions: those that were typed."""

    # Weight of every incoming edge by the index of its source; a missing edge has no entry
    weights: Mapping[int, Fraction]
    bias: Fraction  # w0
    activation: str  # Standard name of the activation, or ``a`` if it is left open

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", FrozenMap(self.weights))

    def pre_activation(self, values: Sequence[Fraction]) -> Fraction:
        """Return the weighted sum of what the unit reads, without rounding."""
        return sum((w * values[i] for i, w in self.weights.items()), start=self.bias)


def _read_only(values: ArrayLike, dtype: Any = None) -> np.ndarray:
    # In C order, so that products do not depend on how the weights came about.
    array = np.array(values, dtype=dtype, order="C")
    if array.dtype.kind != "b" and array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """Units that read the same inputs.

    Parameters
    ----------
    weight : array-like of shape (n_out, n_in)
        Weights, one row per unit.
    bias : array-like of shape (n_out,)
        w0 of each unit.
    activation : str or sequence of str
        One name for all units, or one per unit. ``softmax`` is for a whole layer.
    mask : array-like of shape (n_out, n_in), optional
        False where there is no edge; None if every edge is there.
    exact : mapping of (int, int) to fractions.Fraction, optional
        Numbers that were typed as fractions no short decimal writes, such as 1/3, by (unit,
        source); source -1 is the bias. The arrays hold them rounded. Equality looks at the
        arrays only.

    Raises
    ------
    ShapeError
        If the arrays do not fit each other, or there is no unit.
    SpecError
        If an activation is unknown, ``softmax`` is asked of one unit among others, or an exact
        number is not that of its array.
    """

    weight: np.ndarray
    bias: np.ndarray
    activation: str | tuple[str, ...] = "identity"
    mask: np.ndarray | None = None
    exact: Mapping[tuple[int, int], Fraction] | None = None

    def __repr__(self) -> str:
        kinds = self.activation if isinstance(self.activation, str) else ", ".join(self.activation)
        return f"Layer: {self.n_in} -> {self.n_out}, {kinds}"

    def __post_init__(self) -> None:
        weight, bias = _read_only(self.weight), _read_only(self.bias)
        if weight.ndim != 2 or bias.shape != weight.shape[:1]:
            raise ShapeError(
                f"a layer needs weights (n_out, n_in) and biases (n_out,), not {weight.shape} "
                f"and {bias.shape}"
            )
        if not bias.size:
            raise ShapeError("a layer needs at least one unit")
        if self.mask is not None:
            mask = _read_only(self.mask, dtype=bool)
            if mask.shape != weight.shape:
                raise ShapeError(f"mask {mask.shape} does not fit weights {weight.shape}")
            weight = _read_only(np.where(mask, weight, 0), dtype=weight.dtype)
            object.__setattr__(self, "mask", None if mask.all() else mask)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", bias)
        object.__setattr__(self, "activation", self._checked_activation())
        object.__setattr__(self, "exact", self._checked_exact())

    def _checked_exact(self) -> FrozenMap[tuple[int, int], Fraction] | None:
        if not self.exact:
            return None
        for (i, j), value in self.exact.items():
            stored = self.bias[i] if j < 0 else self.weight[i, j]
            if float(value) != stored:
                raise SpecError(f"the exact number {value} of unit {i + 1} is stored as {stored}")
        return FrozenMap(self.exact)

    def _checked_activation(self) -> str | tuple[str, ...]:
        if isinstance(self.activation, str):
            return _standard_name(self.activation)
        names = tuple(_standard_name(name) for name in self.activation)
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

    @cached_property
    def exact_units(self) -> tuple[ExactUnit, ...]:
        """The units with the numbers that were typed, or the shortest decimals of the arrays."""
        return tuple(
            ExactUnit(
                {j: self._fraction(i, j, weight) for j, weight in unit.weights.items()},
                self._fraction(i, -1, unit.bias),
                unit.activation,
            )
            for i, unit in enumerate(self.units)
        )

    def _fraction(self, unit: int, source: int, stored: float) -> Fraction:
        typed = (self.exact or {}).get((unit, source))
        if typed is not None:
            return typed
        if not np.isfinite(stored):
            raise SpecError(f"unit {unit + 1} holds {stored}, of which there is no exact value")
        return written(repr(stored))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer):
            return NotImplemented
        return (
            self.activation == other.activation
            and np.array_equal(self.weight, other.weight)
            and np.array_equal(self.bias, other.bias)
            and _same_mask(self.mask, other.mask)
        )

    def __hash__(self) -> int:
        mask = None if self.mask is None else self.mask.tobytes()
        return hash((self.activation, _key(self.weight), _key(self.bias), mask))


def _standard_name(activation: str) -> str:
    return OPEN_ACTIVATION if activation == OPEN_ACTIVATION else get_activation(activation).name


def _key(array: np.ndarray) -> tuple[tuple[int, ...], bytes]:
    """Return what arrays of equal numbers share, whatever their precision and signs of zero."""
    return array.shape, (array.astype(np.float64) + 0.0).tobytes()


def _same_mask(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)
