"""Pages in Chromium; skipped, and said so, where Playwright or a browser is missing."""

import pytest

import gradatim
from gradatim.lab import Lesson, write_lab
from tests.views.running import running_chromium


@pytest.fixture(scope="module")
def chromium():
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    exam = gradatim.make_exam(["outputs"], [1], count=3, seed=2)
    return write_lab(Lesson(), tmp_path_factory.mktemp("lab") / "lab.html", exam)


@pytest.fixture
def opened(chromium, path):
    """Open pages; whatever goes wrong in one, or would be loaded, fails the test."""
    contexts, wrong = [], []

    def open_page(address=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on(
            "dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}") or dialog.dismiss()
        )
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "blob:")) else wrong.append(r.url),
        )
        page.goto(address or path.as_uri())
        page.wait_for_selector(".tabs")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
