import os

import pytest

from benchmarks.fresh import call_fresh, fresh_environment


def test_a_call_in_a_fresh_process_returns_its_value_and_peak(tmp_path):
    answer = call_fresh("os:getenv", {"key": "GRADATIM_CACHE"}, tmp_path)
    assert answer.value == str(tmp_path / "gradatim")
    assert answer.peak_bytes is None or answer.peak_bytes > 1_000_000


def test_a_failure_in_a_fresh_process_is_told_by_its_last_line(tmp_path):
    with pytest.raises(RuntimeError, match=r"os:listdir failed .*/no/such/folder"):
        call_fresh("os:listdir", {"path": "/no/such/folder"}, tmp_path)


def test_every_compilation_cache_lies_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "/elsewhere")
    environment = fresh_environment(tmp_path)
    assert "JAX_COMPILATION_CACHE_DIR" not in environment
    for name in ("GRADATIM_CACHE", "NUMBA_CACHE_DIR"):
        assert os.path.isdir(environment[name])
        assert environment[name].startswith(str(tmp_path))
    assert environment["PATH"] == os.environ["PATH"]
