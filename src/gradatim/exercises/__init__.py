"""Exercises for pencil and paper: questions with worked answers, in eight formats.

Conventions: `make_exam` draws questions from a seed, `write_exam` writes them. Names are loaded
when first used, so that importing this part imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.exercises.exam import make_exam as make_exam
    from gradatim.exercises.exam import make_versions as make_versions
    from gradatim.exercises.formats.registry import render_exam as render_exam
    from gradatim.exercises.formats.registry import write_exam as write_exam
    from gradatim.exercises.model import Choice as Choice
    from gradatim.exercises.model import Exam as Exam
    from gradatim.exercises.model import Part as Part
    from gradatim.exercises.model import Question as Question
    from gradatim.exercises.model import Slip as Slip
    from gradatim.exercises.model import Table as Table

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "exam": ["make_exam", "make_versions"],
        "formats.registry": ["render_exam", "write_exam"],
        "model": ["Choice", "Exam", "Part", "Question", "Slip", "Table"],
    },
)
