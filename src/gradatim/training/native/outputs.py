"""The losses and their slopes at the output layer.

Conventions: logits, slopes and targets are (n_outputs, n), pointers to float32; the weight of a
sample is 0 where the minibatch is only filled up. Losses are summed in float64. Written for
`gradatim.training.native.kernels`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from gradatim.losses import LOSSES
from gradatim.training.native.elementwise import exp_down, log1p_unit, logistic

#: Number by which compiled code knows a loss.
LOSS_CODES = {name: code for code, name in enumerate(LOSSES)}
_MULTICLASS, _BINARY = LOSS_CODES["multiclass"], LOSS_CODES["binary"]

_0, _1, _HALF = np.float32(0), np.float32(1), np.float32(0.5)


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def _multiclass(
    Z: Any, D: Any, Y: Any, n_outputs: int, n: int, smoothing: Any, losses: Any
) -> None:
    """Cross-entropy of softmax: D becomes p - y; `losses` has room for three rows of n."""
    top, total = n, 2 * n
    keep, share = _1 - smoothing, smoothing / np.float32(n_outputs)
    for c in range(n):
        losses[c] = _0
        losses[top + c] = Z[c]
        losses[total + c] = _0
    for k in range(1, n_outputs):
        for c in range(n):
            losses[top + c] = max(losses[top + c], Z[k * n + c])
    for k in range(n_outputs):
        for c in range(n):
            e = exp_down(Z[k * n + c] - losses[top + c])
            D[k * n + c] = e
            losses[total + c] += e
    for k in range(n_outputs):
        for c in range(n):
            target = Y[k * n + c] * keep + share
            losses[c] += target * (losses[top + c] - Z[k * n + c])
            D[k * n + c] = D[k * n + c] / losses[total + c] - target
    for c in range(n):
        # The smoothed targets of a sample add up to 1.
        losses[c] += np.float32(math.log(losses[total + c]))


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def _binary(Z: Any, D: Any, Y: Any, n_outputs: int, n: int, smoothing: Any, losses: Any) -> None:
    """Cross-entropy of logistic units: D becomes p - y."""
    keep, share = _1 - smoothing, smoothing * _HALF
    for c in range(n):
        losses[c] = _0
    for k in range(n_outputs):
        for c in range(n):
            z = Z[k * n + c]
            target = Y[k * n + c] * keep + share
            losses[c] += max(z, _0) - z * target + log1p_unit(exp_down(-abs(z)))
            D[k * n + c] = logistic(z) - target


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def _squared(Z: Any, D: Any, Y: Any, n_outputs: int, n: int, losses: Any) -> None:
    for c in range(n):
        losses[c] = _0
    for k in range(n_outputs):
        for c in range(n):
            d = Z[k * n + c] - Y[k * n + c]
            losses[c] += _HALF * d * d
            D[k * n + c] = d


def loss_and_slope(
    code: int,
    Z: Any,
    D: Any,
    Y: Any,
    weight: Any,
    n_outputs: int,
    n: int,
    count: int,
    smoothing: Any,
    losses: Any,
) -> float:
    """Return the mean of weight times loss over the counted samples, and leave its slope in D."""
    if code == _MULTICLASS:
        _multiclass(Z, D, Y, n_outputs, n, smoothing, losses)
    elif code == _BINARY:
        _binary(Z, D, Y, n_outputs, n, smoothing, losses)
    else:
        _squared(Z, D, Y, n_outputs, n, losses)
    total = 0.0
    for c in range(count):
        total += np.float64(weight[c]) * losses[c]
    part = _1 / np.float32(count)
    for k in range(n_outputs):
        for c in range(n):
            # Where the minibatch is filled up the weight is 0 and every number finite.
            D[k * n + c] *= weight[c] * part
    return total / count
