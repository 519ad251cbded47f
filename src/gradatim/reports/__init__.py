"""What a climb, a race, an explanation or a look into layers found, as one HTML file.

Conventions: see `gradatim.reports.page`. Names are loaded when first used, so that a command that
writes no report imports no template engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.reports.explanation import render_explanation as render_explanation
    from gradatim.reports.explanation import write_explanation as write_explanation
    from gradatim.reports.figures import write_figures as write_figures
    from gradatim.reports.html import render_report as render_report
    from gradatim.reports.html import write_report as write_report
    from gradatim.reports.layers import render_layers as render_layers
    from gradatim.reports.layers import write_layers as write_layers
    from gradatim.reports.race import render_race as render_race
    from gradatim.reports.race import write_race as write_race

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "explanation": ["render_explanation", "write_explanation"],
        "figures": ["write_figures"],
        "html": ["render_report", "write_report"],
        "layers": ["render_layers", "write_layers"],
        "race": ["render_race", "write_race"],
    },
)
