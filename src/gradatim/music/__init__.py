"""Music in: a folder of audio or of scores becomes a `Collection`.

Conventions: names are loaded when first used, so that importing this part imports no library.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
