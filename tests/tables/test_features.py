"""Columns that a model reads, against tables that cannot give them."""

import pytest

from gradatim.errors import TableError
from gradatim.tables.features import read_features


@pytest.mark.parametrize(
    ("cell", "match"),
    [("fast", "the model reads it, so write numbers"), ("1e200", "take another unit$")],
)
def test_a_column_that_a_model_reads_is_not_to_be_dropped(tmp_path, cell, match):
    path = tmp_path / "songs.csv"
    path.write_text(f"tempo,energy\n{cell},0.5\n120,0.25\n")
    with pytest.raises(TableError, match=match):
        read_features(path, ["energy", "tempo"])
