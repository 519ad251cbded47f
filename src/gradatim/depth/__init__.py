"""Depth (L21-L23): linear pieces, sawtooth and parity, and what too few pieces must get wrong.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.depth.lower_bounds import SawtoothError as SawtoothError
    from gradatim.depth.lower_bounds import lower_bound as lower_bound
    from gradatim.depth.lower_bounds import most_pieces as most_pieces
    from gradatim.depth.lower_bounds import sawtooth_error as sawtooth_error
    from gradatim.depth.parity import ParityProof as ParityProof
    from gradatim.depth.parity import parity_layer as parity_layer
    from gradatim.depth.parity import parity_tree as parity_tree
    from gradatim.depth.parity import prove_parity as prove_parity
    from gradatim.depth.parity import truth_table as truth_table
    from gradatim.depth.pieces import LinearPiece as LinearPiece
    from gradatim.depth.pieces import along as along
    from gradatim.depth.pieces import count_pieces as count_pieces
    from gradatim.depth.pieces import linear_pieces as linear_pieces
    from gradatim.depth.teeth import deep_sawtooth as deep_sawtooth
    from gradatim.depth.teeth import prove_sawtooth as prove_sawtooth
    from gradatim.depth.teeth import sawtooth as sawtooth
    from gradatim.depth.teeth import shallow_sawtooth as shallow_sawtooth

_HOMES = {
    "LinearPiece": "pieces",
    "ParityProof": "parity",
    "SawtoothError": "lower_bounds",
    "along": "pieces",
    "count_pieces": "pieces",
    "deep_sawtooth": "teeth",
    "linear_pieces": "pieces",
    "lower_bound": "lower_bounds",
    "most_pieces": "lower_bounds",
    "parity_layer": "parity",
    "parity_tree": "parity",
    "prove_parity": "parity",
    "prove_sawtooth": "teeth",
    "sawtooth": "teeth",
    "sawtooth_error": "lower_bounds",
    "shallow_sawtooth": "teeth",
    "truth_table": "parity",
}

__all__ = [*_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
