"""Memory: estimated within reason, compared with what there is, refused before it is taken."""

import subprocess
import sys
import textwrap

import pytest

from gradatim import NetworkSpec, fit_many
from gradatim.errors import NotEnoughMemoryError
from gradatim.training import memory
from gradatim.training.memory import Need, available_memory, require_memory

GB = 10**9


@pytest.fixture
def have(monkeypatch):
    """Set what memory there is."""

    def set_(n_bytes):
        monkeypatch.setattr(memory, "available_memory", lambda: n_bytes)

    return set_


def test_there_is_memory_and_not_more_than_a_machine_can_have():
    assert 10**7 < available_memory() < 10**14


@pytest.mark.parametrize(
    ("need", "says"),
    [
        (
            Need(GB, 4_000_000, 10_000, 28),
            "this needs 41 GB; you have 20 GB: use --max-nets 4750 (max_nets=4750 from Python)",
        ),
        (
            Need(41 * GB),
            "this needs 41 GB; you have 20 GB, and fewer networks at once would not help: use "
            "fewer rows, features or networks",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(have, need, says):
    have(20 * GB)
    with pytest.raises(NotEnoughMemoryError) as refused:
        require_memory(need)
    assert str(refused.value) == says
    assert isinstance(refused.value, MemoryError)


def test_the_number_that_is_named_fits_and_one_more_does_not(have):
    have(20 * GB)
    need = Need(GB, 4_000_000, 10_000, 28)
    require_memory(need, max_nets=4750)
    with pytest.raises(NotEnoughMemoryError):
        require_memory(need, max_nets=4751)


def test_where_the_system_does_not_say_nothing_is_refused(have):
    have(None)
    require_memory(Need(10**18))


def test_training_is_refused_before_anything_is_taken(have, rows, monkeypatch):
    have(60_000_000)
    monkeypatch.setattr("gradatim.training.fit.PreparedJob", None)  # to ask it would be an error
    specs = [NetworkSpec((64, 64), seed=s) for s in range(3000)]
    options = {"early_stopping": 2, "validation_weight": rows.held_out}
    with pytest.raises(NotEnoughMemoryError, match=r"this needs .* GB; you have 0\.06 GB"):
        fit_many(specs, rows.X, rows.multiclass, **options)


def test_the_tightest_control_group_above_a_process_counts(tmp_path):
    membership = tmp_path / "cgroup"
    membership.write_text("0::/a/b\n")
    groups = {"": ("max", 0, 0), "a": ("1000", 900, 300), "a/b": ("800", 100, 0)}
    for name, (limit, current, files) in groups.items():
        folder = tmp_path / "fs" / name
        folder.mkdir(parents=True)
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{current}\n")
        (folder / "memory.stat").write_text(f"anon 5\ninactive_file {files}\n")
    assert memory._control_group_memory(membership, tmp_path / "fs") == 1000 - 900 + 300
    (tmp_path / "fs" / "a" / "memory.max").write_text("max\n")
    assert memory._control_group_memory(membership, tmp_path / "fs") == 700


def test_a_container_of_the_older_kind_counts_and_one_without_limit_does_not(tmp_path):
    membership = tmp_path / "cgroup"
    membership.write_text("4:cpu,memory:/docker/x\n")
    folder = tmp_path / "fs" / "memory"
    folder.mkdir(parents=True)
    (folder / "memory.usage_in_bytes").write_text("100")
    (folder / "memory.limit_in_bytes").write_text("700")
    assert memory._control_group_memory(membership, tmp_path / "fs") == 600
    (folder / "memory.limit_in_bytes").write_text(str(2**63 - 4096))
    assert memory._control_group_memory(membership, tmp_path / "fs") is None
    assert memory._control_group_memory(tmp_path / "none", tmp_path / "fs") is None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")
@pytest.mark.parametrize("case", ["rows", "weights", "minibatches", "units"])
def test_the_estimate_is_near_the_measured_peak(case):
    code = """
    import numpy as np
    from gradatim.training import FitJob, NetworkSpec, fit, fit_jobs

    def peak():
        with open("/proc/self/status") as file:
            return next(int(l.split()[1]) * 1024 for l in file if l.startswith("VmHWM"))

    rng = np.random.default_rng(0)
    n, d, k, units, epochs = {
        "rows": (50_000, 300, 2, 2, 1),
        "weights": (20_000, 5, 1000, 2, 1),
        "minibatches": (1_500_000, 1, 1, 2, 11),
        "units": (100_000, 20, 28, 64, 1),
    }["CASE"]
    engine = "jax" if "CASE" in ("minibatches", "units") else "auto"
    weight = rng.random((k, n), dtype=np.float32) if "CASE" == "weights" else None
    watched = np.arange(n) % 5 == 0 if "CASE" == "units" else None
    job = FitJob([NetworkSpec((units,), seed=s) for s in range(k)], rng.normal(size=(n, d)),
                 rng.integers(0, 2, n), weight, watched)
    fit_jobs([FitJob([NetworkSpec((2,))], np.eye(2), [0, 1])], max_epochs=1, engine=engine)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    needs, before = [], peak()
    fit.require_memory = lambda need, max_nets: needs.append(need.total)
    fit_jobs([job], max_epochs=epochs, batch_size=5000, engine=engine)
    print(needs[0] / (peak() - before))
    """
    code = textwrap.dedent(code).replace("CASE", case)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 1 / 1.5 < float(done.stdout) < 1.5
