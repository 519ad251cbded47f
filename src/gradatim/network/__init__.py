"""Networks as values, what they compute, and equations that say them.

Conventions: see `gradatim.network.graph`: weights are ``(n_out, n_in)``, and a missing edge is no
edge at all. NumPy only; JAX is not imported here, and lark and mpmath only when they are needed.
"""

from gradatim.network.descent import Step, descend
from gradatim.network.evaluate import ForwardPass, evaluate, forward
from gradatim.network.graph import Network
from gradatim.network.layer import OPEN_ACTIVATION, ExactUnit, Layer, Unit
from gradatim.network.reading import parse
from gradatim.network.trace import Product, Trace, UnitTrace, trace

__all__ = [
    "OPEN_ACTIVATION",
    "ExactUnit",
    "ForwardPass",
    "Layer",
    "Network",
    "Product",
    "Step",
    "Trace",
    "Unit",
    "UnitTrace",
    "descend",
    "evaluate",
    "forward",
    "parse",
    "trace",
]
