"""Extraction under fire: workers, parents and nodes of a cluster are killed, and rows are counted.

Conventions: Linux. A folder of generated clips is extracted once in peace; then, again and again
with an empty cache, while a worker, the command itself, or a node of two of a Ray cluster is killed
(SIGKILL) at a random moment. A killed command is typed again. A try counts if the table is byte
for byte that of peace. Run as ``python -m benchmarks.bench_kills [TRIES [CLIPS [KIND]]]``, with
Ray installed for the kind ``node``; the exit status is 1 if a try failed.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.ray_nodes import ADDRESS, Nodes, two_nodes

__all__ = ["main", "make_clips"]

TRIES = 10
N_CLIPS = 100
SECONDS = 10.0
SR = 22050

_PATIENCE = 300


def make_clips(folder: Path, n_clips: int, seconds: float) -> None:
    """Write clips of noisy tones into two folders."""
    rng = np.random.default_rng(0)
    at = np.arange(int(seconds * SR)) / SR
    for k in range(n_clips):
        label = folder / ("low", "high")[k % 2]
        label.mkdir(parents=True, exist_ok=True)
        tone = np.sin(2 * np.pi * (150, 2500)[k % 2] * (1 + k / 1000) * at)
        soundfile.write(label / f"{k:05d}.wav", 0.5 * tone + 0.02 * rng.normal(size=len(at)), SR)


class _Trial:
    """One folder of clips, and what its features are."""

    def __init__(self, work: Path, nodes: Nodes | None = None) -> None:
        self.work, self.nodes = work, nodes
        self.cache, self.table = work / "cache", work / "table.parquet"
        shutil.rmtree(self.cache, ignore_errors=True)
        self.table.unlink(missing_ok=True)

    def start(self) -> subprocess.Popen[bytes]:
        """Type the command."""
        words = [sys.executable, "-m", "gradatim", "features", "clips", "-o", str(self.table)]
        environment = os.environ
        if self.nodes is not None:
            words += ["--cluster", ADDRESS]
            environment = self.nodes.environment
        words += ["--cache", str(self.cache)]
        return subprocess.Popen(
            words, cwd=self.work, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def parts(self) -> set[Path]:
        """Return the finished parts."""
        return {*self.cache.glob("*/*.parquet")}


def _workers(pid: int) -> list[int]:
    """Return the worker processes of a command."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _wait_for(condition: Callable[[], object], process: subprocess.Popen[bytes]) -> bool:
    """Wait until something holds; False if the process ended before."""
    deadline = time.monotonic() + _PATIENCE
    while not condition() and time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return True


def _kill_worker(trial: _Trial) -> str:
    process = trial.start()
    _wait_for(lambda: _workers(process.pid), process)
    time.sleep(random.uniform(0.3, 3.0))
    hit = [pid for pid in random.sample(_workers(process.pid), 1) if process.poll() is None]
    for pid in hit:
        os.kill(pid, signal.SIGKILL)
    status = process.wait(_PATIENCE)
    return "" if hit and status == 0 else f"workers killed: {len(hit)}, status {status}"


def _kill_parent(trial: _Trial) -> str:
    process = trial.start()
    _wait_for(lambda: _workers(process.pid), process)
    time.sleep(random.uniform(0.3, 3.0))
    workers, before = _workers(process.pid), trial.parts()
    if process.poll() is not None:
        return "it had ended before"
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    if any(Path(f"/proc/{pid}").exists() for pid in workers):
        return "a worker outlived it"
    status = trial.start().wait(_PATIENCE)
    lost = before - trial.parts()
    return "" if status == 0 and not lost else f"status {status}, {len(lost)} parts lost"


def _kill_node(trial: _Trial) -> str:
    assert trial.nodes is not None
    process = trial.start()
    # Both nodes are at work once there are parts.
    if not _wait_for(trial.parts, process):
        return "it had ended before"
    time.sleep(random.uniform(0.0, 1.0))
    ended = process.poll() is not None
    trial.nodes.kill_other()
    status = process.wait(_PATIENCE)
    trial.nodes.start_other()
    return "" if status == 0 and not ended else f"ended before: {ended}, status {status}"


def _tries(
    name: str, kill: Callable[[_Trial], str], work: Path, n: int, nodes: Nodes | None = None
) -> Iterator[bool]:
    peace = (work / "peace.parquet").read_bytes()
    for k in range(1, n + 1):
        trial = _Trial(work, nodes)
        trouble = kill(trial)
        same = trial.table.exists() and trial.table.read_bytes() == peace
        print(f"{name} {k}/{n}: {'every row, equal' if same else 'OTHER ROWS'} {trouble}".rstrip())
        yield same and not trouble


def main(n: int = TRIES, n_clips: int = N_CLIPS, only: str = "") -> int:
    """Kill each kind `n` times, and tell how often every row was there and equal."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_clips(work / "clips", n_clips, SECONDS)
        trial = _Trial(work)
        if trial.start().wait(_PATIENCE):
            return 1
        trial.table.rename(work / "peace.parquet")
        good = {
            name: [*_tries(name, kill, work, n)]
            for name, kill in (("worker", _kill_worker), ("parent", _kill_parent))
            if only in ("", name)
        }
        if only in ("", "node") and find_spec("ray") is not None:
            packages = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
            with two_nodes(packages) as nodes:
                good["node"] = [*_tries("node", _kill_node, work, n, nodes)]
        elif only in ("", "node"):
            print("node: not tried, since Ray is not installed (pip install 'gradatim[cluster]')")
    for name, found in good.items():
        print(f"{name} killed {len(found)} times, {sum(found)} times every row present and equal")
    return 0 if all(all(found) for found in good.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3]), *sys.argv[3:4]))
