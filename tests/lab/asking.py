"""How tests ask the page's modules, in Node."""

import atexit
import json
import subprocess
from pathlib import Path

from tests.views.running import node

HERE = Path(__file__).parent


class _Modules:
    """The page's modules in one process, which starts once: to load them takes longest."""

    process = None

    def ask(self, cases):
        if self.process is None:
            self.start()
        # A line of ASCII, whatever the cases hold.
        print(json.dumps(cases), file=self.process.stdin, flush=True)
        if not (line := self.process.stdout.readline()):
            self.end()
            raise AssertionError("Node ended; why stands among what was written to standard error")
        return json.loads(line)

    def start(self):
        self.process = subprocess.Popen(
            [node(), str(HERE / "lab_cases.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def end(self):
        if self.process is not None:
            self.process.communicate()
            self.process = None


_MODULES = _Modules()
atexit.register(_MODULES.end)


def ask(*cases):
    """Let the modules answer all cases."""
    return _MODULES.ask(cases)


def ask_one(**case):
    return ask(case)[0]
