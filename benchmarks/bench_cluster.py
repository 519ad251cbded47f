"""A cluster of two nodes beside one machine: the same features, and the same climb to the last bit.

Conventions: Linux, with Ray installed; nodes as in `benchmarks.ray_nodes`. What differs in the JSON
of two climbs beside the time and the command is counted. Run as
``python -m benchmarks.bench_cluster``; the exit status is 1 if anything differs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.ray_nodes import ADDRESS, two_nodes

__all__ = ["differences", "main"]

SOUNDS = Path("examples/drums")
_CLIMB = ("--folds", "3", "--repeats", "1", "--no-report", "--no-save", "--quiet")


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Name the places where two JSON values differ, but for how long something took, and where."""
    if place.endswith(("/seconds", "/command")):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from differences(one.get(key), other.get(key), f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{place}/{k}")
    elif one != other:
        yield place


def main() -> int:
    """Extract and climb here and there, and tell what differs."""
    packages = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    with tempfile.TemporaryDirectory() as folder, two_nodes(packages) as nodes:
        work = Path(folder)

        def run(verb: str, *words: str) -> None:
            command = [sys.executable, "-m", "gradatim", verb, str(SOUNDS), *words]
            subprocess.run(command, env=nodes.environment, check=True)

        for place, how in (("here", ("--jobs", "2")), ("there", ("--cluster", ADDRESS))):
            kept = ("--cache", str(work / place), *how)
            run("features", "-o", str(work / f"{place}.parquet"), *kept)
            run("climb", "--json", str(work / f"{place}.json"), *_CLIMB, *kept)
        here, there = (json.loads((work / f"{n}.json").read_text()) for n in ("here", "there"))
        found = [*differences(here, there)]
        same = len({(work / f"{n}.parquet").read_bytes() for n in ("here", "there")}) == 1
    print(f"features: {'the same bytes' if same else 'OTHER BYTES'}")
    print(f"climb: {len(found)} differences {found[:5] or ''}")
    return int(bool(found) or not same)


if __name__ == "__main__":
    sys.exit(main())
