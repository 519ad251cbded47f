"""Depth (L21-L23): linear pieces, sawtooth and parity, and what too few pieces must get wrong.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.depth.lower_bounds import SawtoothError as SawtoothError
    from gradatim.depth.lower_bounds import lower_bound as lower_bound
    from gradatim.depth.lower_bounds import most_pieces as most_pieces
    from gradatim.depth.lower_bounds import sawtooth_error as sawtooth_error
    from gradatim.depth.parity import Parity as Parity
    from gradatim.depth.parity import ParityProof as ParityProof
    from gradatim.depth.parity import build_parity as build_parity
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

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "lower_bounds": ["SawtoothError", "lower_bound", "most_pieces", "sawtooth_error"],
        "parity": [
            "Parity",
            "ParityProof",
            "build_parity",
            "parity_layer",
            "parity_tree",
            "prove_parity",
            "truth_table",
        ],
        "pieces": ["LinearPiece", "along", "count_pieces", "linear_pieces"],
        "teeth": ["deep_sawtooth", "prove_sawtooth", "sawtooth", "shallow_sawtooth"],
    },
)
