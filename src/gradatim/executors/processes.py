"""Worker processes that survive what they are asked: one that dies or hangs costs its question.

Conventions: a worker runs one module (see `gradatim.executors.serving`), stays for the next work of
this process, and ends with it, however it ends. A question at which the worker dies is asked once
more, since the worker may have been killed from outside; one that takes longer than it may is not.
Safe to use from several threads.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from gradatim.errors import ExecutorError
from gradatim.executors.serving import FAILED

#: Times that a question is asked at which a worker dies.
MOST_TRIES = 2

#: Workers in a row that may end before they are ready, whatever is to be asked.
MOST_STARTS = 3

#: Seconds that a worker may take to start.
MOST_SECONDS_TO_START = 120.0

#: Seconds of work after which another worker, and then twice as many, are worth their start.
SECONDS_TO_MORE = 0.5

#: So that results do not depend on the number of threads, and workers do not fight for the cores.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class UnansweredError(Exception):
    """A question without an answer; the message says why, as it follows "because"."""


class WorkerPool:
    """As many workers as there are threads that ask, for one piece of work; a context manager.

    Leaving it ends the workers that are still asked something, and keeps the idle ones for whoever
    runs the same module next.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._turn = threading.Condition()
        self._busy: set[_WorkerProcess] = set()
        self._since: float | None = None  # When the first one was ready
        self._stopped = False

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *error: object) -> None:
        with self._turn:
            self._stopped = True
            for worker in self._busy:
                worker.kill()

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer to a question, or raise `UnansweredError`."""
        n_tries, n_starts = MOST_TRIES, MOST_STARTS
        while True:
            try:
                with self._worker() as worker:
                    n_starts = MOST_STARTS
                    found = worker.ask(question, seconds)
            except _DiedError as death:
                # Who dies at its start has not been asked, and says nothing of the question.
                n_tries -= not death.at_start
                n_starts -= death.at_start
                if not self._stopped and n_tries and n_starts:
                    continue
                if death.at_start:
                    raise ExecutorError(
                        f"a worker process cannot be started ({death}); look whether memory is "
                        f"left, and at what {sys.executable} -P -m {self._module} says"
                    ) from death
                raise UnansweredError(f"it ended its process ({death})") from death
            if FAILED in found:
                raise UnansweredError(found[FAILED])
            return found

    @contextlib.contextmanager
    def _worker(self) -> Iterator[_WorkerProcess]:
        worker = self._take()
        try:
            worker.start()
            with self._turn:
                self._since = self._since or time.monotonic()
            yield worker
        finally:
            with self._turn:
                self._busy.discard(worker)
                worker.put_aside()
                self._turn.notify()

    def _take(self) -> _WorkerProcess:
        """Return an idle worker, or a new one if work is long enough to be worth its start."""
        with self._turn:
            while len(self._busy) >= self._worthwhile():
                self._turn.wait(SECONDS_TO_MORE)
            if self._stopped:
                raise UnansweredError("the work was stopped")
            worker = _take_idle(self._module) or _WorkerProcess(self._module)
            self._busy.add(worker)
            return worker

    def _worthwhile(self) -> float:
        """Return how many workers are worth their start by now."""
        if self._stopped:
            return math.inf
        n_idle = len(_idle[self._module])
        if self._since is None:
            return max(1, len(self._busy) + n_idle)
        more = (time.monotonic() - self._since) / SECONDS_TO_MORE
        return max(2 ** min(int(more), 16), len(self._busy) + n_idle)


# Workers that wait, by their module.
_idle: dict[str, list[_WorkerProcess]] = defaultdict(list)
_idle_turn = threading.Lock()


def _take_idle(module: str) -> _WorkerProcess | None:
    with _idle_turn:
        while _idle[module]:
            worker = _idle[module].pop()
            if worker.is_alive():
                return worker
    return None


@atexit.register
def end_workers() -> None:
    """End the workers that wait."""
    with _idle_turn:
        for workers in _idle.values():
            for worker in workers:
                worker.close()
        _idle.clear()


if hasattr(os, "register_at_fork"):
    # After a fork they are those of another process.
    os.register_at_fork(after_in_child=_idle.clear)


class _DiedError(Exception):
    """A worker that ended instead of an answer; the message says how."""

    at_start = False


class _WorkerProcess:
    """A process that answers one question at a time."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process, unless it runs, and wait until it is ready."""
        if self._process is None:
            try:
                self._process = _start(self._module)
                self._read_line(MOST_SECONDS_TO_START)
            except (OSError, UnansweredError, _DiedError) as error:
                self.close()
                death = _DiedError(str(error))
                death.at_start = True
                raise death from error

    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        if self._process is not None and self._process.poll() is None:
            return True
        self.close()
        return False

    def put_aside(self) -> None:
        """Wait for whoever asks next, if it is alive."""
        if self.is_alive():
            with _idle_turn:
                _idle[self._module].append(self)

    def kill(self) -> None:
        """End the process, so that whoever waits for its answer hears that there is none."""
        process = self._process
        if process is not None:
            process.kill()

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer; a worker without one is dead afterwards."""
        assert self._process is not None
        assert self._process.stdin is not None
        folder = None
        with contextlib.suppress(OSError):  # It may have been removed.
            folder = os.getcwd()
        try:
            self._process.stdin.write(json.dumps({**question, "cwd": folder}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _DiedError(self._how_it_ended()) from None
        return self._read_line(seconds)

    def _read_line(self, seconds: float) -> dict[str, Any]:
        process, late = self._process, threading.Event()
        assert process is not None
        assert process.stdout is not None

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            how = self._how_it_ended()
            if late.is_set():
                raise UnansweredError(f"it took longer than {seconds:,.3g} s") from None
            raise _DiedError(how) from None
        finally:
            timer.cancel()

    def _how_it_ended(self) -> str:
        process = self._process
        self.close()
        code = 0 if process is None else process.returncode
        if code < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _start(module: str) -> subprocess.Popen[bytes]:
    # The worker sees the packages that this process sees, but not the current folder, in which a
    # file may be called as a module is.
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": paths},
    )
