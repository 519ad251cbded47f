"""How tests ask the page's modules, in Node."""

from pathlib import Path

from tests.views.running import NodeScript

_MODULES = NodeScript(Path(__file__).parent / "lab_cases.mjs")


def ask(*cases):
    """Let the modules answer all cases."""
    return _MODULES.ask(cases)


def ask_one(**case):
    return ask(case)[0]
