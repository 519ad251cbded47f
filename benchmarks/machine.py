"""The machine and the versions that a figure belongs to.

Conventions: memory is in bytes; what a system does not tell is None or "unknown", never a guess.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["describe_machine", "n_cores", "one_line", "peak_memory"]

_PACKAGES = ("numpy", "scipy", "jax", "numba", "scikit-learn", "joblib", "torch")


def describe_machine() -> dict[str, Any]:
    """Name processor, cores, memory, system and versions.

    Returns
    -------
    dict
        ``cpu``, ``cores``, ``memory_bytes``, ``os``, ``python``, ``versions`` by package (None
        for what is not installed) and ``load``, the machine's load average over a minute.
    """
    return {
        "cpu": _processor(),
        "cores": n_cores(),
        "memory_bytes": _memory(),
        "os": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in _PACKAGES},
        "load": _load(),
    }


def one_line(machine: dict[str, Any]) -> str:
    """Say in a line which machine it was.

    Parameters
    ----------
    machine : dict
        As `describe_machine` returns it.

    Returns
    -------
    str
        Processor, cores, memory, system and versions.
    """
    memory = machine["memory_bytes"]
    size = f", {memory / 2**30:.0f} GiB" if memory else ""
    versions = [f"{name} {found}" for name, found in machine["versions"].items() if found]
    return (
        f"{machine['cpu']}, {machine['cores']} cores{size}; {machine['os']}; "
        f"Python {machine['python']}, {', '.join(versions)}"
    )


def n_cores() -> int:
    """Count the cores that both sides are given.

    Returns
    -------
    int
        As many as the system has.
    """
    return os.cpu_count() or 1


def peak_memory() -> int | None:
    """Return the largest resident size of this process so far.

    Returns
    -------
    int or None
        Bytes; None where the system does not tell.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine() or "unknown"
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    values = {key.strip(): value.strip() for key, value in found.items()}
    name = values.get("model name", platform.machine())
    # A virtual machine may hide the model's name; the numbers still tell the generation.
    family = values.get("cpu family")
    return f"{name} (family {family}, model {values.get('model')})" if family else name


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return None
