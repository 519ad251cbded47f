"""How a network's parameters lie in memory, and how rows are cut into layers.

Conventions: parameters are a tuple of matrices, one row per model: every large weight matrix
(n_out, n_in), flattened, has its own, and everything small shares the last, since few updates of
few arrays are quicker to compile and to run, but cutting a large matrix out of a shared row is a
copy per step. Works on NumPy's and JAX's arrays alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.training.layout import Program

#: Rows of parameters, NumPy's or JAX's.
Params = tuple[Any, ...]

#: Entries from which a weight matrix is kept apart.
LARGE = 4096


def segments(program: Program) -> list[tuple[str, int, tuple[int, ...]]]:
    """List the parts of a model's parameters."""
    parts: list[tuple[str, int, tuple[int, ...]]] = []
    n_large = 0
    for n_in, n_out in zip(program.sizes[:-1], program.sizes[1:], strict=True):
        large = n_in * n_out > LARGE
        parts.append(("weight", n_large if large else -1, (n_out, n_in)))
        parts.append(("bias", -1, (n_out,)))
        n_large += large
    if program.input_scale:
        parts.append(("scale", -1, (program.sizes[0],)))
    return parts


def pack(program: Program, arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Lay one model's arrays out as its rows. Returns (n,)."""
    placed = list(zip(arrays, segments(program), strict=True))
    large = [a for a, (_, place, _) in placed if place >= 0]
    small = [a for a, (_, place, _) in placed if place < 0]
    rows = [*large, np.concatenate([np.ravel(a) for a in small])]
    return tuple(np.ravel(row).astype(np.float32) for row in rows)


def unpack(program: Program, params: Params) -> tuple[list[tuple[Any, Any]], Any]:
    """Cut rows into layers.

    `params` (n_models, n); returns (n_models, n_out, n_in); returns (n_models, n_inputs).
    """
    found: dict[str, list[Any]] = {"weight": [], "bias": [], "scale": []}
    start, n_models = 0, params[-1].shape[0]
    for kind, place, shape in segments(program):
        size = math.prod(shape)
        row = params[place]
        if place < 0:
            row = row[:, start : start + size]
            start += size
        found[kind].append(row.reshape(n_models, *shape))
    layers = list(zip(found["weight"], found["bias"], strict=True))
    return layers, found["scale"][0] if found["scale"] else None


def marks(program: Program, kind: str) -> tuple[np.ndarray, ...]:
    """Mark with 1 the parameters of a kind. Returns (n,)."""
    return pack(program, [np.full(s, float(k == kind)) for k, _, s in segments(program)])
