"""Activations with their slopes, dropout, and the functions that they need, a vector at a time.

Conventions: pointers to float32, and how many entries. An activation turns pre-activations into
values and leaves its slope in their place, which is all that the way back needs. Approximations
are good to a few units in the last place. `activate` and `drop` are written for
`gradatim.training.native.kernels`.

References
----------
.. [1] S. L. Moshier, "Cephes mathematical library", 1984-1992: exp of one precision.
.. [2] G. Guennebaud et al., "Eigen", since 2010: tanh as a quotient of polynomials.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types

from gradatim.activations import ACTIVATIONS
from gradatim.training.native.tiles import instruction

#: Number by which compiled code knows an activation.
ACTIVATION_CODES = {name: code for code, name in enumerate(ACTIVATIONS)}

_IDENTITY, _SIGN, _HEAVISIDE, _LOGISTIC, _TANH, _RELU = (
    ACTIVATION_CODES[name] for name in ("identity", "sign", "heaviside", "logistic", "tanh", "relu")
)
_LEAKY, _ELU, _GELU, _SILU, _SOFTPLUS = (
    ACTIVATION_CODES[name] for name in ("leaky_relu", "elu", "gelu", "silu", "softplus")
)

# A Python number would make every product one of double precision.
_0, _1, _2, _HALF = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5)
_LEAK = np.float32(0.01)
_LOG2_E, _LN2_HIGH, _LN2_LOW = (
    np.float32(1.44269504088896341),
    np.float32(0.693359375),
    np.float32(-2.12194440e-4),
)
_EXP = tuple(
    np.float32(c)
    for c in (
        1.9875691500e-4,
        1.3981999507e-3,
        8.3334519073e-3,
        4.1665795894e-2,
        1.6666665459e-1,
        5.0000001201e-1,
    )
)
_SMALLEST = np.float32(-87.0)
_TANH_LIMIT = np.float32(7.90531110763549805)
_TANH_TOP = tuple(
    np.float32(c)
    for c in (
        -2.76076847742355e-16,
        2.00018790482477e-13,
        -8.60467152213735e-11,
        5.12229709037114e-08,
        1.48572235717979e-05,
        6.37261928875436e-04,
        4.89352455891786e-03,
    )
)
_TANH_BOTTOM = tuple(
    np.float32(c)
    for c in (
        1.19825839466702e-06,
        1.18534705686654e-04,
        2.26843463243900e-03,
        4.89352518554385e-03,
    )
)
#: Series of the inverse hyperbolic tangent, from the 13th power down.
_ATANH = tuple(np.float32(2.0 / k) for k in (13, 11, 9, 7, 5, 3, 1))
_SQRT_HALF = math.sqrt(0.5)
_NORMAL = 1.0 / math.sqrt(2.0 * math.pi)


@instruction
def _power_of_two(_, n):
    """Return 2 to a whole float32 power, by writing its exponent."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        int32 = ir.IntType(32)
        exponent = builder.add(builder.fptosi(arguments[0], int32), ir.Constant(int32, 127))
        bits = builder.shl(exponent, ir.Constant(int32, 23))
        return builder.bitcast(bits, ir.FloatType())

    return types.float32(types.float32), generate


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def _expm1_parts(x: Any) -> Any:
    """Return s and q with exp(x) = s + s q for x <= 0, s a power of two; exp(x) - 1 is near."""
    x = _SMALLEST if x < _SMALLEST else x  # written so that NaN stays NaN
    n = np.floor(x * _LOG2_E + _HALF)
    r = x - n * _LN2_HIGH
    r = r - n * _LN2_LOW
    p = ((((_EXP[0] * r + _EXP[1]) * r + _EXP[2]) * r + _EXP[3]) * r + _EXP[4]) * r + _EXP[5]
    return _power_of_two(n), r + r * r * p


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def exp_down(x: Any) -> Any:
    """Return exp(x) for x <= 0; below -87, where float32 ends, it is 0."""
    s, q = _expm1_parts(x)
    return _0 if x < _SMALLEST else s + s * q


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def log1p_unit(e: Any) -> Any:
    """Return log(1 + e) for e in [0, 1], as twice the inverse tanh of e / (2 + e)."""
    s = e / (_2 + e)
    t = s * s
    p = _ATANH[0]
    p = p * t + _ATANH[1]
    p = p * t + _ATANH[2]
    p = p * t + _ATANH[3]
    p = p * t + _ATANH[4]
    p = p * t + _ATANH[5]
    p = p * t + _ATANH[6]
    return p * s


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def logistic(z: Any) -> Any:
    """Return the sigmoid, both tails accurate."""
    e = exp_down(-abs(z))
    a = _1 / (_1 + e)
    return a if z >= _0 else e * a


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def _tanh(z: Any) -> Any:
    x = _TANH_LIMIT if z > _TANH_LIMIT else z
    x = -_TANH_LIMIT if x < -_TANH_LIMIT else x
    t = x * x
    p = _TANH_TOP[0]
    p = p * t + _TANH_TOP[1]
    p = p * t + _TANH_TOP[2]
    p = p * t + _TANH_TOP[3]
    p = p * t + _TANH_TOP[4]
    p = p * t + _TANH_TOP[5]
    p = p * t + _TANH_TOP[6]
    q = ((_TANH_BOTTOM[0] * t + _TANH_BOTTOM[1]) * t + _TANH_BOTTOM[2]) * t + _TANH_BOTTOM[3]
    return x * p / q


def activate(code: int, Z: Any, H: Any, n: int) -> None:
    """Write the activations of Z to H and put the slopes in Z's place."""
    if code == _TANH:
        for i in range(n):
            a = _tanh(Z[i])
            H[i] = a
            Z[i] = _1 - a * a
    elif code == _RELU:
        for i in range(n):
            z = Z[i]
            H[i] = _0 if z < _0 else z
            Z[i] = _1 if z >= _0 else _0
    elif code == _SILU:
        for i in range(n):
            z = Z[i]
            a = logistic(z)
            H[i] = z * a
            Z[i] = a * (_1 + z * (_1 - a))
    elif code == _LOGISTIC:
        for i in range(n):
            a = logistic(Z[i])
            H[i] = a
            Z[i] = a * (_1 - a)
    elif code == _IDENTITY:
        for i in range(n):
            H[i] = Z[i]
            Z[i] = _1
    elif code == _HEAVISIDE:
        for i in range(n):
            H[i] = _1 if Z[i] >= _0 else _0
            Z[i] = _0
    elif code == _SIGN:
        for i in range(n):
            z = Z[i]
            H[i] = _1 if z > _0 else (-_1 if z < _0 else z)
            Z[i] = _0
    elif code == _LEAKY:
        for i in range(n):
            z = Z[i]
            H[i] = z if z >= _0 else _LEAK * z
            Z[i] = _1 if z >= _0 else _LEAK
    elif code == _ELU:
        for i in range(n):
            z = Z[i]
            s, q = _expm1_parts(_0 if z > _0 else z)
            H[i] = z if z >= _0 else s * q + (s - _1)
            Z[i] = _1 if z >= _0 else s + s * q
    elif code == _SOFTPLUS:
        for i in range(n):
            z = Z[i]
            H[i] = (_0 if z < _0 else z) + log1p_unit(exp_down(-abs(z)))
            Z[i] = logistic(z)
    elif code == _GELU:
        for i in range(n):
            z = Z[i]
            cdf = np.float32(0.5 * (1.0 + math.erf(z * _SQRT_HALF)))
            H[i] = z * cdf
            Z[i] = cdf + z * np.float32(_NORMAL * math.exp(-0.5 * z * z))


@instruction
def random_bits(_, key, row, unit):
    """Hash a key, a sample's place in its minibatch and a unit to 32 bits."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        int32 = ir.IntType(32)

        def constant(value: int) -> Any:
            return ir.Constant(int32, value)

        def shifted(x: Any, by: int) -> Any:
            return builder.xor(x, builder.lshr(x, constant(by)))

        key, row, unit = (builder.trunc(a, int32) for a in arguments)
        places = builder.add(
            builder.mul(row, constant(0x27D4EB2F)), builder.mul(unit, constant(0x165667B1))
        )
        x = builder.xor(key, places)
        x = builder.mul(shifted(x, 16), constant(0x7FEB352D))
        x = builder.mul(shifted(x, 15), constant(0x846CA68B))
        return builder.zext(shifted(x, 16), ir.IntType(64))

    return types.int64(types.int64, types.int64, types.int64), generate


def drop(key: int, rate: Any, places: Any, H: Any, Z: Any, n_units: int, n: int) -> None:
    """Set a share of the activations and their slopes to zero, and scale the others up.

    The mask is the JAX engine's: a hash of seed, step, layer, place in the minibatch and unit.
    """
    limit = np.int64(rate * np.float32(4294967040.0))
    factor = _1 / (_1 - rate)
    for u in range(n_units):
        for i in range(n):
            keep = random_bits(key, np.int64(places[i]), u) >= limit
            # Not a product: zero times infinity is not zero.
            H[u * n + i] = H[u * n + i] * factor if keep else _0
            Z[u * n + i] = Z[u * n + i] * factor if keep else _0
