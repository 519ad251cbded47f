"""The climb: every rung under one honest protocol, and on which of them to stop.

Importing this package loads no training; its functions are loaded when they are first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
