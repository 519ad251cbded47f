"""A Ray cluster of two nodes on the loopback of this machine, to be killed in parts.

Conventions: Linux, whose loopback has more than one address. Nodes are 127.0.0.2 (the head) and
127.0.0.3, of one processor each; whoever joins needs the token.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ADDRESS", "Nodes", "two_nodes"]

HEAD, OTHER = "127.0.0.2", "127.0.0.3"
ADDRESS = f"ray://{HEAD}:9801"

_STORE = ("--object-store-memory=200000000", "--num-cpus=1", "--block")
_MOST_SECONDS_TO_START = 300


class Nodes:
    """The two nodes; what joins them needs `environment`."""

    def __init__(self, folder: Path, packages: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_raylet_start_wait_time_s": str(_MOST_SECONDS_TO_START),
            "RAY_agent_register_timeout_ms": str(1000 * _MOST_SECONDS_TO_START),
            "PYTHONPATH": packages,
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_head(self) -> None:
        """Start the node that knows the others."""
        self._start(
            HEAD, "--head", "--port=6399", "--ray-client-server-port=9801",
            "--include-dashboard=false", f"--temp-dir={self.folder}",
        )  # fmt: skip

    def start_other(self) -> None:
        """Start the node that may be killed."""
        self._start(OTHER, f"--address={HEAD}:6399")

    def kill_other(self) -> None:
        """End the other node and everything on it as a power cut does."""
        self._end(OTHER)

    def stop(self) -> None:
        """End both nodes."""
        for address in (OTHER, HEAD):
            self._end(address)

    def _start(self, address: str, *options: str) -> None:
        words = [sys.executable, "-m", "ray.scripts.scripts", "start", *options, *_STORE]
        log = self.folder / f"{address}.log"
        with log.open("wb") as file:
            self._processes[address] = subprocess.Popen(
                [*words, f"--node-ip-address={address}"],
                env=self.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        for _ in range(10 * _MOST_SECONDS_TO_START):
            if b"Ray runtime started" in log.read_bytes():
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._processes[address].wait(0.1)
                break
        raise RuntimeError(f"the node {address} did not start:\n{log.read_text()}")

    def _end(self, address: str) -> None:
        process = self._processes.pop(address, None)
        if process is not None:
            for pid in _session(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def _session(leader: int) -> list[int]:
    """Return the processes of the session of a process, and those that left it from below."""
    found, parents = [], {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            if int(fields[3]) == leader:
                found.append(int(entry.name))
    below = {leader, *found}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return sorted(below)


@contextlib.contextmanager
def two_nodes(packages: str) -> Iterator[Nodes]:
    """Start two nodes that see these packages, and end them whatever happens."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        nodes = Nodes(Path(folder), packages)
        try:
            nodes.start_head()
            nodes.start_other()
            yield nodes
        finally:
            nodes.stop()
