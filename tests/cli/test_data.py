import json

import pytest

from gradatim.cli import main
from gradatim.datasets import DATASETS


@pytest.fixture
def shown(capsys, monkeypatch):
    """Return what ``gradatim data`` prints on a screen of some width."""

    def show(*arguments, width=80):
        monkeypatch.setenv("COLUMNS", str(width))
        assert main(["data", *arguments]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return show


def test_every_dataset_has_a_row_with_its_license(shown):
    lines = shown().splitlines()
    for name, dataset in DATASETS.items():
        [row] = [line for line in lines if line.split()[:1] == [name]]
        assert row.rstrip().endswith(dataset.licence)


def test_json_tells_the_sizes_of_the_collections(shown):
    entries = json.loads(shown("--json"))
    assert [entry["name"] for entry in entries] == list(DATASETS)
    for entry in entries:
        collection = DATASETS[entry["name"]].loader()
        assert entry["n_samples"] == len(collection.y)
        assert entry["inputs"] == {name: X.shape[1] for name, X in collection.X.items()}
        assert entry["source"] == collection.origin


def test_the_table_fits_eighty_columns(shown):
    assert max(map(len, shown().splitlines())) <= 80
