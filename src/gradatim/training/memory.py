"""Memory: what a run is going to hold, against what there is, before any of it is taken.

Conventions: bytes; GB are 10^9 of them. What is there is the memory that the system can give
without swapping, and within the limits of every control group (container) above this process.
Estimates count arrays, not code: compilers and libraries take `OVERHEAD` besides.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import NotEnoughMemoryError
from gradatim.network.initialize import count_parameters
from gradatim.training.jobs import EPOCHS_A_ROUND, FitJob
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets

__all__ = ["Need", "available_memory", "require_memory", "training_need"]

#: Bytes that a run takes however little it trains: compiled programs, buffers, threads.
OVERHEAD = 50_000_000

#: Bytes of a finished network's Python objects.
OBJECTS = 3_000

_UNLIMITED = 1 << 60


class Need(NamedTuple):
    """Bytes that a run is going to take."""

    fixed: int  # Whatever the number of networks trained at once: data, results
    each: int = 0  # For every network that is trained at once
    at_once: int = 0  # Networks trained at once if nothing limits them
    least: int = 0  # Networks trained at once at least

    @property
    def total(self) -> int:
        """Bytes in all."""
        return self.fixed + self.each * self.at_once


def available_memory() -> int | None:
    """Find out how much memory this process may still take."""
    known = [bytes_ for bytes_ in (_system_memory(), _control_group_memory()) if bytes_ is not None]
    return min(known, default=None)


def _system_memory() -> int | None:
    if sys.platform == "win32":
        return _windows_memory()
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        # All memory: macOS compresses and drops what others hold rather than to refuse.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None


def _windows_memory() -> int | None:
    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("available", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
    return status.available if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def _control_group_memory(
    membership: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Return what the tightest control group above this process leaves, if any has a limit."""
    left = [
        _left_in(folder, limit, current)
        for folder, limit, current in _control_groups(membership, root)
    ]
    return min((bytes_ for bytes_ in left if bytes_ is not None), default=None)


def _control_groups(membership: Path, root: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield the groups of this process, with the names of the files of limit and use."""
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers == "":
            top, names = root, ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            top, names = root / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        # In a container the path may lie above what is mounted: the top is looked at anyway.
        folder = top / path.strip("/")
        while folder != top and top in folder.parents:
            yield folder, *names
            folder = folder.parent
        yield top, *names


def _left_in(folder: Path, limit: str, current: str) -> int | None:
    try:
        allowed = int((folder / limit).read_text())
        used = int((folder / current).read_text())
    except (OSError, ValueError):  # no such file, or "max"
        return None
    if allowed >= _UNLIMITED:
        return None
    # The page cache of files counts as used, but gives way.
    return max(allowed - used + _reclaimable(folder), 0)


def _reclaimable(folder: Path) -> int:
    try:
        lines = (folder / "memory.stat").read_text().splitlines()
        values = dict(line.split() for line in lines)
        return int(values.get("inactive_file", values.get("total_inactive_file", 0)))
    except (OSError, ValueError):
        return 0


def training_need(
    jobs: Sequence[FitJob],
    *,
    engine: str,
    max_epochs: int,
    batch_size: int,
    early_stopping: int | None,
    pad_rows: int,
    n_jobs: int,
    block_size: Callable[[int], int],
) -> Need:
    """Estimate what `fit_jobs` is going to take."""
    shapes = [np.shape(job.X) for job in jobs]
    n_rows = max([pad_rows, *(shape[0] for shape in shapes)], default=0)
    n_networks = sum(len(job.specs) for job in jobs)
    fixed, largest, running, least = OVERHEAD, 0, 0, 1
    for job, shape in zip(jobs, shapes, strict=True):
        targets = job.y
        assert isinstance(targets, Targets)
        n_columns = shape[1] + targets.n_outputs
        fixed += _data_bytes(job, shape, n_columns, n_rows, engine)
        n_watched = _n_watched(job.validation_weight)
        for spec in job.specs:
            n_epochs = spec.max_epochs or max_epochs
            size = _n_parameters(spec, shape[1], targets.n_outputs)
            fixed += 16 * n_epochs + 4 * size + OBJECTS
            validated = job.validation_weight is not None
            state = _state_bytes(spec, size, validated, early_stopping is not None)
            if engine == "jax":
                members = min(block_size(size), n_networks)
                # A block reads one data set, or as many as it has members.
                n_readers = members if len(jobs) == 1 else 1
                data = 4 * n_rows * n_columns // n_readers + 4 * (n_rows + n_watched)
                # JAX gets copies: of the data, and of a round's minibatches.
                copied = data + 8 * EPOCHS_A_ROUND * n_rows // n_readers
                step = _step_bytes(spec, targets.n_outputs, min(batch_size, n_rows), n_watched)
                step += 4 * max(min(batch_size, n_rows), n_watched) * shape[1] // n_readers
                state += data
                running = max(running, (copied + step) * min(n_networks, members * n_jobs))
            else:
                members = 1
                state += 4 * shape[0] + 16 * n_epochs
            largest, least = max(largest, state), max(least, members)
    return Need(
        fixed + running, largest, *_at_once(n_networks, engine, early_stopping, n_jobs, least)
    )


def _n_watched(weight: ArrayLike | None) -> int:
    """Count the rows on which a job's networks are validated."""
    if weight is None:
        return 0
    return int(np.count_nonzero(np.any(np.atleast_2d(weight), axis=0)))


def _n_parameters(spec: NetworkSpec, n_inputs: int, n_outputs: int) -> int:
    """Count the numbers that a spec learns."""
    layers = count_parameters((n_inputs, *spec.hidden_layer_sizes, n_outputs))
    return layers + (n_inputs if spec.input_scale > 0 else 0)


def _data_bytes(
    job: FitJob, shape: tuple[int, ...], n_columns: int, n_rows: int, engine: str
) -> int:
    """Count what is held of a job: float32 inputs and targets, JAX's copy of them, row weights."""
    taken = 0
    if not _is_ready(job.X):
        taken += 4 * shape[0] * shape[1]
    n_copied = n_columns if engine == "jax" else n_columns - shape[1]
    taken += 4 * n_copied * (n_rows if engine == "jax" else shape[0])
    for weight in (job.sample_weight, job.validation_weight):
        if weight is not None and np.ndim(weight) == 2:
            # While weights are brought to mean 1 they are there in float64 too.
            taken += 12 * int(np.size(weight))
    return taken


def _is_ready(X: ArrayLike) -> bool:
    """Tell whether inputs are trained on as they are, without a copy."""
    return isinstance(X, np.ndarray) and X.dtype == np.float32 and X.flags.c_contiguous


def _state_bytes(spec: NetworkSpec, size: int, validated: bool, waiting: bool) -> int:
    """Count the parameters, the moments, the best epoch's parameters, and gradients.

    Where blocks wait for one another, those of the round before are still there.
    """
    if spec.optimizer == "lbfgs":
        return 4 * size * 26  # ten pairs of differences, and half a dozen vectors
    moments = 1 if spec.optimizer == "sgd" else 2
    return 4 * size * (2 + moments + validated + waiting * (1 + moments))


def _step_bytes(spec: NetworkSpec, n_outputs: int, n_rows: int, n_watched: int) -> int:
    """Count what a network's step, or its validation, holds of its units: as XLA plans both.

    Read off ``memory_analysis()`` of compiled programs; the same with JAX 0.10 and 0.12.
    """
    units = (*spec.hidden_layer_sizes, n_outputs)
    dropped = max(units) if spec.dropout else 0
    step = sum(units) + 2 * max(units) + dropped + 4 * n_outputs
    return 4 * max(n_rows * step, n_watched * 2 * max(units))


def _at_once(
    n_networks: int, engine: str, early_stopping: int | None, n_jobs: int, least: int
) -> tuple[int, int]:
    """Return how many networks are trained at once, and how few can be."""
    if engine == "jax" and early_stopping is not None:
        return n_networks, min(least, n_networks)
    members = least if engine == "jax" else 64
    return min(n_networks, members * n_jobs), min(least, n_networks)


def require_memory(need: Need, max_nets: int | None = None) -> None:
    """Refuse a run that would not fit into memory."""
    available = available_memory()
    if max_nets is not None:
        need = need._replace(at_once=min(need.at_once, max(max_nets, need.least)))
    if available is None or need.total <= available:
        return
    said = f"this needs {_gigabytes(need.total)}; you have {_gigabytes(available)}"
    fitting = (available - need.fixed) // need.each if need.each else 0
    if need.least <= fitting < need.at_once:
        raise NotEnoughMemoryError(
            f"{said}: use --max-nets {fitting} (max_nets={fitting} from Python)"
        )
    raise NotEnoughMemoryError(
        f"{said}, and fewer networks at once would not help: use fewer rows, features or networks"
    )


def _gigabytes(n_bytes: int) -> str:
    gigabytes = n_bytes / 1e9
    return f"{gigabytes:.0f} GB" if gigabytes >= 10 else f"{gigabytes:.2g} GB"
