"""Files on a cluster: what comes out is what this machine computes; what is not shared is told."""

import numpy as np
import pytest

from gradatim.errors import AudioError, ExecutorError, SpecError
from gradatim.music import extract_table
from gradatim.music.cache import FeatureCache
from gradatim.music.cluster_files import analyze_anywhere
from gradatim.music.features import RECIPE


class _Tasks:
    """A cluster of this process, which repeats every task as if its node had died meanwhile."""

    address = "here"
    n_cpus = 2

    def __init__(self):
        self.n_tasks = 0

    def run(self, function, calls, waiting=lambda: None):
        for number, arguments in enumerate(calls):
            self.n_tasks += 1
            function(*arguments)
            waiting()
            yield number, function(*arguments)


@pytest.fixture
def nodes():
    return _Tasks()


def test_a_cluster_gives_the_same_table_and_the_second_run_no_task(folder, tmp_path, nodes):
    (folder / "low" / "bad.wav").write_bytes(b"nothing")
    here = extract_table(folder)
    there = extract_table(folder, cache=tmp_path / "parts", cluster=nodes)
    np.testing.assert_array_equal(there.features, here.features)
    assert (there.paths, there.labels, there.errors) == (here.paths, here.labels, here.errors)
    assert nodes.n_tasks == 7  # Of two files, since each processor gets four tasks
    nodes.n_tasks = 0
    extract_table(folder, cache=tmp_path / "parts", cluster=nodes)
    assert nodes.n_tasks == 1  # The bad file is tried again


def test_errors_call_a_file_as_it_was_given(folder, tmp_path, nodes, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "bad.wav").write_bytes(b"nothing")
    cache = FeatureCache(tmp_path / "parts", folder)
    [bad] = analyze_anywhere(
        ["bad.wav"], RECIPE, n_jobs=1, progress=None, cache=cache, cluster=nodes
    )
    assert isinstance(bad, AudioError)
    assert str(bad).startswith("bad.wav cannot be read")


def test_a_place_of_parts_is_needed_that_all_share(folder, tmp_path, nodes, monkeypatch):
    with pytest.raises(SpecError, match="--cache"):
        extract_table(folder, cluster=nodes)
    monkeypatch.setattr(FeatureCache, "write", lambda *_: False)
    with pytest.raises(ExecutorError, match="12 files is not seen here"):
        extract_table(folder, cache=tmp_path / "parts", cluster=nodes)


def test_a_node_without_the_folder_says_so(folder, tmp_path, nodes, monkeypatch):
    monkeypatch.setattr("gradatim.music.cluster_files.Path.is_dir", lambda self: False)
    paths = [folder / "low" / "0.wav"]
    with pytest.raises(ExecutorError, match="is not there on the node"):
        analyze_anywhere(
            paths,
            RECIPE,
            n_jobs=1,
            progress=None,
            cache=FeatureCache(tmp_path / "parts", folder),
            cluster=nodes,
        )
