"""Exercises for pencil and paper: questions with worked answers, in eight formats.

Conventions: `make_exam` draws questions from a seed, `write_exam` writes them. Names are loaded
when first used, so that importing this part imports nothing heavy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
