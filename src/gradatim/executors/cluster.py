"""A Ray cluster: functions run as its tasks, and what a lost node was doing is done again.

Conventions: Ray is imported when a cluster is asked for, never before. A task needs one processor,
is repeated `MOST_RETRIES` times where its process or its node dies, and not where it raises. Ray
sends functions, arguments and results as pickles between its own processes, so whoever may join a
cluster may run code there: guard it with ``RAY_AUTH_MODE=token``.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from gradatim.errors import ExecutorError, GradatimError, MissingExtraError, SpecError

#: Times that a task is repeated whose process or node dies.
MOST_RETRIES = 3

#: Seconds after which a start counts as hanging.
MOST_SECONDS_TO_START = 60.0

# Tasks that wait on the cluster, per processor, so that none is idle and memory stays bounded.
_BEGUN_PER_CPU = 3

# Seconds after which whoever waits may say that the work is to end.
_HEARTBEAT = 0.2


def connect(address: str) -> Cluster:
    """Connect to a Ray cluster, on which features are computed and rungs are fitted.

    ``auto`` is the cluster of which this machine is a node. An answer is waited for a minute.

    Examples
    --------
    >>> connect("127.0.0.1")
    Traceback (most recent call last):
    gradatim.errors.SpecError: a cluster is auto or ray://HOST:PORT, not '127.0.0.1'
    """
    host = re.fullmatch(r"ray://([^:/]+|\[[0-9a-fA-F:]+\]):(\d{1,5})", address)
    if address != "auto" and host is None:
        raise SpecError(f"a cluster is auto or ray://HOST:PORT, not {address!r}")
    if find_spec("ray") is None:
        raise MissingExtraError(
            "clusters need Ray, which is not installed: pip install 'gradatim[cluster]'"
        )
    if host is not None:
        _require_listener(address, host[1].strip("[]"), int(host[2]))
    _start(address)
    return Cluster(address)


def _require_listener(address: str, host: str, port: int) -> None:
    """Ask for the door at once, since Ray knocks for minutes."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except (OSError, OverflowError) as error:
        raise ExecutorError(
            f"nothing answers at {address} ({error}); start a cluster there with ray start --head"
        ) from error


def _start(address: str) -> None:
    ray, failed = importlib.import_module("ray"), []

    def start() -> None:
        try:
            quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
            ray.init(address=address, ignore_reinit_error=True, **quiet)
            # A driver of another version, or without the token, is told so by the first call.
            ray.cluster_resources()
        except BaseException as error:  # Ray raises what it likes.
            failed.append(error)

    thread = threading.Thread(target=start, name="gradatim-cluster", daemon=True)
    thread.start()
    thread.join(MOST_SECONDS_TO_START)
    if thread.is_alive():
        raise ExecutorError(
            f"the cluster {address} does not answer within {MOST_SECONDS_TO_START:g} s; look at it "
            "with ray status, and whether its token and version of Ray are those used here"
        )
    if failed:
        reason = " ".join(str(failed[0]).split())[:200]
        raise ExecutorError(
            f"the cluster {address} cannot be used ({reason}); look at it with ray status, and "
            "whether its token and version of Ray are those used here"
        ) from failed[0]


class Cluster:
    """A connected cluster, as `connect` returns it; a context manager that leaves it.

    Parameters
    ----------
    address : str
        What it was connected by.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._ray = importlib.import_module("ray")

    @property
    def n_cpus(self) -> int:
        """Processors of all nodes, as far as Ray may use them."""
        with self._talking():
            return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def share(self, value: Any) -> Any:
        """Send a value to the cluster once; given to a task, it is there the value."""
        with self._talking():
            return self._ray.put(value)

    def run(
        self,
        function: Callable[..., Any],
        calls: Iterable[tuple[Any, ...]],
        waiting: Callable[[], object] = lambda: None,
    ) -> Iterator[tuple[int, Any]]:
        """Run a function as tasks; yield the number of each call with its result, as they come.

        `waiting` is called while none comes; an exception that it raises ends the tasks.
        """
        remote = self._ray.remote(function).options(
            num_cpus=1, max_retries=MOST_RETRIES, scheduling_strategy="SPREAD"
        )
        begun: dict[Any, int] = {}
        most = _BEGUN_PER_CPU * self.n_cpus
        try:
            for number, arguments in enumerate(calls):
                with self._talking():
                    begun[remote.remote(*arguments)] = number
                if len(begun) >= most:
                    yield from self._done(begun, waiting)
            while begun:
                yield from self._done(begun, waiting)
        finally:
            with contextlib.suppress(Exception):  # Of a cluster that is gone
                for task in begun:
                    self._ray.cancel(task)

    def _done(
        self, begun: dict[Any, int], waiting: Callable[[], object]
    ) -> Iterator[tuple[int, Any]]:
        ready: list[Any] = []
        while not ready:
            with self._talking():
                ready, _ = self._ray.wait([*begun], timeout=_HEARTBEAT)
            waiting()
        for task in ready:
            number = begun.pop(task)
            with self._talking():
                result = self._result(task)
            yield number, result

    def _result(self, task: Any) -> Any:
        try:
            return self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, GradatimError):
                raise error.cause from None
            reason = f"{type(error.cause).__name__}: {error.cause}"[:200]
            raise ExecutorError(f"a task failed on {self.address} ({reason})") from error
        except self._ray.exceptions.RayError as error:
            raise ExecutorError(
                f"a task was lost {MOST_RETRIES + 1} times on {self.address} "
                f"({type(error).__name__}); what is finished is kept, the same command goes on"
            ) from error

    @contextlib.contextmanager
    def _talking(self) -> Iterator[None]:
        """Tell in one sentence of a cluster that is gone, of which Ray tells in many ways."""
        try:
            yield
        except GradatimError:
            raise
        except Exception as error:
            text = " ".join(str(error).split())[:200]
            reason = f"{type(error).__name__}: {text}" if text else type(error).__name__
            raise ExecutorError(
                f"the cluster {self.address} was lost ({reason}); look at it with ray status, "
                "then type the same command again"
            ) from error

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(Exception):  # Of a cluster that is gone
            self._ray.shutdown()
