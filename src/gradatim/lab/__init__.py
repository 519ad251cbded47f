"""The lab: one page in which a neuron and a network are touched, trained and shared.

Conventions: a `Lesson` says what a page begins with; `write_lab` writes the page, which needs
nothing but a browser. The JavaScript modules beside this file are the page's; `gradatim.lab.page`
joins them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.lab.lesson import Lesson as Lesson
    from gradatim.lab.lesson import lesson_from_collection as lesson_from_collection
    from gradatim.lab.lesson import lesson_from_network as lesson_from_network
    from gradatim.lab.lesson import lesson_from_problem as lesson_from_problem
    from gradatim.lab.page import render_lab as render_lab
    from gradatim.lab.page import write_lab as write_lab
    from gradatim.lab.saved import lesson_from_model as lesson_from_model
    from gradatim.lab.widget import lab_widget as lab_widget

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "lesson": [
            "Lesson",
            "lesson_from_collection",
            "lesson_from_network",
            "lesson_from_problem",
        ],
        "page": ["render_lab", "write_lab"],
        "saved": ["lesson_from_model"],
        "widget": ["lab_widget"],
    },
)
