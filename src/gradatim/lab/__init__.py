"""The lab: one page in which a neuron and a network are touched, trained and shared.

Conventions: a `Lesson` says what a page begins with; `write_lab` writes the page, which needs
nothing but a browser. The JavaScript modules beside this file are the page's; `gradatim.lab.page`
joins them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
