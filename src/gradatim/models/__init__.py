"""Models: what was learnt, from raw rows to predictions; the families that fit them; files.

Conventions: names are loaded when first used, so that loading a model imports no engine.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
