r"""Activation functions: one table with function, derivative, range, symbol and ONNX operator.

Conventions: functions act elementwise on pre-activations :math:`z` and return activations of the
same shape; ``softmax`` alone acts on the last axis. Every entry takes NumPy and JAX arrays alike.
``heaviside(0) = 1`` and ``sign(0) = 0``, as in NumPy; `derivative` gives 0 where these jump, and
the right-hand derivative at the kink of the piecewise linear ones. Aliases (``sigmoid``,
``step``) are resolved here and nowhere else. In float64 every function and derivative is within
4 units in the last place of the exact value (of the larger term where two cancel, in the
derivatives of GELU and SiLU; within 6 in that of softmax), as long as that is a normal number,
above 2.3e-308.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np

from gradatim._arrays import exp_from_top
from gradatim._arrays import namespace as _xp
from gradatim.errors import SpecError

__all__ = ["ACTIVATIONS", "Activation", "get_activation"]

Array = Any  # a NumPy or a JAX array


@dataclass(frozen=True)
class Activation:
    """One activation function and what is known about it."""

    name: str  # The field's standard name
    function: Callable[[Array], Array]  # Pre-activations to activations of the same shape
    # Pre-activations to a'(z); for ``softmax`` the diagonal of the Jacobian
    derivative: Callable[[Array], Array]
    range: tuple[float, float]  # Infimum and supremum of the activations
    symbol: str  # What a drawing writes for it
    formula: str  # LaTeX of a(z)
    onnx: str  # Operator of ONNX's default domain that computes it
    elementwise: bool = True  # Whether each activation depends on its own pre-activation alone

    def __call__(self, z: Array) -> Array:
        """Apply the function to pre-activations `z`."""
        return self.function(z)


def _heaviside(z: Array) -> Array:
    z = _xp(z).asarray(z)
    return _xp(z).asarray(z >= 0, dtype=z.dtype)


def _logistic(z: Array) -> Array:
    if _xp(z) is not np:
        # JAX differentiates it: |z| has no derivative at 0, where networks start.
        return 0.5 * (1.0 + _xp(z).tanh(0.5 * z))
    # Of negative z e^z / (1 + e^z), of others 1 / (1 + e^-z): neither overflows.
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1.0) / (1.0 + small)


def _logistic_derivative(z: Array) -> Array:
    if _xp(z) is not np:
        a = _logistic(z)
        return a * (1.0 - a)
    small = np.exp(-np.abs(z))
    return small / (1.0 + small) ** 2


def _tanh_derivative(z: Array) -> Array:
    # 1 - tanh(z)^2, of which nothing would be left where tanh is near 1.
    return 4.0 * _logistic_derivative(2.0 * z)


def _softplus(z: Array) -> Array:
    xp = _xp(z)
    return xp.maximum(z, 0) + xp.log1p(xp.exp(-xp.abs(z)))


def _silu_derivative(z: Array) -> Array:
    return _logistic(z) + z * _logistic_derivative(z)


def _normal_density(z: Array) -> Array:
    """Return exp(-z^2 / 2), the square cut in two, since its rounding alone would be seen."""
    xp = _xp(z)
    coarse = xp.trunc(16.0 * z) / 16.0
    return xp.exp(-0.5 * coarse * coarse) * xp.exp(-0.5 * (z - coarse) * (z + coarse))


def _normal_cdf(z: Array) -> Array:
    if _xp(z) is not np:
        # Only JAX's arrays come here, and JAX is an extra.
        return 0.5 * (1.0 + import_module("jax.scipy.special").erf(z * math.sqrt(0.5)))
    from scipy.special import erf, erfcx

    # From -1 on, the two terms no longer cancel; below, erfc(x) = exp(-x^2) erfcx(x).
    tail = 0.5 * erfcx(np.maximum(-z, 0.0) * math.sqrt(0.5)) * _normal_density(z)
    return np.where(np.asarray(z) < -1.0, tail, 0.5 + 0.5 * erf(z * math.sqrt(0.5)))


def _gelu_derivative(z: Array) -> Array:
    return _normal_cdf(z) + z * _normal_density(z) / math.sqrt(2.0 * math.pi)


def _elu(z: Array) -> Array:
    xp = _xp(z)
    return xp.where(z >= 0, z, xp.expm1(xp.minimum(z, 0)))


def _elu_derivative(z: Array) -> Array:
    xp = _xp(z)
    return xp.where(z >= 0, xp.ones_like(z), xp.exp(xp.minimum(z, 0)))


def _softmax(z: Array) -> Array:
    e = exp_from_top(z)
    return e / _xp(z).sum(e, axis=-1, keepdims=True)


def _softmax_derivative(z: Array) -> Array:
    xp = _xp(z)
    a = _softmax(z)
    if xp is not np:
        return a * (1.0 - a)
    # Near 1, what is left of 1 is the sum of the others.
    large = a > 0.5
    others = np.where(large, 0.0, a).sum(axis=-1, keepdims=True)
    return a * np.where(large, others, 1.0 - a)


_INF = float("inf")

_TABLE = (
    Activation(
        "identity", lambda z: z, lambda z: _xp(z).ones_like(z), (-_INF, _INF), "z", "z", "Identity"
    ),
    Activation(
        "sign",
        lambda z: _xp(z).sign(z),
        lambda z: _xp(z).zeros_like(z),
        (-1.0, 1.0),
        "sgn",
        r"\operatorname{sign}(z)",
        "Sign",
    ),
    Activation(
        "heaviside",
        _heaviside,
        lambda z: _xp(z).zeros_like(z),
        (0.0, 1.0),
        "H",
        r"1 \text{ if } z \geq 0 \text{ else } 0",
        "GreaterOrEqual",
    ),
    Activation(
        "logistic",
        _logistic,
        _logistic_derivative,
        (0.0, 1.0),
        "σ",
        r"\frac{1}{1 + e^{-z}}",
        "Sigmoid",
    ),
    Activation(
        "tanh",
        lambda z: _xp(z).tanh(z),
        _tanh_derivative,
        (-1.0, 1.0),
        "tanh",
        r"\tanh(z)",
        "Tanh",
    ),
    Activation(
        "relu",
        lambda z: _xp(z).maximum(z, 0),
        lambda z: _xp(z).where(z >= 0, _xp(z).ones_like(z), _xp(z).zeros_like(z)),
        (0.0, _INF),
        "ReLU",
        r"\max(0, z)",
        "Relu",
    ),
    Activation(
        "leaky_relu",
        lambda z: _xp(z).where(z >= 0, z, 0.01 * z),
        lambda z: _xp(z).where(z >= 0, _xp(z).ones_like(z), 0.01 * _xp(z).ones_like(z)),
        (-_INF, _INF),
        "LReLU",
        r"\max(0.01 z, z)",
        "LeakyRelu",
    ),
    Activation(
        "elu",
        _elu,
        _elu_derivative,
        (-1.0, _INF),
        "ELU",
        r"z \text{ if } z \geq 0 \text{ else } e^z - 1",
        "Elu",
    ),
    Activation(
        "gelu",
        lambda z: z * _normal_cdf(z),
        _gelu_derivative,
        # Minimum at z = -0.7517916.
        (-0.16997121, _INF),
        "GELU",
        r"z \, \Phi(z)",
        "Gelu",
    ),
    Activation(
        "silu",
        lambda z: z * _logistic(z),
        _silu_derivative,
        # Minimum at z = -1.2784645, where z (1 - a) = -1.
        (-0.27846455, _INF),
        "SiLU",
        r"\frac{z}{1 + e^{-z}}",
        "Swish",
    ),
    Activation(
        "softplus",
        _softplus,
        _logistic,
        (0.0, _INF),
        "softplus",
        r"\ln(1 + e^z)",
        "Softplus",
    ),
    Activation(
        "softmax",
        _softmax,
        _softmax_derivative,
        (0.0, 1.0),
        "softmax",
        r"\frac{e^{z_i}}{\sum_j e^{z_j}}",
        "Softmax",
        elementwise=False,
    ),
)

#: Every activation by its standard name, in the order of the lecture (L6).
ACTIVATIONS = MappingProxyType({entry.name: entry for entry in _TABLE})

_ALIASES = {
    "linear": "identity",
    "id": "identity",
    "sgn": "sign",
    "signum": "sign",
    "step": "heaviside",
    "h": "heaviside",
    "sigmoid": "logistic",
    "σ": "logistic",
    "sigma": "logistic",
    "lrelu": "leaky_relu",
    "swish": "silu",
}
_SEPARATORS = re.compile(r"[\s_-]+")
_BY_SPELLING = {_SEPARATORS.sub("", name): name for name in ACTIVATIONS} | _ALIASES


def get_activation(name: str) -> Activation:
    """Look an activation up by a key of `ACTIVATIONS` or an alias such as ``sgn``, in any case.

    Examples
    --------
    >>> [get_activation(name).name for name in ("sigmoid", "ReLU", "sgn")]
    ['logistic', 'relu', 'sign']
    >>> get_activation("step")(np.array([-1.0, 0.0, 2.0]))
    array([0., 1., 1.])
    """
    spelling = _SEPARATORS.sub("", name).lower() if isinstance(name, str) else name
    try:
        return ACTIVATIONS[_BY_SPELLING[spelling]]
    except (KeyError, TypeError):
        close = get_close_matches(str(name).lower(), [*ACTIVATIONS, *_ALIASES], 1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        known = ", ".join(ACTIVATIONS)
        raise SpecError(f"there is no activation {name!r}{hint}; choose one of {known}") from None
