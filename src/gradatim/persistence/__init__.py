"""Networks in files: exactly as they were, and read without running anything.

Conventions: a file is safetensors, numbers and a text header; nothing is pickled.
"""

from __future__ import annotations

from gradatim.persistence.networks import NETWORK_FORMAT, load_network, save_network

__all__ = ["NETWORK_FORMAT", "load_network", "save_network"]
