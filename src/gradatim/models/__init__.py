"""Models: what was learnt, from raw rows to predictions; the families that fit them; files.

Conventions: names are loaded when first used, so that loading a model imports no engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.models.families.base import Family as Family
    from gradatim.models.families.base import LearningCurve as LearningCurve
    from gradatim.models.files import load_model as load_model
    from gradatim.models.model import Model as Model

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "families.base": ["Family", "LearningCurve"],
        "files": ["load_model"],
        "model": ["Model"],
    },
)
