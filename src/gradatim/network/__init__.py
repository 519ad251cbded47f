"""Networks as values, and what they compute.

Conventions: see `gradatim.network.graph`: weights are ``(n_out, n_in)``, and a missing edge is no
edge at all. NumPy only; JAX is not imported here.
"""

from gradatim.network.evaluate import ForwardPass, evaluate, forward
from gradatim.network.graph import Layer, Network, Unit

__all__ = ["ForwardPass", "Layer", "Network", "Unit", "evaluate", "forward"]
