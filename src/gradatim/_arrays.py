"""Arrays of any library: which namespace an array belongs to.

Conventions: NumPy's, or any that follows the array API standard, such as JAX's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["namespace"]


def namespace(z: Any) -> Any:
    """Return the namespace (numpy or jax.numpy) that `z` belongs to."""
    return np if isinstance(z, np.ndarray | np.generic) else z.__array_namespace__()
