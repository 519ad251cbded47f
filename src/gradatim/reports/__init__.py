"""What a climb, a race, an explanation or a look into layers found, as one HTML file.

Conventions: see `gradatim.reports.page`. Names are loaded when first used, so that a command that
writes no report imports no template engine.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
