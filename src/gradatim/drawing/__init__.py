"""Pictures: `place` decides where the units of a network go, every format only writes it out.

Conventions: see `gradatim.drawing.placement`; plots of functions and boundaries are in
`gradatim.drawing.plots`. Names are loaded when first used, so that importing this part imports
neither NumPy nor matplotlib.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
