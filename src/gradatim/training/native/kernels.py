"""The kernels: each compiled once, kept on disk, and called by its address.

Conventions: a kernel takes pointers to float32 and whole numbers (float32 for rates), as C would.
Calling by address keeps numba from compiling a kernel again into everything that calls it. The
name under which numba keeps a kernel has a digest of this package's sources and of the choice of
tiles in it, since numba itself looks at one file only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
from numba import cfunc, njit, types

from gradatim._digest import sha256
from gradatim.training.native import augmentation, elementwise, outputs, products, updates
from gradatim.training.native.tiles import MOST_LANES, POINTER


def _digest() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    parts = [path.read_bytes() for path in sources]
    return sha256(*parts, f"{MOST_LANES} lanes")[:12]


_DIGEST = _digest()


def named(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function the name under which its compiled form may be kept."""
    function.__qualname__ = f"{function.__name__}_{_DIGEST}"
    return function


#: Compiles what calls the kernels; it becomes a part of its caller.
compiled = njit(nogil=True, error_model="numpy", fastmath={"contract"})


def _kernel(function: Callable[..., Any], signature: Any, *fast: str) -> Any:
    compiled = cfunc(signature, cache=True, error_model="numpy", fastmath=set(fast))(
        named(function)
    )
    symbol = f"gradatim_{function.__qualname__}"
    llvmlite.binding.add_symbol(symbol, compiled.address)
    return types.ExternalFunction(symbol, signature)


_INT, _REAL, _NOTHING = types.int64, types.float32, types.void
_P = POINTER

product = _kernel(products.product, _NOTHING(_P, _INT, _P, _INT, _INT, _P, _INT, _INT, _INT, _INT))
product_of_rows = _kernel(products.product_of_rows, _NOTHING(_P, _INT, _P, _P, _INT, _INT, _INT))
transpose = _kernel(products.transpose, _NOTHING(_P, _INT, _P, _INT, _INT))
activate = _kernel(elementwise.activate, _NOTHING(_INT, _P, _P, _INT), "contract")
drop = _kernel(
    elementwise.drop, _NOTHING(_INT, _REAL, types.CPointer(types.int32), _P, _P, _INT, _INT)
)
alter = _kernel(
    augmentation.alter,
    _NOTHING(_INT, _INT, _INT, _REAL, types.CPointer(types.int32), _P, _P, _INT, _INT),
)
loss_and_slope = _kernel(
    outputs.loss_and_slope,
    types.float64(_INT, _P, _P, _P, _P, _INT, _INT, _INT, _REAL, _P),
    "contract",
)
add_penalty = _kernel(updates.add_penalty, types.float64(_P, _P, _INT, _REAL), "contract")
adam = _kernel(
    updates.adam,
    _NOTHING(_P, _P, _P, _P, _INT, _REAL, _REAL, _REAL, _REAL, _REAL),
    "contract",
    "arcp",
)
sgd = _kernel(updates.sgd, _NOTHING(_P, _P, _P, _INT, _REAL, _REAL, _INT), "contract")
