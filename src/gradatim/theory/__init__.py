"""Theory: what can be said about a network and its data before, and instead of, training it."""

from gradatim.theory.depth import SawtoothError, lower_bound, most_pieces, sawtooth_error
from gradatim.theory.parity import (
    ParityProof,
    parity_layer,
    parity_tree,
    prove_parity,
    truth_table,
)
from gradatim.theory.pieces import LinearPiece, along, count_pieces, linear_pieces
from gradatim.theory.sawtooth import (
    deep_sawtooth,
    prove_sawtooth,
    sawtooth,
    shallow_sawtooth,
)
from gradatim.theory.separability import (
    margin,
    mistake_bound,
    multiclass_margin,
    multiclass_mistake_bound,
)
from gradatim.theory.transformation import Proof, Transformation, transform

__all__ = [
    "LinearPiece",
    "ParityProof",
    "Proof",
    "SawtoothError",
    "Transformation",
    "along",
    "count_pieces",
    "deep_sawtooth",
    "linear_pieces",
    "lower_bound",
    "margin",
    "mistake_bound",
    "most_pieces",
    "multiclass_margin",
    "multiclass_mistake_bound",
    "parity_layer",
    "parity_tree",
    "prove_parity",
    "prove_sawtooth",
    "sawtooth",
    "sawtooth_error",
    "shallow_sawtooth",
    "transform",
    "truth_table",
]
