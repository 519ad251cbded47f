import subprocess
import sys
from importlib import resources

import pytest

from gradatim.datasets import DATASETS, load_dataset
from gradatim.errors import InputError


@pytest.mark.parametrize("name", list(DATASETS))
def test_every_dataset_loads_under_its_name_with_origin_and_licence(name):
    collection = load_dataset(name)
    assert collection.name == name == DATASETS[name].name
    assert DATASETS[name].licence in collection.origin
    assert f"{collection.n_samples:,} " in DATASETS[name].summary


@pytest.mark.parametrize("name", list(DATASETS))
def test_the_licence_lies_beside_the_data(name):
    folder = resources.files("gradatim.datasets") / "data"
    licence = (folder / f"{name}.LICENSE.txt").read_text()
    assert DATASETS[name].licence in licence


def test_the_data_take_less_than_two_and_a_half_megabytes():
    folder = resources.files("gradatim.datasets") / "data"
    assert sum(len(file.read_bytes()) for file in folder.iterdir()) < 2.5e6


def test_a_misspelled_name_is_answered_with_the_closest():
    with pytest.raises(InputError, match="no dataset 'timber'; did you mean 'timbre'"):
        load_dataset("timber")


@pytest.mark.parametrize("part", ["music", "datasets"])
def test_importing_a_part_imports_nothing_heavy(part):
    heavy = {"jax", "librosa", "numpy", "pyarrow", "scipy", "sklearn"}
    code = f"import sys, gradatim.{part}; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True
    )
    assert run.stdout == "[]\n"
