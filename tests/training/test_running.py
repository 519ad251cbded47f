"""Workers run from threads: the share of the time that is told, and the order for it."""

from dataclasses import dataclass, field

import pytest

from gradatim._progress import steady
from gradatim.training import running
from gradatim.training.running import ExpectedTime, run_workers


@dataclass
class Clock:
    """A clock that goes on when told to."""

    now: float = 100.0

    def perf_counter(self) -> float:
        return self.now


@dataclass
class AWorker:
    """A worker that takes a given time, and tells when it ran."""

    program: str
    work: float
    seconds: float
    clock: Clock
    ran: list[str] = field(default_factory=list)

    def run(self, progress):
        self.ran.append(self.program)
        for part in (0.25, 0.5, 1.0):
            self.clock.now += self.seconds * (part - {0.25: 0.0, 0.5: 0.25, 1.0: 0.5}[part])
            progress(part, "training")

    def cancel(self):
        pass


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(running, "time", clock)
    return clock


def told(workers, clock, prepared):
    """Return (seconds since the beginning, share told) of every report of one thread."""
    began = clock.now
    clock.now += prepared
    heard = []

    def hear(share, doing):
        heard.append((clock.now - began, share))

    run_workers(workers, 1, steady(hear), began)
    return heard


def test_workers_of_one_shape_tell_the_time_left_exactly_preparation_included(clock):
    workers = [AWorker("small", 10.0, 2.0, clock) for _ in range(4)]
    for over, share in told(workers, clock, prepared=3.0):
        assert over * (1 - share) / share == pytest.approx(3.0 + 8.0 - over, abs=1e-9)


def test_a_shape_that_is_slower_than_its_work_says_is_expected_to_be_so_again(clock):
    # The work of both shapes is the same, but one takes ten times as long.
    workers = [
        AWorker(p, 1.0, s, clock) for p, s in [("quick", 0.1), ("slow", 1.0)] for _ in range(5)
    ]
    heard = told(workers, clock, prepared=0.0)
    after_one_of_each = next((o, s) for o, s in heard if o >= 1.1 - 1e-9)
    over, share = after_one_of_each
    assert over * (1 - share) / share == pytest.approx(5.5 - over)


def test_one_worker_of_each_shape_runs_before_all_others_the_costliest_first(clock):
    ran: list[str] = []
    work = {"a": 1.0, "b": 3.0, "c": 2.0}
    workers = [AWorker(name, work[name], 1.0, clock, ran) for name in "aaaabbbbcccc"]
    told(workers, clock, prepared=0.0)
    assert "".join(ran) == "bca" + "bbb" + "ccc" + "aaa"


def test_the_share_never_falls_and_ends_at_one(clock):
    workers = [AWorker(str(i), 1.0, s, clock) for i, s in enumerate([0.1, 5.0, 0.2, 9.0])]
    shares = [share for _, share in told(workers, clock, prepared=0.5)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_two_threads_halve_what_is_left(clock):
    workers = [AWorker("s", 1.0, 1.0, clock) for _ in range(4)]
    expected = ExpectedTime(workers, 2, clock.now)
    expected.start(0)
    clock.now += 1.0
    # One worker took a second; three are left to two threads.
    assert expected.share(0, 1.0) == pytest.approx(1.0 / (1.0 + 1.5))
