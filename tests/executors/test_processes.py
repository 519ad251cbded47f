"""Workers that die, hang or fail cost one question; nothing else is lost and none is left over."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gradatim.errors import ExecutorError
from gradatim.executors import processes
from gradatim.executors.processes import UnansweredError, WorkerPool, end_workers

WORKER = "tests.executors.echo_worker"


@pytest.fixture(autouse=True)
def _no_workers():
    yield
    end_workers()


def test_one_worker_answers_one_question_after_the_other_and_stays_for_the_next_work():
    pids = set()
    for _ in range(2):
        with WorkerPool(WORKER) as pool:
            answers = [pool.ask({"say": k}, 60) for k in range(3)]
        assert [answer["said"] for answer in answers] == [0, 1, 2]
        pids |= {answer["pid"] for answer in answers}
    assert len(pids) == 1
    end_workers()
    with pytest.raises(ProcessLookupError):
        os.kill(pids.pop(), 0)


def test_a_crash_a_hang_and_a_failure_cost_their_own_question(tmp_path):
    asked = [{"say": k} for k in range(9)]
    asked[2], asked[4] = {"fall": True}, {"sleep": 60}
    asked[6], asked[7] = {"fail": "no such chunk"}, {"fill": True}

    def ask(question):
        try:
            return pool.ask(question, 1 if "sleep" in question else 60)["said"]
        except UnansweredError as error:
            return str(error)

    with WorkerPool(WORKER) as pool, ThreadPoolExecutor(2) as threads:
        said = [*threads.map(ask, asked)]
    assert said[2].startswith("it ended its process (")
    if sys.platform != "win32":
        assert "SIGABRT" in said[2]
    assert said[4] == "it took longer than 1 s"
    assert said[6] == "ValueError: no such chunk"
    assert said[7] == "it needs more memory than there is"
    assert [said[k] for k in (0, 1, 3, 5, 8)] == [0, 1, 3, 5, 8]


def test_a_worker_that_somebody_kills_costs_nothing(tmp_path):
    with WorkerPool(WORKER) as pool:
        assert pool.ask({"say": 1, "fall_once": str(tmp_path / "mark")}, 60)["said"] == 1
        # Killed while it was idle.
        os.kill(pool.ask({}, 60)["pid"], signal.SIGTERM)
        assert pool.ask({"say": 2}, 60)["said"] == 2


def test_workers_that_somebody_kills_at_their_start_cost_the_question_no_try(monkeypatch, tmp_path):
    starts, start = [], processes._start

    def kill_some(module):
        process = start(module)
        starts.append(process)
        if len(starts) in (1, 2, 4, 5):
            process.kill()
        return process

    monkeypatch.setattr(processes, "_start", kill_some)
    with WorkerPool(WORKER) as pool:
        assert pool.ask({"say": 1, "fall_once": str(tmp_path / "mark")}, 60)["said"] == 1
    assert len(starts) == 6


def test_questions_are_answered_in_the_folder_of_who_asks(tmp_path, monkeypatch):
    with WorkerPool(WORKER) as pool:
        pool.ask({}, 60)
        monkeypatch.chdir(tmp_path)
        assert os.path.samefile(pool.ask({}, 60)["folder"], tmp_path)


@pytest.mark.parametrize(("seconds", "n_workers"), [(60.0, 1), (0.01, 2)])
def test_short_work_gets_one_worker_and_long_work_more(seconds, n_workers, monkeypatch):
    monkeypatch.setattr(processes, "SECONDS_TO_MORE", seconds)
    with WorkerPool(WORKER) as pool, ThreadPoolExecutor(2) as threads:
        pids = [*threads.map(lambda _: pool.ask({"sleep": 0.1}, 60)["pid"], range(6))]
    assert len({*pids}) == n_workers


def test_to_leave_is_not_to_wait_for_what_hangs():
    heard = []

    def ask():
        try:
            pool.ask({"sleep": 600}, 600)
        except UnansweredError as error:
            heard.append(str(error))

    with WorkerPool(WORKER) as pool:
        pool.ask({}, 60)
        began = time.monotonic()
        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.2)
    thread.join(300)
    assert heard
    assert time.monotonic() - began < 300


def test_a_worker_that_cannot_start_is_told_in_one_sentence():
    with WorkerPool("gradatim.no_such_module") as pool, pytest.raises(ExecutorError) as told:
        pool.ask({}, 60)
    assert "a worker process cannot be started (exit code 1)" in str(told.value)


def test_a_worker_ends_with_who_asked_it_also_in_the_midst_of_a_question():
    process = subprocess.Popen(
        [sys.executable, "-m", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b'{"ready": true}\n'
    process.stdin.write(b'{"sleep": 60, "cwd": null}\n')
    process.stdin.close()
    try:
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdout.close()
