"""A store: what is put is found again, whatever happens to the process or the files."""

import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

from gradatim import NetworkSpec, fit_many
from gradatim.network import Layer, Network
from gradatim.training import FitJob, fit_jobs
from gradatim.training.checkpoint import Checkpoint
from gradatim.training.store import FAN_OUT, LARGE, Record, Store

BATCH, EPOCHS = 40, 15
SPECS = [
    NetworkSpec((8,), activation="tanh", learning_rate=0.02, seed=s, max_epochs=EPOCHS + s)
    for s in range(5)
]


def parts(folder):
    return sorted(folder.glob("*.npz"))


def same(a, b) -> bool:
    """Return whether two results agree bit by bit."""
    return (
        a.spec == b.spec
        and a.network == b.network
        and np.array_equal(a.loss_curve, b.loss_curve)
        and np.array_equal(a.validation_curve, b.validation_curve, equal_nan=True)
        and (a.best_epoch, a.stopped_early, a.diverged)
        == (b.best_epoch, b.stopped_early, b.diverged)
    )


# -- records ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "uint8", "U5"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 4)])
def test_arrays_come_back_as_they_were(tmp_path, dtype, shape):
    array = np.full(shape, 7).astype(dtype)
    with Store(tmp_path) as store:
        store.put("kind:x", Record({"n": [1, None, "Σ"]}, (array, np.arange(3))))
    found = Store(tmp_path).get("kind:x")
    assert found.info == {"n": [1, None, "Σ"]}
    assert found.arrays[0].dtype == array.dtype
    np.testing.assert_array_equal(found.arrays[0], array)
    np.testing.assert_array_equal(found.arrays[1], np.arange(3))


def test_a_record_is_found_before_and_after_it_is_written(tmp_path):
    store = Store(tmp_path)
    store.put("kind:a", Record({"x": 1}))
    assert store.get("kind:a").info == {"x": 1}
    store.flush()
    assert store.get("kind:a").info == {"x": 1}
    assert "kind:a" in store
    assert store.get("kind:b") is None
    assert (len(store), store.count()["kind"]) == (1, 1)


def test_objects_are_refused_since_only_pickle_could_keep_them(tmp_path):
    with pytest.raises(ValueError, match="numbers, truth values and text"):
        Store(tmp_path).put("kind:x", Record({}, (np.array([None]),)))


def test_records_are_written_within_seconds_without_being_asked_for(tmp_path):
    store = Store(tmp_path, seconds=0.05)
    store.put("kind:a", Record({}))
    deadline = time.monotonic() + 600
    while not parts(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "kind:a" in Store(tmp_path)


def test_ten_thousand_records_are_few_files(tmp_path):
    weights = tuple(np.ones((3, 3), dtype=np.float32) for _ in range(6))
    with Store(tmp_path, seconds=0.01) as store:
        for i in range(10_000):
            store.put(f"network:{i}", Record({"best_epoch": i}, weights))
    found = Store(tmp_path)
    assert all(found.get(f"network:{i}").info == {"best_epoch": i} for i in range(10_000))
    assert len(parts(tmp_path)) < 2 * FAN_OUT


def test_many_small_parts_become_few_and_lose_nothing(tmp_path):
    store = Store(tmp_path)
    for i in range(2 * FAN_OUT + 1):
        store.put(f"kind:{i}", Record({"i": i}, (np.array([i]),)))
        store.flush()
    assert len(parts(tmp_path)) == 3
    for one in (store, Store(tmp_path)):
        assert [int(one.get(f"kind:{i}").arrays[0][0]) for i in range(len(one))] == list(range(33))


def test_large_parts_are_written_once_and_never_merged(tmp_path):
    store = Store(tmp_path)
    for i in range(FAN_OUT + 1):
        # Every other element: what is not contiguous is written as it reads.
        store.put(f"kind:{i}", Record({}, (np.arange(LARGE // 4, dtype=np.float64)[::2] + i,)))
        store.flush()
        assert len(parts(tmp_path)) == i + 1
    assert [store.get(f"kind:{i}").arrays[0][1] for i in range(3)] == [2.0, 3.0, 4.0]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign", "pickled"])
def test_a_damaged_part_counts_as_missing_and_the_others_do_not(tmp_path, damage):
    store = Store(tmp_path)
    for i in range(2):
        store.put(f"kind:{i}", Record({}, (np.arange(100),)))
        store.flush()
    path, content = parts(tmp_path)[0], bytearray(parts(tmp_path)[0].read_bytes())
    if damage == "pickled":
        np.savez(path, index=np.array([{}], dtype=object), values=np.zeros(1))
        content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= damage == "flipped"
    cut = {"cut": content[:-30], "empty": b"", "foreign": b"no archive at all"}
    path.write_bytes(cut.get(damage, content))
    assert len(Store(tmp_path)) == 1
    # Found damaged while in use, too.
    assert sum(store.get(f"kind:{i}") is not None for i in range(2)) == 1


@pytest.mark.parametrize(
    "index",
    [
        b"[" * 100_000,
        b"3",
        b"[[1, 2]]",
        b"[[[], {}, []]]",
        b'[["kind:0", {}, [["<f8", [-7]]]]]',
        b'[["kind:0", {}, [["<f8", [1e400]]]]]',
        b'[["kind:0", {}, [["(2,", [1]]]]]',
        b'[["kind:0", {}, [["<f8", ["1"]]]]]',
    ],
)
def test_a_whole_part_that_says_nonsense_counts_as_missing(tmp_path, index):
    np.savez(tmp_path / "0-a.npz", index=np.frombuffer(index, np.uint8), values=np.zeros(8, "u1"))
    assert len(Store(tmp_path)) == 0


def test_a_folder_that_takes_no_files_costs_the_keeping_only(tmp_path, rows):
    (tmp_path / "taken").write_text("a file where the folder should be")
    store = Store(tmp_path / "taken")
    results = fit_many(SPECS, rows.X, rows.multiclass, batch_size=BATCH, store=store)
    assert len(results) == len(SPECS)
    assert store.failure is not None
    store.put("kind:x", Record({}))
    store.close()


def test_a_cleared_store_is_empty_on_disk_too(tmp_path):
    with Store(tmp_path) as store:
        store.put("kind:a", Record({}))
        store.flush()
        store.put("kind:b", Record({}))
        store.clear()
    assert len(store) == len(Store(tmp_path)) == 0


# -- networks -----------------------------------------------------------------------------------


def test_networks_in_the_store_are_not_trained_again_and_come_back_bit_by_bit(tmp_path, rows):
    options = {
        "batch_size": BATCH,
        "early_stopping": 4,
        "validation_weight": rows.held_out,
        "sample_weight": np.random.default_rng(0).random((5, 120)),
    }
    with Store(tmp_path) as store:
        first = fit_many(SPECS, rows.X, rows.multiclass, **options, store=store)
        heard = []
        again = fit_many(
            SPECS,
            rows.X,
            rows.multiclass,
            **options,
            store=store,
            progress=lambda *news: heard.append(news),
        )
    plain = fit_many(SPECS, rows.X, rows.multiclass, **options)
    assert heard == []
    assert store.count() == {"network": 5}
    assert all(map(same, first, again))
    assert all(map(same, first, plain))
    np.testing.assert_array_equal(first[0].predict(rows.X), again[0].predict(rows.X))


@pytest.mark.parametrize(
    ("engine", "optimizer"), [("native", "adam"), ("jax", "adam"), ("native", "lbfgs")]
)
def test_what_is_left_is_trained_to_the_same_bits_as_with_all_others(
    tmp_path, rows, engine, optimizer
):
    specs = [
        # Of two shapes, so that there are two workers where all networks are solved together.
        NetworkSpec((3 + s % 2,), "tanh", optimizer, seed=s, max_epochs=200 if s % 3 else 2)
        for s in range(40)
    ]
    options = {"batch_size": BATCH, "engine": engine, "n_jobs": 1}
    plain = fit_many(specs, rows.X, rows.multiclass, **options)
    store = Store(tmp_path)

    def interrupt(share, doing):
        if len(store):
            raise KeyboardInterrupt

    with store, pytest.raises(KeyboardInterrupt):
        fit_many(specs, rows.X, rows.multiclass, **options, store=store, progress=interrupt)
    kept = Store(tmp_path)
    assert 0 < len(kept) < 40
    resumed = fit_many(specs, rows.X, rows.multiclass, **options, store=kept)
    assert all(map(same, plain, resumed))


CHANGES = {
    "spec": lambda o: o | {"specs": [NetworkSpec((8,), "tanh", seed=1)]},
    "data": lambda o: o | {"X": o["X"] + 1},
    "targets": lambda o: o | {"y": 1 - o["y"]},
    "task": lambda o: o | {"task": "regression"},
    "weights": lambda o: o | {"sample_weight": np.arange(1, 121)},
    "watched rows": lambda o: o | {"validation_weight": np.ones(120)},
    "patience": lambda o: o | {"validation_weight": np.ones(120), "early_stopping": 9},
    "batch size": lambda o: o | {"batch_size": 30},
    "epochs": lambda o: o | {"max_epochs": 4},
    "order": lambda o: o | {"shuffle": False},
    "seed of the order": lambda o: o | {"random_state": 1},
    "engine": lambda o: o | {"engine": "jax"},
    "start": lambda o: o | {"initial": [_network(0.5)]},
    "other start": lambda o: o | {"initial": [_network(0.25)]},
}


def _network(value: float) -> Network:
    layers = [
        Layer(np.full((8, 5), value), np.zeros(8), "tanh"),
        Layer(np.full((1, 8), value), np.zeros(1), "logistic"),
    ]
    return Network(layers)


class SeenError(Exception):
    pass


def test_whatever_a_network_depends_on_makes_another_key(tmp_path, rows, monkeypatch):
    keys = []

    def see(store, jobs, conditions):
        keys.append(*Checkpoint(store, jobs, conditions)._keys.values())
        raise SeenError

    monkeypatch.setattr("gradatim.training.fit.Checkpoint", see)
    base = {
        "specs": [NetworkSpec((8,), "tanh")],
        "X": rows.X,
        "y": rows.binary,
        "batch_size": BATCH,
        "max_epochs": 3,
        "engine": "native",
    }
    same_again = {"X": rows.X.tolist(), "sample_weight": np.full(120, 2.0), "n_jobs": 1}
    for options in (base, base | same_again, *(change(base) for change in CHANGES.values())):
        with pytest.raises(SeenError):
            fit_many(**options, store=Store(tmp_path))
    assert keys[0] == keys[1]
    assert len(set(keys)) == len(CHANGES) + 1


def test_another_version_makes_another_key(tmp_path, rows, monkeypatch):
    def fit(store):
        fit_many(SPECS[:1], rows.X, rows.multiclass, batch_size=BATCH, store=store)

    with Store(tmp_path) as store:
        fit(store)
        monkeypatch.setattr("gradatim.training.checkpoint.version", lambda name: "another")
        fit(store)
    assert len(store) == 2


def test_equal_networks_of_several_jobs_are_kept_once_and_found_for_each(tmp_path, rows):
    job = FitJob(SPECS[:2], rows.X, rows.multiclass)
    with Store(tmp_path) as store:
        fit_jobs([job, job], batch_size=BATCH, store=store)
        assert len(store) == 2
        a, b = fit_jobs([job, job], batch_size=BATCH, store=store)
    assert all(map(same, a, b))


def test_networks_of_a_damaged_part_are_trained_again(tmp_path, rows):
    with Store(tmp_path) as store:
        first = fit_many(SPECS, rows.X, rows.multiclass, batch_size=BATCH, store=store)
    for path in parts(tmp_path):
        path.write_bytes(path.read_bytes()[:100])
    again = fit_many(SPECS, rows.X, rows.multiclass, batch_size=BATCH, store=Store(tmp_path))
    assert all(map(same, first, again))


@pytest.mark.parametrize("engine", ["native", "jax"])
@pytest.mark.parametrize("max_nets", [1, 60])
def test_limiting_how_many_are_trained_at_once_changes_no_bit(rows, max_nets, engine):
    specs = [NetworkSpec((3,), "tanh", seed=s, learning_rate=0.01 * (s % 7 + 1)) for s in range(90)]
    options = {"batch_size": BATCH, "max_epochs": 30, "early_stopping": 3, "engine": engine}
    options |= {"validation_weight": rows.held_out}
    free = fit_many(specs, rows.X, rows.multiclass, **options)
    limited = fit_many(specs, rows.X, rows.multiclass, **options, max_nets=max_nets)
    assert all(map(same, free, limited))


def test_a_killed_process_leaves_what_it_finished(tmp_path, rows):
    np.save(tmp_path / "X.npy", rows.X)
    np.save(tmp_path / "y.npy", rows.multiclass)
    code = f"""
    import numpy as np
    from gradatim import NetworkSpec, fit_many
    from gradatim.training.store import Store
    X, y = (np.load(r"{tmp_path}/" + name) for name in ("X.npy", "y.npy"))
    specs = [NetworkSpec((8,), "tanh", seed=s, max_epochs=10**7 * (s // 28)) if s >= 28 else
             NetworkSpec((8,), "tanh", seed=s, max_epochs=5) for s in range(29)]
    fit_many(specs, X, y, batch_size=40, store=Store(r"{tmp_path}/kept", seconds=0.1))
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    try:
        deadline = time.monotonic() + 600
        while len(Store(tmp_path / "kept")) < 28 and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.1)
    finally:
        process.kill()
    assert process.wait() == (-signal.SIGKILL if sys.platform != "win32" else 1)
    kept = Store(tmp_path / "kept")
    assert len(kept) == 28
    specs = [NetworkSpec((8,), "tanh", seed=s, max_epochs=5) for s in range(28)]
    heard = []
    options = {"batch_size": BATCH, "progress": lambda *news: heard.append(news)}
    fit_many(specs, rows.X, rows.multiclass, **options, store=kept)
    assert heard == []


def test_a_store_is_safe_in_many_threads(tmp_path):
    store = Store(tmp_path, seconds=0.001)

    def work(first):
        for i in range(first, first + 200):
            store.put(f"kind:{i}", Record({"i": i}))
            assert store.get(f"kind:{i}").info == {"i": i}

    threads = [threading.Thread(target=work, args=(200 * t,)) for t in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert len(Store(tmp_path)) == 800
