"""How tests ask the page's modules, in Node."""

import json
from pathlib import Path

from tests.views.running import run_node

HERE = Path(__file__).parent


def ask(*cases):
    """Let the modules answer all cases in one process."""
    result = run_node(str(HERE / "lab_cases.mjs"), input=json.dumps(cases))
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def ask_one(**case):
    return ask(case)[0]
