"""Parts lie in a folder or in an object store, and are read and written the same."""

import pytest
from pyarrow import fs

from gradatim.errors import OutputError, SpecError
from gradatim.music import extract_table, part_files
from gradatim.music.part_files import RemotePath, list_parts, part_place, write_part


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Let s3:// be a folder, as an object store shows itself."""
    (tmp_path / "bucket").mkdir()
    held = fs.SubTreeFileSystem(str(tmp_path / "bucket"), fs.LocalFileSystem())
    monkeypatch.setattr(
        part_files, "_from_uri", lambda text: (held, text.removeprefix("s3://bucket/"))
    )
    return tmp_path / "bucket"


def test_features_kept_in_a_store_are_found_there(folder, store):
    first = extract_table(folder, cache="s3://bucket/features")
    parts = [*store.glob("features/*/*.parquet")]
    assert parts
    (folder / "low" / "0.wav").unlink()
    again = extract_table(folder, cache="s3://bucket/features")
    assert again.features.shape[0] == first.features.shape[0] - 1
    assert [*store.glob("features/*/*.parquet")] == parts


def test_a_part_that_was_begun_is_not_there(store):
    place = part_place("s3://bucket/features")
    assert isinstance(place, RemotePath)
    assert list_parts(place) == []

    def half(stream):
        stream.write(b"PAR1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_part(place, "a.parquet", half)
    write_part(place, "b.parquet", lambda stream: stream.write(b"whole"))
    assert [part.name for part in list_parts(place)] == ["b.parquet"]


def test_a_url_of_this_machine_is_a_path(tmp_path):
    assert part_place(f"file://{tmp_path}/a%20b") == tmp_path / "a b"
    assert part_place(tmp_path) == tmp_path


def test_an_unknown_kind_of_place_is_refused():
    with pytest.raises(SpecError, match="features cannot be kept at what://ever"):
        part_place("what://ever")


@pytest.mark.parametrize("place", ["s3://", "gs://"])
def test_a_store_without_a_bucket_is_refused(place):
    with pytest.raises(SpecError, match="names no folder or bucket"):
        part_place(place)


def test_a_place_that_fails_is_told(store):
    (store / "features").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be kept at features"):
        list_parts(part_place("s3://bucket/features"))
