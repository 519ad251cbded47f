"""Engines: what trains, chosen once a process and named in every result.

Conventions: ``native`` is compiled by numba and trains every network by itself: many times as fast
for small ones on a CPU. ``jax`` trains blocks of networks of one shape as one program, on whatever
device JAX has, several if there are several; ``lbfgs`` is always its. Both compute the same, to
rounding. ``GRADATIM_ENGINE`` names one for a whole process.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from gradatim.errors import SpecError
from gradatim.training.networks import group_by_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradatim.training.jobs import PreparedJob
    from gradatim.training.layout import Program
    from gradatim.training.networks import Member
    from gradatim.training.result import FitResult

__all__ = ["ENGINES", "Lane", "choose_engine", "make_lanes"]

#: What may be asked for.
ENGINES = ("auto", "native", "jax")


class Lane(Protocol):
    """Networks that one thread trains, whatever the engine."""

    members: list[Member]
    n_epochs: list[int]
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

    def run(self, report: Callable[[float], None]) -> None:
        """Train all networks of the lane; `report` hears the work done so far."""


def choose_engine(engine: str = "auto") -> str:
    """Return the engine that is going to train.

    Examples
    --------
    >>> choose_engine("jax")
    'jax'
    """
    if engine == "auto":
        engine = os.environ.get("GRADATIM_ENGINE") or "auto"
    if engine not in ENGINES:
        raise SpecError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    if engine == "auto":
        return "jax" if _has_accelerator() or find_spec("numba") is None else "native"
    if engine == "native" and find_spec("numba") is None:
        raise SpecError('the native engine needs numba: install it, or choose engine="jax"')
    return engine


@cache
def _has_accelerator() -> bool:
    # Devices but the CPU come to JAX as plugins; without one there is no need to ask, and asking
    # costs a second.
    if not (entry_points(group="jax_plugins") or find_spec("jax_plugins")):
        return False
    import jax

    return jax.default_backend() != "cpu"


def make_lanes(
    jobs: Sequence[PreparedJob],
    max_epochs: int,
    patience: int | None,
    n_lanes: int,
    engine: str,
) -> list[Lane]:
    """Sort the specs of all jobs by shape, and cut each shape's into lanes."""
    native, blocks = [], []
    for program, members in group_by_shape(jobs).items():
        if engine == "native" and program.optimizer != "lbfgs":
            from gradatim.training.native.workers import make_lanes as make_native

            native += make_native(program, members, max_epochs, patience, n_lanes)
        else:
            from gradatim.training.workers import make_lanes as make_blocks

            blocks += make_blocks(program, members, max_epochs, patience, n_lanes)
    if blocks:
        from gradatim.training.workers import share_devices

        share_devices(blocks)
    return [*native, *blocks]
