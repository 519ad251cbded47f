"""A look inside networks: what each layer holds of sounds, and what single units look for.

Conventions: names are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.probing.analysis import layers as layers
    from gradatim.probing.analysis import layers_of_climb as layers_of_climb
    from gradatim.probing.probes import LayerProbe as LayerProbe
    from gradatim.probing.result import LayerChange as LayerChange
    from gradatim.probing.result import LayerFindings as LayerFindings
    from gradatim.probing.result import Layers as Layers
    from gradatim.probing.result import ShownUnit as ShownUnit
    from gradatim.probing.result import UnitStimuli as UnitStimuli

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "analysis": ["layers", "layers_of_climb"],
        "probes": ["LayerProbe"],
        "result": ["LayerChange", "LayerFindings", "Layers", "ShownUnit", "UnitStimuli"],
    },
)
