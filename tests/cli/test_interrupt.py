"""Ctrl-C: heard at once, nothing finished is lost, and the command says how to go on."""

import json
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from gradatim.cli import main
from gradatim.cli._interrupt import interruptible

COMMAND = ["climb", "two  rings.csv", "--target", "ring"]
OPTIONS = ["--no-report", "--folds", "3", "--repeats", "1"]

signals = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a table, and with a cache of its own."""
    rng = np.random.default_rng(1)
    radius = np.repeat([1.0, 3.0], 60) + 0.2 * rng.normal(size=120)
    angle = rng.uniform(0, 2 * np.pi, 120)
    rows = [
        f"{r * np.cos(a):.6f},{r * np.sin(a):.6f},{'in' if r < 2 else 'out'}"
        for r, a in zip(radius, angle, strict=True)
    ]
    (tmp_path / "two  rings.csv").write_text("\n".join(["x,y,ring", *rows]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "cache"))
    return tmp_path


def run(capsys, *options):
    """Climb in this process, and return the exit status and what was said."""
    status = main([*COMMAND, *OPTIONS, *options])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def result(file) -> dict:
    """Read a climb's JSON but for its seconds."""
    found = json.loads(file.read_text())
    for part in (found, *found["rungs"]):
        del part["seconds"]
    # It names the file.
    del found["command"]
    return found


def kept(folder) -> list:
    return list((folder / "cache" / "climbs").glob("*/*.npz"))


def interrupt_at(monkeypatch, nth: int) -> None:
    """Press Ctrl-C at the n-th report of a climb, as far as the program can tell."""
    from gradatim.cli._live import LiveLadder

    calls, real = iter(range(10**6)), LiveLadder.progressed

    def progressed(self, *args):
        if next(calls) == nth:
            raise KeyboardInterrupt
        real(self, *args)

    monkeypatch.setattr(LiveLadder, "progressed", progressed)


def test_an_interrupted_climb_goes_on_to_the_same_result(folder, capsys, monkeypatch):
    rungs = ["--rungs", "majority", "linear", "perceptron", "kernel"]
    assert run(capsys, *rungs, "--json", "whole.json")[0] == 0
    assert kept(folder) == []
    with monkeypatch.context() as patch:
        interrupt_at(patch, 12)
        status, _, err = run(capsys, *rungs, "--json", "part.json")
    assert status == 130
    assert "rungs finished and kept" in err or "networks finished and kept" in err
    command = "gradatim climb 'two  rings.csv' --target ring --no-report --folds 3 --repeats 1"
    assert err.endswith(
        f"go on with: {command} --rungs {' '.join(rungs[1:])} --json part.json --resume\n"
    )
    assert kept(folder)
    assert not (folder / "part.json").exists()
    status, out, err = run(capsys, *rungs, "--json", "part.json", "--resume")
    assert (status, err) == (0, "")
    assert "anew" not in out
    assert result(folder / "part.json") == result(folder / "whole.json")
    assert kept(folder) == []


def test_without_resume_an_interrupted_climb_begins_anew(folder, capsys, monkeypatch):
    with monkeypatch.context() as patch:
        interrupt_at(patch, 5)
        assert run(capsys, "--rungs", "majority", "linear", "perceptron")[0] == 130
    assert kept(folder)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 0)
        assert run(capsys, "--rungs", "majority")[0] == 130
    assert kept(folder) == []


def test_resuming_what_was_never_begun_says_so_and_climbs(folder, capsys):
    status, out, _ = run(capsys, "--rungs", "majority", "--resume")
    assert status == 0
    assert "nothing of this climb is kept, so it begins anew" in out


def test_without_a_cache_nothing_is_kept_and_resume_is_refused(folder, capsys, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", "")
    interrupt_at(monkeypatch, 1)
    status, _, err = run(capsys, "--rungs", "majority", "linear")
    assert status == 130
    assert err == (
        "gradatim: stopped by Ctrl-C with 1 of 2 rungs finished and nothing kept, since "
        "GRADATIM_CACHE turns the cache off\n"
    )
    status, _, err = run(capsys, "--rungs", "majority", "--resume")
    assert status == 2
    assert "--resume has nothing to go on from" in err


def test_results_that_could_not_be_written_are_kept(folder, capsys, monkeypatch):
    def full(self, climb):
        raise KeyboardInterrupt

    monkeypatch.setattr("gradatim.cli._outputs.Outputs.writers", full)
    status, _, err = run(capsys, "--rungs", "majority")
    assert status == 130
    assert "with every rung finished and kept; go on with: " in err
    assert kept(folder)


def test_work_is_done_in_another_thread_and_gives_what_it_returns_or_raises():
    assert interruptible(threading.current_thread) is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 / 0)


@signals
def test_an_interrupt_does_not_wait_for_a_native_call():
    code = (
        # The tests may run where the signal is ignored, and children inherit that.
        "import os, signal, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gradatim.cli._interrupt import interruptible\n"
        "def work():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    threading.Event().wait()\n"
        "try: interruptible(work)\n"
        "except KeyboardInterrupt: os._exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=600).returncode == 7


def start(folder, *options) -> subprocess.Popen:
    """Begin a climb in a process of its own, which waits at its 12th report to be stopped."""
    code = (
        # Whoever runs the tests in the background ignores the signal, and children inherit that.
        "import signal, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gradatim.cli import main\n"
        "from gradatim.cli._live import LiveLadder\n"
        "calls, real = iter(range(10**6)), LiveLadder.progressed\n"
        "def progressed(self, *args):\n"
        "    if next(calls) == 12: threading.Event().wait()\n"
        "    real(self, *args)\n"
        "LiveLadder.progressed = progressed\n"
        "raise SystemExit(main())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *COMMAND, *OPTIONS, "--quiet", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def wait_for_work(folder, process) -> None:
    deadline = time.monotonic() + 600
    while not kept(folder) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    assert kept(folder)


@signals
@pytest.mark.slow
@pytest.mark.parametrize("number", ["SIGINT", "SIGKILL"])
def test_a_stopped_process_is_resumed_to_the_same_result(folder, capsys, number):
    rungs = ["--rungs", "majority", "linear", "kernel", "logistic"]
    process = start(folder, *rungs, "--json", "part.json")
    wait_for_work(folder, process)
    process.send_signal(getattr(signal, number))
    _, err = process.communicate(timeout=600)
    if number == "SIGINT":
        assert process.returncode == 130
        assert err.count("\n") == 1
        assert err.endswith("--resume\n")
    assert not (folder / "part.json").exists()
    assert run(capsys, *rungs, "--json", "part.json", "--resume")[0] == 0
    assert run(capsys, *rungs, "--json", "whole.json")[0] == 0
    assert result(folder / "part.json") == result(folder / "whole.json")


@signals
@pytest.mark.parametrize("module", ["gradatim.cli.climb", "gradatim.climb.ladder"])
def test_an_interrupt_while_loading_is_one_sentence(folder, module):
    # The signal comes at the import of a module, first without and then with a work thread.
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Finder:\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "from gradatim.cli import main\n"
        "sys.meta_path.insert(0, Finder())\n"
        "raise SystemExit(main())"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, *COMMAND, *OPTIONS, "--quiet"],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=600,
    )
    assert process.returncode == 130
    assert process.stderr.count("\n") == 1
    assert "stopped by Ctrl-C" in process.stderr


@signals
@pytest.mark.parametrize("work", ["time.sleep(3)", "interruptible(lambda: time.sleep(3))"])
def test_an_interrupt_is_not_lost_in_a_callback_of_the_garbage_collector(work):
    # Python prints what a callback raises and goes on.
    code = (
        "import gc, os, signal, threading, time\n"
        "from gradatim.cli._interrupt import interruptible, leave_at_the_second\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def callback(phase, info):\n"
        "    gc.callbacks.clear()\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(1)\n"
        "with leave_at_the_second():\n"
        "    gc.callbacks.append(callback)\n"
        "    try:\n"
        "        gc.collect()\n"
        f"        {work}\n"
        "    except KeyboardInterrupt: os._exit(7)\n"
    )
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, timeout=600, capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (7, "")


@signals
def test_a_second_interrupt_ends_the_process_at_once():
    code = (
        "import os, signal, time\n"
        "from gradatim.cli._interrupt import leave_at_the_second\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "with leave_at_the_second():\n"
        "    try: os.kill(os.getpid(), signal.SIGINT); time.sleep(5)\n"
        "    except KeyboardInterrupt:\n"
        "        os.kill(os.getpid(), signal.SIGINT); time.sleep(5)\n"
        "os._exit(1)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=600).returncode == 130


# Where Ctrl-C is pressed: what is replaced by something that presses it, in which module.
MOMENTS = {
    "loading the command line": "sys.meta_path.insert(0, Finder('cyclopts'))",
    "collecting garbage while loading": "import gc; gc.callbacks.append(press)",
    "loading a verb": "sys.meta_path.insert(0, Finder('gradatim.cli.fit'))",
    "loading a library": "sys.meta_path.insert(0, Finder('sklearn'))",
    "reading": "import gradatim.tables.collections as c; c.read_table = press",
    "computing": "import gradatim.estimators as e; e.NetworkRegressor.fit = press",
    "drawing": "import gradatim.drawing as d; d.plot_response = press",
    "writing": "os.fsync = press",
    "printing": "import gradatim.cli._streams as s; s._Guard.write = press",
    "telling an error": "os.chdir('/'); import gradatim.cli as c; c._fail = press",
    "ending": "import atexit; atexit.register(press)",
}


# Where it is pressed twice as well: before, in and after the work, and in an error.
TWICE = [
    "loading the command line",
    "reading",
    "computing",
    "writing",
    "telling an error",
    "ending",
]

# Those that come while libraries are loaded, and so need a process that has none yet.
FRESH = [*list(MOMENTS)[:2], "loading a library"]
ROWS = "x1,y\n1,2\n2,3\n3,5\n"
FIT = ["fit", "rows.csv", "--target", "y", "--plot", "plot.svg"]

# A process that has loaded what `FIT` needs, but nothing of gradatim, becomes a process of its own
# for each line that it reads: libraries take longer to load than all else.
FORKING = """
import json, os, sys
import cyclopts, matplotlib.backends.backend_svg, matplotlib.figure, pyarrow.compute, pyarrow.csv
import rich.console, scipy.stats, sklearn.linear_model
for line in os.fdopen(os.dup(0)):
    code, folder = json.loads(line)
    if not (child := os.fork()):
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    os._exit(0)
os.chdir(folder)
os.dup2(os.open(os.devnull, os.O_RDWR), 0)
os.dup2(os.open("said.txt", os.O_CREAT | os.O_WRONLY), 1)
os.dup2(os.open("errors.txt", os.O_CREAT | os.O_WRONLY), 2)
exec(code)
"""


@pytest.fixture(scope="module")
def forked():
    """Run code in a folder, in a process that has loaded libraries."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", FORKING, *FIT], **pipes) as process:

        def run(code, folder):
            print(json.dumps([code, str(folder)]), file=process.stdin, flush=True)
            return int(process.stdout.readline()), (folder / "errors.txt").read_text()

        yield run
        process.stdin.close()


def fresh(code, folder):
    """Run code in a folder, in a process that has loaded nothing."""
    done = subprocess.run(
        [sys.executable, "-c", code, *FIT], capture_output=True, text=True, cwd=folder, timeout=600
    )
    return done.returncode, done.stderr


@signals
@pytest.mark.parametrize(
    ("moment", "twice"),
    [*((moment, False) for moment in MOMENTS), *((moment, True) for moment in TWICE)],
)
def test_an_interrupt_ends_with_130_at_any_moment(tmp_path, forked, moment, twice):
    (tmp_path / "rows.csv").write_text(ROWS)
    press = "os.kill(os.getpid(), signal.SIGINT); " * (2 if twice else 1)
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"def press(*args, **options): {press}time.sleep(5)\n"
        "class Finder:\n"
        "    def __init__(self, name): self.name = name\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == self.name: press()\n"
        "from gradatim.__main__ import main\n"
        f"{MOMENTS[moment]}\n"
        "raise SystemExit(main())"
    )
    status, errors = (fresh if moment in FRESH else forked)(code, tmp_path)
    assert status == 130, errors
    assert "Traceback" not in errors
    assert "ignored" not in errors
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []
