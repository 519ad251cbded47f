"""Kept work: what was finished is not done again, and changes no result."""

import json
import os
import time

import numpy as np
import pytest

from gradatim._cache import prune
from gradatim.climb import Observer, climb_collection
from gradatim.climb import rung as rung_module
from gradatim.climb.checkpoint import climb_folder, open_checkpoint
from gradatim.climb.rung import run_rung
from gradatim.climb.task import ClimbTask
from gradatim.evaluation.folds import make_folds
from gradatim.models.families.registry import FAMILIES
from gradatim.training.store import Record, Store

FAST = ("majority", "linear", "perceptron", "kernel")
PROTOCOL = {"folds": 3, "repeats": 1, "seed": 0}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def without_seconds(climb) -> dict:
    found = json.loads(json.dumps(climb.to_dict()))
    for part in (found, *found["rungs"]):
        del part["seconds"]
    return found


class Stop(Observer):
    """Interrupts a climb at its n-th report."""

    def __init__(self, reports):
        self.left = reports

    def progressed(self, *args):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def multilabel(collection, make_collection):
    X = collection.X["features"]
    return make_collection(X, (X > 1).astype(int), task="multilabel")


def regression(collection, make_collection):
    X = collection.X["features"]
    return make_collection(X, X[:, 0] ** 2 + X[:, 1], task="regression")


@pytest.mark.parametrize("kind", ["classes", "labels", "values"])
def test_a_climb_interrupted_anywhere_goes_on_to_the_same_result(
    tmp_path, blobs, make_collection, kind
):
    change = {"labels": multilabel, "values": regression}.get(kind)
    collection = change(blobs, make_collection) if change else blobs
    rungs = [r for r in FAST if kind != "values" or r != "perceptron"]
    whole = climb_collection(collection, rungs=rungs, **PROTOCOL)
    for reports in (1, 4, 9):
        store = Store(tmp_path / str(reports))
        with pytest.raises(KeyboardInterrupt), store:
            climb_collection(
                collection, rungs=rungs, store=store, observer=Stop(reports), **PROTOCOL
            )
        with Store(tmp_path / str(reports)) as store:
            resumed = climb_collection(collection, rungs=rungs, store=store, **PROTOCOL)
        assert without_seconds(resumed) == without_seconds(whole)
        for a, b in zip(whole.rungs, resumed.rungs, strict=True):
            np.testing.assert_array_equal(a.predictions, b.predictions)
            assert a.predictions.dtype == b.predictions.dtype


@pytest.mark.slow
def test_network_rungs_go_on_to_the_same_result(tmp_path, rings):
    rungs = ["majority", "logistic"]
    whole = climb_collection(rings, rungs=rungs, **PROTOCOL)
    with Store(tmp_path) as store, pytest.raises(KeyboardInterrupt):
        climb_collection(rings, rungs=rungs, store=store, observer=Stop(4), **PROTOCOL)
    assert Store(tmp_path).count()["network"] > 0
    resumed = climb_collection(rings, rungs=rungs, store=Store(tmp_path), **PROTOCOL)
    assert without_seconds(resumed) == without_seconds(whole)
    np.testing.assert_array_equal(resumed.rungs[1].predictions, whole.rungs[1].predictions)
    curves = [row.curves for row in (resumed.rungs[1], whole.rungs[1])]
    assert [c.label for c in curves[0]] == [c.label for c in curves[1]]
    np.testing.assert_array_equal(curves[0][0].loss, curves[1][0].loss)


def test_finished_rungs_are_neither_run_nor_counted_as_work_again(tmp_path, blobs, monkeypatch):
    with Store(tmp_path) as store:
        first = climb_collection(blobs, rungs=FAST, store=store, **PROTOCOL)
        totals = []

        class Watch(Observer):
            def finished(self, result, total):
                totals.append(total)

        monkeypatch.setattr(rung_module, "_run_rung", None)  # to call it would be an error
        more = {"margin": 0.02, "observer": Watch()}
        again = climb_collection(blobs, rungs=FAST, store=store, **PROTOCOL, **more)
    assert [r.seconds for r in again.rungs] == [r.seconds for r in first.rungs]
    assert len(totals) == 4


def test_finished_fits_of_an_unfinished_rung_are_not_carried_out_again(tmp_path, blobs):
    task = ClimbTask(blobs, 0, 2, Store(tmp_path), folds=make_folds(blobs, 3, 1, 0))
    for name in ("linear", "perceptron", "kernel"):
        family = FAMILIES[name]
        carried_out = []
        real = family.fit

        def fit(task, input, fits, report, real=real, carried_out=carried_out):
            carried_out.append(len(fits))
            return real(task, input, fits, report)

        family.fit = fit
        try:
            with pytest.raises(KeyboardInterrupt):
                run_rung(family, task, "features", _raise_at(2))
            n_kept = task.store.count()["fit"]
            assert n_kept > 0
            run_rung(family, task, "features", lambda fraction, doing: None)
        finally:
            del family.fit
        assert sum(carried_out[1:]) == task.store.count()["fit"] - n_kept
        task.store.clear()


def _raise_at(calls):
    left = [calls]

    def report(fraction, doing):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    return report


def test_rungs_of_another_engine_are_run_again(tmp_path, blobs, monkeypatch):
    with Store(tmp_path) as store:
        for n, engine in enumerate(("native", "jax", "native"), start=1):
            monkeypatch.setenv("GRADATIM_ENGINE", engine)
            climb_collection(blobs, rungs=["majority"], store=store, **PROTOCOL)
            assert store.count()["rung"] == min(n, 2)


def test_folders_differ_where_results_would(blobs, rings, cache):
    def folder(collection=blobs, **changes):
        return climb_folder(collection, **{**PROTOCOL, "shuffle_labels": False, **changes})

    changes = [{"folds": 4}, {"repeats": 2}, {"seed": 1}, {"shuffle_labels": True}]
    others = [folder(**change) for change in changes] + [folder(rings)]
    assert len({folder(), *others}) == 6
    assert folder() == folder()
    assert folder().parent == cache / "climbs"


def test_work_is_removed_when_the_climb_ends_well_and_kept_when_it_does_not(cache):
    folder = cache / "climbs" / "one"

    def interrupted(resume):
        with open_checkpoint(folder, resume) as store:
            found = len(store)
            store.put(f"rung:{found}", Record({}))
            raise KeyboardInterrupt(found)

    for resume, n_found in ((False, 0), (True, 1), (True, 2), (False, 0)):
        with pytest.raises(KeyboardInterrupt, match=str(n_found)):
            interrupted(resume)
    with open_checkpoint(folder) as store:
        assert len(store) == 0
    assert not folder.exists()


def test_without_a_cache_there_is_no_folder(blobs, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", "")
    assert climb_folder(blobs, **PROTOCOL, shuffle_labels=False) is None
    with open_checkpoint(None) as store:
        assert store is None


def test_old_work_is_pruned_and_then_the_oldest_beyond_the_limit(tmp_path):
    for name, days in {"old": 20, "middle": 3, "young": 1, "mine": 30}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "0-a.npz").write_bytes(b"x" * 100)
        then = time.time() - days * 86_400
        os.utime(tmp_path / name, (then, then))
    prune(tmp_path, spare=tmp_path / "mine", max_days=14, max_bytes=1000)
    assert sorted(os.listdir(tmp_path)) == ["middle", "mine", "young"]
    prune(tmp_path, spare=tmp_path / "mine", max_days=14, max_bytes=250)
    assert sorted(os.listdir(tmp_path)) == ["mine", "young"]
