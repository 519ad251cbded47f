"""Clusters: what cannot be used is told in one sentence, and calls come back by their numbers."""

import os
import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest

from gradatim.errors import ExecutorError, MissingExtraError, SpecError
from gradatim.executors import cluster, connect

# Ray forks only to start programs; JAX, if an earlier test in this process used it, warns of that.
pytestmark = pytest.mark.filterwarnings("ignore:os.fork.. was called:RuntimeWarning")

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None,
    reason="Ray is not installed (pip install 'gradatim[cluster]')",
)


@pytest.mark.parametrize(
    "address", ["", "here", "127.0.0.1:6379", "ray://", "ray://a:b", "http://a:1"]
)
def test_an_address_of_another_form_is_refused(address):
    with pytest.raises(SpecError, match="auto or ray://HOST:PORT"):
        connect(address)


def test_without_ray_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"gradatim\[cluster\]"):
        connect("auto")


def test_nobody_waits_where_nothing_listens(monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"ray://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ExecutorError, match=f"nothing answers at {address}"):
            connect(address)
    with pytest.raises(ExecutorError, match="nothing answers"):
        connect("ray://127.0.0.1:99999")


class _HangingRay:
    """Stands for a Ray that never answers."""

    def init(self, **options):
        import threading

        threading.Event().wait()


def test_a_start_that_hangs_ends_with_one_sentence(monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda name: object())
    monkeypatch.setattr(cluster.importlib, "import_module", lambda name: _HangingRay())
    monkeypatch.setattr(cluster, "MOST_SECONDS_TO_START", 0.05)
    with pytest.raises(ExecutorError, match=r"auto does not answer within 0\.05 s"):
        connect("auto")


class _LostRay:
    """Stands for a Ray whose head has gone, of which it tells in its own way."""

    class exceptions:  # noqa: N801
        RayTaskError = RayError = KeyError

    def remote(self, what):
        return self if callable(what) else what

    def options(self, **how):
        return self

    def cluster_resources(self):
        return {}

    def cancel(self, task):
        raise ConnectionError("gone")

    def shutdown(self):
        raise ConnectionError("gone")

    def wait(self, tasks, timeout):
        raise AssertionError


def test_a_cluster_that_is_gone_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr(cluster.importlib, "import_module", lambda name: _LostRay())
    with (
        pytest.raises(ExecutorError, match=r"ray://a:1 was lost \(AssertionError\); look at it"),
        cluster.Cluster("ray://a:1") as nodes,
    ):
        [*nodes.run(str, [(1,)])]


def test_the_local_path_never_imports_ray():
    code = (
        "import sys, gradatim.executors, gradatim.music.cluster_files, gradatim.climb\n"
        "print('ray' in sys.modules)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert asked.stdout.strip() == b"False"


@needs_ray
@pytest.mark.slow
def test_calls_of_a_function_come_back_with_their_numbers(tmp_path):
    # In a process of its own: Ray forks, and JAX warns of that where another test has loaded it.
    code = (
        "import ray\n"
        "from gradatim.errors import ExecutorError\n"
        "from gradatim.executors.cluster import Cluster\n"
        "ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)\n"
        "with Cluster('local') as nodes:\n"
        "    print(sorted(nodes.run(lambda k: 2**k, [(k,) for k in range(5)])))\n"
        "    try: list(nodes.run(lambda k: 1 / k, [(0,)]))\n"
        "    except ExecutorError as error: print('ZeroDivisionError' in str(error))\n"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"RAY_USAGE_STATS_ENABLED": "0", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout.splitlines() == [str([(k, 2**k) for k in range(5)]), "True"], asked.stderr
