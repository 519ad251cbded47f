"""Workers run from one thread per core: their progress, and how they end.

Conventions: workers release Python's lock while they train. The first error, an interrupt among
them, ends all workers at their next pause.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from gradatim._progress import Progress, silent
from gradatim.executors.cluster import Cluster
from gradatim.training.engines import Worker
from gradatim.training.result import FitResult

#: Seconds that an interrupt waits for training to come to a pause; a compiler has none.
_PATIENCE = 0.5


@dataclass
class _JobKind:
    """Workers of one shape: all their work, what is done of it, and the thread seconds it took."""

    work: float = 0.0
    done: float = 0.0
    seconds: float = 0.0


class ExpectedTime:
    """Turns finished work into the finished share of the time that all of it will take.

    Work of a shape that has been trained is expected to take as long as it did, work of others as
    long as the shapes known so far in the mean. Preparation counts as time that is over and is
    not expected again.
    """

    def __init__(self, workers: Sequence[Worker], n_threads: int, began: float) -> None:
        self._workers, self._began = workers, began
        self._n_threads = max(1, min(n_threads, len(workers)))
        self._kinds: dict[Hashable, _JobKind] = {}
        for worker in workers:
            self._kinds.setdefault(worker.program, _JobKind()).work += worker.work
        self._done = [0.0] * len(workers)
        self._heard: list[float | None] = [None] * len(workers)

    def start(self, i: int) -> None:
        """Hear that a thread takes up worker `i`."""
        self._heard[i] = time.perf_counter()

    def share(self, i: int, of_worker: float) -> float:
        """Hear which share of worker `i` is done, and return the finished share of the time."""
        now, kind = time.perf_counter(), self._kinds[self._workers[i].program]
        kind.seconds += now - (self._heard[i] or now)
        done = of_worker * self._workers[i].work
        kind.done += done - self._done[i]
        self._heard[i], self._done[i] = now, done
        over = now - self._began
        return over / (over + self._left() / self._n_threads)

    def _left(self) -> float:
        """Return the thread seconds that are expected to be left."""
        kinds = self._kinds.values()
        mean = sum(k.seconds for k in kinds) / (sum(k.done for k in kinds) or 1.0)
        return sum(
            (k.work - k.done) * (k.seconds / k.done if k.done else mean)
            for k in kinds
            if k.done < k.work
        )


def run_workers(
    workers: Sequence[Worker],
    n_jobs: int,
    progress: Progress,
    began: float,
    cluster: Cluster | None = None,
) -> None:
    """Run all workers, on a cluster if there is one; the first error ends the others."""
    if cluster is not None:
        _run_on(cluster, workers, progress)
        return
    expected = ExpectedTime(workers, n_jobs, began)
    # One report at a time: otherwise a thread could hand over an older sum after a newer one.
    turn, stopped = threading.Lock(), threading.Event()

    def stop() -> None:
        stopped.set()
        for worker in workers:
            worker.cancel()

    def run(i: int) -> None:
        def tell(share: float | None, doing: str) -> None:
            with turn:
                whole = expected.share(i, share or 0.0)
                if not stopped.is_set():
                    progress(whole, doing)

        try:
            with turn:
                expected.start(i)
            workers[i].run(tell)
            tell(1.0, "training")
        except BaseException:
            stop()
            raise

    order = _order(workers)
    if n_jobs == 1:
        # In the calling thread, whose settings of JAX then hold.
        for i in order:
            run(i)
        return
    pool = ThreadPoolExecutor(max_workers=n_jobs, thread_name_prefix="gradatim")
    futures = [pool.submit(run, i) for i in order]
    try:
        _raise_first(futures)
    except BaseException as error:
        stop()
        _leave(pool, futures, hurried=isinstance(error, KeyboardInterrupt))
        raise
    pool.shutdown()


def _run_on(cluster: Cluster, workers: Sequence[Worker], progress: Progress) -> None:
    """Run each worker as a task, and take over what it found."""
    order = _order(workers)
    work, done = sum(worker.work for worker in workers), 0.0

    def report() -> None:
        progress(done / work, "training")

    for number, results in cluster.run(_run_one, ((workers[i],) for i in order), report):
        worker = workers[order[number]]
        done += worker.work
        jobs = {one.key: one.job for one in worker.network_jobs}
        for key, result in results.items():
            # The targets are here already.
            worker.results[key] = replace(result, targets=jobs[key].targets)
            if worker.on_result is not None:
                worker.on_result(key, worker.results[key])
        report()


def _run_one(worker: Worker) -> dict[tuple[int, int], FitResult]:
    """Run a worker on a node."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        worker.run(silent)
    return worker.results


def _order(workers: Sequence[Worker]) -> list[int]:
    """Take the costliest first, so that threads end together; but one of each shape before all.

    That one tells how long its shape takes, where some shapes have many workers.
    """
    costliest = sorted(range(len(workers)), key=lambda i: -workers[i].work)
    first: dict[Hashable, int] = {}
    for i in costliest:
        first.setdefault(workers[i].program, i)
    if 4 * len(first) > len(workers):
        return costliest
    scouts = set(first.values())
    return [*first.values(), *(i for i in costliest if i not in scouts)]


def _raise_first(futures: Sequence[Future[None]]) -> None:
    """Wait for all; raise the first error as soon as it is there."""
    waiting = set(futures)
    while waiting:
        # With a timeout, since Windows hears no Ctrl-C in a wait without end.
        finished, waiting = wait(waiting, timeout=0.2, return_when=FIRST_EXCEPTION)
        for future in finished:
            future.result()


def _leave(pool: ThreadPoolExecutor, futures: Sequence[Future[None]], hurried: bool) -> None:
    """Wait until the threads have paused and ended; a hurried person waits half a second."""
    pool.shutdown(wait=False, cancel_futures=True)
    # A future cancelled before it began never counts as finished.
    begun = [future for future in futures if not future.cancelled()]
    _, busy = wait(begun, timeout=_PATIENCE if hurried else None)
    if not busy:
        pool.shutdown()
