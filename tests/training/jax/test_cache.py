"""Where compiled programs are kept, and when they are not."""

from pathlib import Path

import jax
import pytest

from gradatim.training.jax.cache import use_compilation_cache

OPTIONS = (
    "jax_compilation_cache_dir",
    "jax_persistent_cache_min_compile_time_secs",
    "jax_persistent_cache_min_entry_size_bytes",
)


@pytest.fixture(autouse=True)
def _unconfigured(monkeypatch):
    before = {name: jax.config.values[name] for name in OPTIONS}
    monkeypatch.delenv("GRADATIM_CACHE", raising=False)
    jax.config.update("jax_compilation_cache_dir", None)
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def test_the_named_folder_is_made_and_used_one_for_each_version_of_jax(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "kept"))
    folder = use_compilation_cache()
    assert folder == tmp_path / "kept" / f"jax-{jax.__version__}"
    assert folder.is_dir()
    assert jax.config.values["jax_compilation_cache_dir"] == str(folder)


def test_an_empty_name_turns_the_cache_off(monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", "")
    assert use_compilation_cache() is None
    assert jax.config.values["jax_compilation_cache_dir"] is None


def test_what_the_user_told_jax_stands(tmp_path, monkeypatch):
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "other"))
    assert use_compilation_cache() == Path(tmp_path)
    assert not (tmp_path / "other").exists()


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "file" / "cache"))
    assert use_compilation_cache() is None
    assert jax.config.values["jax_compilation_cache_dir"] is None
