"""The documents as pages: links lead somewhere, and lecture pages have labs of their own."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from tests.lab.asking import ask
from tools.build_site import ROOT, main, marks

LECTURE = sorted((ROOT / "docs" / "lecture").glob("*.md"))


class Page(HTMLParser):
    """What a page links to, the anchors that it has, and its labs."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors, self.labs = [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.anchors |= {given["id"]} if "id" in given else set()
        self.labs += [given["src"]] if tag == "iframe" else []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = main([str(tmp_path_factory.mktemp("site") / "docs")])
    pages = set(folder.rglob("*.html")) - {folder / "lab.html"}
    return {path: Page(path) for path in sorted(pages)}


def test_every_document_has_a_page_and_every_link_leads_somewhere(site):
    assert len(site) == len([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    for path, page in site.items():
        for link in page.links:
            name, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", name):
                continue
            target = (path.parent / unquote(name)).resolve() if name else path
            assert target.exists(), f"{path.name} links to {link}"
            if anchor and target in site:
                assert anchor in site[target].anchors, f"{path.name} links to {link}"


def test_every_lecture_page_has_a_lab_that_begins_with_its_subject(site):
    assert all(len(marks(path)) == 1 for path in LECTURE)
    labs = [
        lab for path, page in site.items() if path.parent.name == "lecture" for lab in page.labs
    ]
    assert len(labs) == len(LECTURE)
    assert len(set(labs)) == len(labs)
    states = ask(*({"ask": "decode", "text": lab.partition("#s=")[2]} for lab in labs))
    assert all("state" in state for state in states), states
    assert {state["state"]["view"] for state in states} == {"neuron", "network"}


def test_a_folder_of_something_else_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path)])
    assert "holds no pages" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "mine"
