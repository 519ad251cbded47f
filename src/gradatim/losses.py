r"""Losses: what training makes small, per sample and unreduced.

Conventions: a loss takes targets and *logits* (the last layer's pre-activations), both of shape
(..., n_outputs), and returns (...,), summed over the outputs; the output activation that belongs
to it turns logits into predictions. Arrays are NumPy's or JAX's. In float64 a loss is within 4
units in the last place of its largest term.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from gradatim._arrays import exp_from_top
from gradatim._arrays import namespace as _xp

Array = Any

__all__ = ["LOSSES", "Loss", "half_squared_error", "log_loss_binary", "log_loss_multiclass"]


def log_loss_multiclass(y_true: Array, logits: Array) -> Array:
    r"""Compute the cross-entropy :math:`-\sum_k y_k \log \mathrm{softmax}(z)_k` in nats.

    Both arrays are (..., n_classes), the loss (...,); plain labels are one-hot.
    """
    xp = _xp(logits)
    below = logits - xp.max(logits, axis=-1, keepdims=True)
    e = exp_from_top(logits)
    if xp is np:
        # The largest is 1 in the sum, and log1p of the others has all digits where they are small.
        is_top = np.arange(e.shape[-1]) == np.argmax(logits, axis=-1)[..., None]
        log_sum = np.log1p(np.where(is_top, 0.0, e).sum(axis=-1, keepdims=True))
    else:
        # JAX differentiates it, also where several are largest.
        log_sum = xp.log(xp.sum(e, axis=-1, keepdims=True))
    return xp.sum(y_true * (log_sum - below), axis=-1)


def log_loss_binary(y_true: Array, logits: Array) -> Array:
    r"""Compute :math:`\sum_k -y_k \log \sigma(z_k) - (1 - y_k) \log(1 - \sigma(z_k))` in nats.

    Both arrays are (..., n_labels), the loss (...,).
    """
    xp = _xp(logits)
    size = xp.abs(logits)
    # Not maximum(z, 0): its derivative at 0, where networks start, would not be one half.
    positive = 0.5 * (logits + size)
    return xp.sum(positive - y_true * logits + xp.log1p(xp.exp(-size)), axis=-1)


def half_squared_error(y_true: Array, logits: Array) -> Array:
    r"""Compute :math:`\tfrac12 \sum_k (z_k - y_k)^2` of arrays (..., n_targets), as (...,)."""
    return 0.5 * ((logits - y_true) ** 2).sum(axis=-1)


@dataclass(frozen=True)
class Loss:
    """A loss and the output activation for which it is the negative log-likelihood."""

    name: str  # Key in `LOSSES`
    function: Callable[[Array, Array], Array]  # Maps targets and logits to the loss of each sample
    output_activation: str  # Turns logits into predictions


#: Every loss by name.
LOSSES = MappingProxyType(
    {
        loss.name: loss
        for loss in (
            Loss("multiclass", log_loss_multiclass, "softmax"),
            Loss("binary", log_loss_binary, "logistic"),
            Loss("squared", half_squared_error, "identity"),
        )
    }
)
