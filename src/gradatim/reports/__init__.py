"""What a climb, a race or a look into layers found, as one HTML file that opens anywhere.

Conventions: see `gradatim.reports.page`. Names are loaded when first used, so that a command that
writes no report imports no template engine.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
