"""Calls in a fresh process, as a person's first call is: nothing loaded, nothing compiled.

Conventions: a call is named ``module:function``, takes and returns what JSON holds, and is run by
``python -m benchmarks.fresh``. Compilation caches lie in a folder of the caller's choice, which
is empty the first time. Peak memory is the process's largest resident size, in bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.machine import peak_memory

__all__ = ["Fresh", "call_fresh", "fresh_environment", "main"]


@dataclass(frozen=True)
class Fresh:
    """What a call in a fresh process gave.

    Parameters
    ----------
    value : Any
        What the function returned.
    peak_bytes : int or None
        Largest resident size of the process; None where the system does not tell.
    """

    value: Any
    peak_bytes: int | None


def call_fresh(function: str, arguments: Mapping[str, Any], cache: Path) -> Fresh:
    """Call a function in a process of its own.

    Parameters
    ----------
    function : str
        ``module:function``.
    arguments : mapping
        Arguments by name, as JSON holds them.
    cache : pathlib.Path
        Folder of the compilation caches; empty for a cold start.

    Returns
    -------
    Fresh
        What came back.

    Raises
    ------
    RuntimeError
        If the call fails.
    """
    request = json.dumps({"function": function, "arguments": dict(arguments)})
    command = [sys.executable, "-m", "benchmarks.fresh", request]
    done = subprocess.run(command, env=fresh_environment(cache), capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise RuntimeError(f"{function} failed in a process of its own: {last}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return Fresh(answer["value"], answer["peak_bytes"])


def fresh_environment(cache: Path) -> dict[str, str]:
    """Return this process's environment with compilation caches in a folder.

    Parameters
    ----------
    cache : pathlib.Path
        Where programs that were compiled are kept.

    Returns
    -------
    dict of str to str
        For a process to be started.
    """
    inherited = {k: v for k, v in os.environ.items() if k != "JAX_COMPILATION_CACHE_DIR"}
    places = {"GRADATIM_CACHE": str(cache / "gradatim"), "NUMBA_CACHE_DIR": str(cache / "numba")}
    for place in places.values():
        Path(place).mkdir(parents=True, exist_ok=True)
    return inherited | places


def main() -> None:
    """Answer the request on the command line, on the last line of standard output."""
    request = json.loads(sys.argv[1])
    module, name = request["function"].split(":")
    value = getattr(import_module(module), name)(**request["arguments"])
    print(json.dumps({"value": value, "peak_bytes": peak_memory()}))


if __name__ == "__main__":
    main()
