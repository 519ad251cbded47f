"""A look inside networks: what each layer holds of sounds, and what single units look for.

Conventions: names are loaded when first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
