"""What all pages share: views with their data, a policy that lets nothing else run, versions.

Conventions: text is escaped by the template or by `json_text`; scripts and styles are written into
the page, and its content security policy forbids the browser to load anything or to run any script
but these, known by their hashes.
"""

from __future__ import annotations

import base64
import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from gradatim import views
from gradatim._digest import sha256
from gradatim._text import plural, show_sentence, show_text
from gradatim.collection import Notice

_MOST_NOTICES = 40

_PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "soxr")

# After a view's own text, in its own module: gives it the data written beside its element.
_MOUNT = """
for (const el of document.querySelectorAll('[data-view="%s"]')) {
  const values = JSON.parse(document.getElementById(el.dataset.model).textContent);
  render({ model: { get: (name) => values[name] }, el });
}
"""


def render(template: str, models: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Fill a template of this part; `models` is the data of each view that it shows."""
    scripts = [script(name) for name in models]
    shared = {
        "css": stylesheet(),
        "policy": policy(scripts),
        "scripts": [Markup(script) for script in scripts],
        "models": {name: json_text(_shown(model)) for name, model in models.items()},
    }
    return _compiled(template).render(shared | dict(content))


@cache
def _compiled(template: str) -> jinja2.Template:
    """Return a template of this part, compiled once."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = plural
    return environment.from_string(_read(template))


def _shown(value: Any) -> Any:
    """Write out what would not be seen of a page, in texts that are no markup."""
    if isinstance(value, Mapping):
        return {_shown(key): _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    # Sounds and pictures are long words that nobody reads.
    is_text = type(value) is str and not value.startswith("data:")
    return show_text(value) if is_text else value


def stylesheet() -> Markup:
    """Return the style sheet of views and page."""
    return Markup(views.stylesheet() + _read("report.css"))


def notices(found: Sequence[Notice]) -> dict[str, Any]:
    """Return what a template needs to tell notices: the first ones, and how many more there are."""
    return {
        "notices": [show_sentence(notice.message) for notice in found[:_MOST_NOTICES]],
        "more_notices": max(0, len(found) - _MOST_NOTICES),
    }


def script(view: str) -> str:
    """Return a view as a script that draws into the elements that ask for it."""
    return views.source(view) + _MOUNT % view


def policy(scripts: Sequence[str]) -> str:
    """Return a content security policy that lets exactly these scripts run."""
    digests = (bytes.fromhex(sha256(f"\n{script}\n")) for script in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "media-src data:; base-uri 'none'; form-action 'none'"
    )


def json_text(model: Any) -> Markup:
    """Write JSON that cannot end the script element around it."""
    text = json.dumps(model, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def versions(gradatim: str) -> list[tuple[str, str]]:
    """Return the programs that a result was made with."""
    found = [("gradatim", gradatim), ("Python", platform.python_version())]
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return found


def _read(name: str) -> str:
    return files("gradatim.reports").joinpath(name).read_text(encoding="utf-8")
