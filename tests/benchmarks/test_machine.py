import json

import numpy as np

from benchmarks.machine import describe_machine, one_line, peak_memory


def test_a_machine_is_described_with_the_versions_that_matter():
    machine = json.loads(json.dumps(describe_machine()))
    assert set(machine) == {
        "cpu",
        "cores",
        "memory_bytes",
        "os",
        "python",
        "versions",
        "load",
    }
    assert machine["versions"]["numpy"] == np.__version__
    assert {"jax", "numba", "scikit-learn"} <= set(machine["versions"])


def test_the_line_names_what_is_installed_and_only_that():
    machine = describe_machine() | {"cpu": "Abacus", "memory_bytes": 2**31}
    machine["versions"] = {"numpy": "2.0", "torch": None}
    line = one_line(machine)
    assert line.startswith("Abacus, ")
    assert "2 GiB" in line
    assert "numpy 2.0" in line
    assert "torch" not in line


def test_peak_memory_grows_by_what_is_held():
    before = peak_memory()
    held = np.ones(before // 8 + 10_000_000)  # larger than all that there was
    assert peak_memory() - before > 0
    assert held[-1] == 1
