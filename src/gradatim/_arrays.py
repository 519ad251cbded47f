"""Arrays of any library: which namespace one belongs to, and exponentials that do not overflow.

Conventions: NumPy's, or any that follows the array API standard, such as JAX's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["exp_from_top", "namespace"]


def namespace(z: Any) -> Any:
    """Return the namespace (numpy or jax.numpy) that `z` belongs to."""
    return np if isinstance(z, np.ndarray | np.generic) else z.__array_namespace__()


def exp_from_top(z: Any) -> Any:
    """Exponentiate what `z` has below its largest, along the last axis: all of it in (0, 1]."""
    xp = namespace(z)
    top = xp.max(z, axis=-1, keepdims=True)
    below = z - top
    e = xp.exp(below)
    if xp is not np:
        return e
    # What the difference lost in rounding: of 700 that is hundreds of units in e's last place.
    lost = np.subtract(z, below + top, where=below > -800.0, out=np.zeros_like(e))
    return e + e * lost
