"""Experiments: many networks trained, beside what a theorem says they can do.

Conventions: `theory` builds and proves, this part trains; both hand over `Network`s. Names are
loaded when first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
