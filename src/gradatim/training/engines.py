"""Engines: what trains, chosen once per process and named in every result.

Conventions: ``native`` is compiled by numba and trains every network by itself on the CPU; it is
what ``auto`` means, so that the same command gives the same result on every machine. ``jax``, of
the extra ``gradatim[jax]``, trains blocks of networks of one shape as one program, on whatever
devices JAX has. Both compute the same, to rounding; ``lbfgs`` is NumPy's in either case.
``GRADATIM_ENGINE`` names one for a whole process.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from gradatim._progress import Progress
from gradatim.errors import MissingExtraError, SpecError
from gradatim.training.networks import group_by_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradatim.training.jobs import PreparedJob
    from gradatim.training.layout import Program
    from gradatim.training.networks import NetworkJob
    from gradatim.training.result import FitResult

__all__ = ["ENGINES", "Worker", "choose_engine", "has_accelerator", "make_workers", "prepare"]

#: What may be asked for.
ENGINES = ("auto", "native", "jax")

#: Where drivers of graphics processors and TPUs show that there is one.
_ACCELERATORS = ("/dev/nvidia0", "/dev/kfd", "/dev/accel0")


class Worker(Protocol):
    """Networks that one thread trains, whatever the engine."""

    network_jobs: list[NetworkJob]
    n_epochs: list[int]
    divisible: bool  # Whether networks may be left out without changing the others
    results: dict[tuple[int, int], FitResult]
    on_result: Callable[[tuple[int, int], FitResult], None] | None

    @property
    def program(self) -> Program:
        """What the networks share."""
        ...

    @property
    def work(self) -> float:
        """Expected cost, in multiplications."""
        ...

    def cancel(self) -> None:
        """End at the next pause."""

    def run(self, progress: Progress) -> None:
        """Train all networks of the worker; `progress` hears the share of its own work."""


def choose_engine(engine: str = "auto") -> str:
    """Return the engine that is going to train."""
    if engine == "auto":
        engine = os.environ.get("GRADATIM_ENGINE") or "auto"
    if engine not in ENGINES:
        raise SpecError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    if engine == "jax" and find_spec("jax") is None:
        raise MissingExtraError(
            "the engine jax is not installed; install it with: pip install 'gradatim[jax]'"
        )
    return "native" if engine == "auto" else engine


def has_accelerator() -> bool:
    """Tell whether there is a device that JAX might use, without loading JAX."""
    return any(os.path.exists(device) for device in _ACCELERATORS)


def prepare(engine: str = "auto") -> None:
    """Begin to compile what the engine needs, in a thread, while other work is done.

    LLVM lets other threads run. Whoever trains before the thread has ended waits for it, and meets
    its error, if there is one, again.
    """
    if choose_engine(engine) != "native":
        return

    def compile_native() -> None:
        from gradatim.training.native.workers import compile_all

        with contextlib.suppress(Exception):
            compile_all()

    threading.Thread(target=compile_native, name="gradatim-compiles", daemon=True).start()


def make_workers(
    jobs: Sequence[PreparedJob], max_epochs: int, patience: int | None, n_workers: int, engine: str
) -> list[Worker]:
    """Sort the specs of all jobs by shape, and cut each shape's into workers."""
    workers: list[Worker] = []
    blocks = []
    for program, network_jobs in group_by_shape(jobs).items():
        if program.optimizer == "lbfgs":
            from gradatim.training import convex

            workers += convex.make_workers(program, network_jobs, max_epochs, n_workers)
        elif engine == "native":
            from gradatim.training.native import workers as native

            workers += native.make_workers(program, network_jobs, max_epochs, patience, n_workers)
        else:
            from gradatim.training.jax import workers as jax

            blocks += jax.make_workers(program, network_jobs, max_epochs, patience, n_workers)
    if blocks:
        from gradatim.training.jax import workers as jax

        jax.share_devices(blocks)
    return [*workers, *blocks]
