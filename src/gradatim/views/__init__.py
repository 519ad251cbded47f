"""Interactive pictures: one ES module a picture, for the report, the lab and notebooks alike.

Conventions: a view exports ``default { render({ model, el }) }``, draws into ``el`` what
``model.get(name)`` returns (anywidget's contract) [1]_, may return a function that cleans up, and
loads nothing. Names with an underscore are helpers that views import; `source` puts them into the
view's own text, because a module inside a page or a notebook cannot import its neighbors.
``engine.js`` draws nothing: it computes and trains networks in a page as the library does.

References
----------
.. [1] T. Manz, "anywidget: reusable widgets for interactive analysis and visualization in
   computational notebooks", Journal of Open Source Software 9(102), 2024.
"""

from __future__ import annotations

import re
from importlib.resources import files

from gradatim import errors

__all__ = ["VIEWS", "source", "stylesheet"]

#: Every view by name.
VIEWS = (
    *("ladder", "curves", "confusion", "scatter", "race", "boundaries", "film"),
    *("probes", "layers"),
)

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(_\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=function|const)", re.MULTILINE)


def source(name: str) -> str:
    """Return a view, one of `VIEWS`, as one self-contained ES module, its helpers included."""
    if name not in VIEWS:
        raise errors.SpecError(f"there is no view {name!r}; choose one of {', '.join(VIEWS)}")
    written: set[str] = set()

    def helper(match: re.Match[str]) -> str:
        # A helper may import another, and two may import the same.
        if match[1] in written:
            return ""
        written.add(match[1])
        return _IMPORT.sub(helper, _EXPORT.sub("", _read(f"{match[1]}.js")))

    return _IMPORT.sub(helper, _read(f"{name}.js"))


def stylesheet() -> str:
    """Return the style sheet that all views share."""
    return _read("views.css")


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
