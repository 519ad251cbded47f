import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.registry import BENCHES, MODULES
from benchmarks.result import Options


def test_the_benches_have_the_promised_names():
    assert set(BENCHES) == {"w1", "w2", "w3", "ten-thousand", "verdict", "single", "cost"}


@pytest.mark.parametrize("bench", BENCHES.values(), ids=BENCHES)
def test_a_bench_has_a_function(bench):
    module, name = bench.home.split(":")
    assert callable(getattr(import_module(f"benchmarks.{module}"), name))


def test_what_runs_by_itself_is_listed():
    homes = {
        path.stem: path.read_text(encoding="utf-8") for path in Path("benchmarks").glob("*.py")
    }
    alone = {name for name, text in homes.items() if '__name__ == "__main__"' in text}
    assert set(MODULES) == alone - {"__main__"}


@pytest.mark.parametrize("bench", BENCHES.values(), ids=BENCHES)
def test_more_rounds_take_longer_and_quick_ones_do_not(bench):
    few, many = Options(rounds=3), Options(rounds=10)
    assert bench.seconds(few) < bench.seconds(many)
    assert bench.seconds(Options(rounds=10, quick=True)) < 60


def test_listing_the_benches_imports_no_engine_and_no_peer():
    code = (
        "import sys; from benchmarks import BENCHES, Options; "
        "heavy = {'jax', 'numpy', 'sklearn', 'numba', 'torch'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
