"""Long work beside the server: one process for short jobs and one for long ones.

Conventions: a job is done in a process of its own, so that it can be stopped at once and never
keeps a control waiting; what it takes and gives passes a pipe between the two processes and nothing
else. A job has an end by the clock. `seen` counts what there was to tell of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gradatim._progress import Progress
from gradatim.errors import GradatimError, SpecError
from gradatim.lab.server import protocol
from gradatim.lab.server.parcels import pack, unpack

#: Seconds after which a job is ended.
SECONDS = {
    protocol.FitKernel: 30,
    protocol.DecideSeparation: 60,
    protocol.BuildApproximation: 60,
    protocol.TrainWall: 300,
    protocol.ReadFiles: 900,
    protocol.StartClimb: 1800,
}
_SHORT = (protocol.FitKernel, protocol.DecideSeparation, protocol.BuildApproximation)
_MOST_WAITING = 64
# Told at most this often, in seconds.
_PAUSE = 0.1


@dataclass(eq=False)
class Job:
    """Work that was asked for, and how far it is."""

    number: int
    ask: Any
    data: Any
    state: str = "waiting"
    doing: str = ""
    share: float | None = None
    result: Any = None
    seen: int = 1
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be told."""
        return self.state not in ("waiting", "working")

    def tell(self, **changes: Any) -> None:
        """Change what is known, and wake whoever waits for it."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.seen += 1
        self.changed.set()
        self.changed = asyncio.Event()

    async def wait(self, seen: int, seconds: float) -> None:
        """Wait until there is more to tell than was seen."""
        if self.seen <= seen and not self.is_over:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), seconds)


class JobQueues:
    """Jobs waiting for the process of short ones and for that of long ones."""

    def __init__(self) -> None:
        self._processes = (JobProcess(), JobProcess())
        self._n_started = 0

    def start(self, ask: Any, data: Any) -> Job:
        """Let a job wait for its turn."""
        process = self._processes[0 if isinstance(ask, _SHORT) else 1]
        if len(process.waiting) >= _MOST_WAITING:
            raise SpecError("the server has too much to do; try again in a minute")
        self._n_started += 1
        job = Job(self._n_started, ask, data)
        process.add(job)
        return job

    def stop(self, job: Job) -> None:
        """Stop a job, or take it out of the queue."""
        for process in self._processes:
            process.stop(job)

    def close(self) -> None:
        """End both processes."""
        for process in self._processes:
            process.close()


class JobProcess:
    """A process that does one job after another, and is started anew after one was stopped."""

    def __init__(self) -> None:
        self.waiting: list[Job] = []
        self._running: Job | None = None
        self._process: BaseProcess | None = None
        self._pipe: Any = None
        self._task: asyncio.Task[None] | None = None

    def add(self, job: Job) -> None:
        """Let a job wait, and see that somebody works."""
        self.waiting.append(job)
        self._tell_places()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    def stop(self, job: Job) -> None:
        """Stop a job if it is here."""
        if job in self.waiting:
            self.waiting.remove(job)
            job.tell(state="stopped", doing="")
            self._tell_places()
        elif job is self._running and not job.is_over:
            job.tell(state="stopped", doing="")
            self._end_process()

    def close(self) -> None:
        """End the process."""
        if self._task is not None:
            self._task.cancel()
        self._end_process()

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.kill()
        self._process = None

    def _tell_places(self) -> None:
        before = 0 if self._running is None else 1
        for place, job in enumerate(self.waiting):
            n = place + before
            if n:
                job.tell(doing=f"{n} before this one" if n > 1 else "one before this one")

    async def _work(self) -> None:
        while self.waiting:
            job = self._running = self.waiting.pop(0)
            self._tell_places()
            job.tell(state="working", doing="starting")
            await self._do(job)
            job.data = None
            self._running = None

    async def _do(self, job: Job) -> None:
        seconds = SECONDS[type(job.ask)]
        try:
            pipe = self._open()
            async with asyncio.timeout(seconds):
                await asyncio.to_thread(pipe.send, (job.ask, pack(job.data)))
                await self._follow(job, pipe)
        except TimeoutError:
            self._end_process()
            text = f"this took longer than {seconds} seconds and was stopped; ask for less"
            job.tell(state="failed", doing=text)
        except (EOFError, OSError):
            self._end_process()
            if not job.is_over:
                text = "the work ended early, perhaps for want of memory; ask for less"
                job.tell(state="failed", doing=text)

    async def _follow(self, job: Job, pipe: Any) -> None:
        """Pass on what the process tells, until it is done."""
        while not job.is_over:
            what, *more = await asyncio.to_thread(pipe.recv)
            if job.is_over:
                return
            if what == "progress":
                job.tell(share=more[0], doing=more[1])
            elif what == "failed":
                job.tell(state="failed", doing=more[0])
            else:
                job.tell(state="done", doing="", share=1.0, result=unpack(more[0]))

    def _open(self) -> Any:
        """Return the pipe to the process, which is started if there is none."""
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            process = context.Process(target=_serve_jobs, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._process = process
        return self._pipe


def _serve_jobs(pipe: Any) -> None:
    """Do jobs until the server is gone; run in a process of its own."""
    # Ctrl-C is for the server, which ends this process itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)
    import warnings

    warnings.simplefilter("ignore")
    while True:
        try:
            ask, data = pipe.recv()
        except EOFError:
            return
        pipe.send(_outcome(ask, data, _teller(pipe)))


def _outcome(ask: Any, data: Any, progress: Progress) -> tuple[str, Any]:
    from gradatim.lab.server.tasks import run_task

    try:
        return "done", pack(run_task(ask, unpack(data), progress))
    except GradatimError as error:
        text = str(error)
        # Nobody needs to know where files lie on the server.
        return "failed", text.replace(f"{data}{os.sep}", "") if isinstance(data, Path) else text
    except MemoryError:
        return "failed", "there is not enough memory for this; ask for less"
    except Exception as error:  # The page is told, and the process lives on
        return (
            "failed",
            f"this could not be computed ({type(error).__name__}); ask for something else",
        )


def _teller(pipe: Any) -> Any:
    """Return what sends progress, not too often."""
    last = 0.0

    def tell(share: float | None, doing: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PAUSE:
            last = now
            share = None if share is None else min(max(float(share), 0.0), 1.0)
            pipe.send(("progress", share, doing[:200]))

    return tell
