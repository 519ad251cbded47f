"""A model at work: sounds and tables in, predictions, tables and playlists out.

Conventions: names are loaded when first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
