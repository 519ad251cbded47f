"""Datasets in the package: `timbre` and `world`, ready to climb.

Conventions: a loader returns a `Collection` and reads nothing but the package's own files; names
are loaded when first used, so that importing this part does not import NumPy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
