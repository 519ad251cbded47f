import os
from dataclasses import replace

import pytest

import gradatim.datasets
import gradatim.music
import gradatim.tables
from gradatim.errors import InputError, SpecError, TableError
from gradatim.music import RECIPE
from gradatim.sources.registry import (
    SOURCES,
    Kind,
    Options,
    extract_source,
    files_of,
    read_source,
)


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """Run in an empty folder, with readers that remember how they were called."""
    calls = []

    def remember(name):
        def read(*arguments, **options):
            calls.append((name, arguments, options))
            return name

        return read

    monkeypatch.chdir(tmp_path)
    # Set in the dictionary: to ask a part for the real one would load its libraries.
    datasets = vars(gradatim.datasets)
    monkeypatch.setitem(datasets, "DATASETS", {"timbre": None, "world": None})
    for name in ("load_dataset", "load_world"):
        monkeypatch.setitem(datasets, name, remember(name))
    monkeypatch.setitem(vars(gradatim.music), "read_folder", remember("read_folder"))
    monkeypatch.setitem(vars(gradatim.tables), "read_table", remember("read_table"))
    return calls


def progress(share, doing):
    pass


def read(path, /, *options, **more):
    return read_source(path, Options(*options, **more))


def test_the_name_of_a_dataset_is_the_dataset(calls):
    assert read("timbre") == "load_dataset"
    assert calls == [("load_dataset", ("timbre",), {})]


def test_a_dataset_wins_over_a_folder_of_its_name_unless_written_as_a_path(calls, tmp_path):
    (tmp_path / "timbre").mkdir()
    assert read("timbre") == "load_dataset"
    assert read("./timbre") == "read_folder"


def test_a_folder_is_read_with_its_manifest_and_progress(calls, tmp_path):
    (tmp_path / "drums").mkdir()
    read("drums", groups="kits.csv", n_jobs=3, progress=progress)
    [(name, arguments, options)] = calls
    assert (name, str(arguments[0]), arguments[1]) == ("read_folder", "drums", "kits.csv")
    assert (options["n_jobs"], options["progress"]) == (3, progress)
    assert options["recipe"] == RECIPE


def test_a_folder_is_read_as_its_options_say(calls, tmp_path):
    (tmp_path / "drums").mkdir()
    how = {"labels": "kits.csv", "path": "file", "fold_column": "fold", "follow_links": True}
    read("drums", ["kind"], segment=3.0, seconds=30.0, place="middle", **how)
    options = calls[0][2]
    assert options["recipe"] == replace(
        RECIPE, segment_seconds=3.0, max_seconds=30.0, place="middle"
    )
    assert (options["labels"], options["target"], options["path_column"]) == (
        "kits.csv", ("kind",), "file",
    )  # fmt: skip
    assert (options["fold_column"], options["follow_links"]) == ("fold", True)


@pytest.mark.parametrize("name", ["songs.csv", "songs.TSV", "songs.parquet"])
def test_a_table_is_read_with_all_its_options(calls, tmp_path, name):
    (tmp_path / name).touch()
    read(name, ["genre"], "artist", ["file", "length"], "median", "classification")
    [(reader, arguments, options)] = calls
    assert reader == "read_table"
    assert arguments[1:] == ("genre", "artist", ("file", "length"))
    no_split = {"fold_column": None, "split_column": None, "weights": None}
    assert options == {"impute": "median", "task": "classification", **no_split}


def test_several_targets_are_given_as_a_list(calls, tmp_path):
    (tmp_path / "songs.csv").touch()
    read("songs.csv", ["latitude", "longitude"])
    assert calls[0][1][1] == ["latitude", "longitude"]


def test_world_has_targets_of_its_own(calls):
    read("world", ["coordinates"])
    assert calls == [("load_world", (), {"target": "coordinates"})]


def test_a_table_without_a_target_asks_for_one(calls, tmp_path):
    (tmp_path / "songs.csv").touch()
    with pytest.raises(TableError, match="--target COLUMN"):
        read("songs.csv")


@pytest.mark.parametrize(
    ("path", "options", "named"),
    [
        ("timbre", {"groups": "artist"}, "--groups"),
        ("timbre", {"target": ["genre"]}, "--target"),
        ("world", {"target": ["a", "b"]}, "--target"),
        ("songs.csv", {"labels": "a.csv", "place": "middle"}, "--labels, --from"),
        ("drums", {"drop": ["length"], "impute": "median"}, "--drop, --impute"),
    ],
)
def test_an_option_that_does_not_go_with_the_input_is_refused(
    calls, tmp_path, path, options, named
):
    (tmp_path / "drums").mkdir()
    (tmp_path / "songs.csv").touch()
    with pytest.raises(SpecError, match=named):
        read(path, **options)
    assert calls == []


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("timbr", "did you mean timbre?"),
        ("drumms", "did you mean drums?"),
        ("nothing-like-it", "`gradatim data` lists the datasets"),
        ("no/such/folder", "`gradatim data` lists the datasets"),
    ],
)
def test_nothing_of_that_name_is_an_error_with_a_hint(calls, tmp_path, path, hint):
    (tmp_path / "drums").mkdir()
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value) == f"there is no file, folder or dataset {path!r}; {hint}"


def test_a_file_that_is_no_table_is_refused(calls, tmp_path):
    (tmp_path / "a.wav").touch()
    with pytest.raises(InputError, match="neither a folder of audio nor a table"):
        read("a.wav")


def test_pipes_and_arrays_are_told_what_to_write_instead(calls, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.npz").touch()
    with pytest.raises(InputError, match=r"a pipe or a device.*write it to a file first"):
        read("pipe")
    with pytest.raises(InputError, match=r"NumPy arrays.*write a table"):
        read("x.npz")


def test_the_files_that_are_read_are_known(calls, tmp_path):
    (tmp_path / "songs.csv").touch()
    (tmp_path / "kits.csv").touch()
    (tmp_path / "drums").mkdir()
    assert [f.name for f in files_of("songs.csv", Options(groups="artist"))] == ["songs.csv"]
    assert [f.name for f in files_of("drums", Options(groups="kits.csv"))] == ["kits.csv"]


@pytest.fixture
def scores(monkeypatch):
    """Register a kind that claims ``score:...``, takes --target and knows one name."""
    read = []

    def reader(text, options):
        read.append((text, options.target))
        return "scores"

    kind = Kind(
        claims=lambda text: text.startswith("score:"),
        read=reader,
        phrase="a set of scores",
        takes=("target",),
        names=lambda: ["score:goldberg"],
    )
    monkeypatch.setitem(SOURCES, "score", kind)
    return read


def test_a_kind_that_was_added_is_asked_after_those_that_stand_before_it(calls, scores, tmp_path):
    (tmp_path / "score:folder").mkdir()
    assert read("score:folder") == "read_folder"
    assert read("score:goldberg", ["key"]) == "scores"
    assert scores == [("score:goldberg", ["key"])]


def test_a_kind_that_was_added_refuses_options_and_offers_its_names(calls, scores):
    with pytest.raises(SpecError) as refused:
        read("score:goldberg", drop=["bar"], task="regression")
    assert str(refused.value) == (
        "--drop, --task does not go with score:goldberg, a set of scores; leave it out"
    )
    with pytest.raises(InputError, match=r"did you mean score:goldberg\?"):
        read("scores:goldberg")
    assert scores == []


def test_published_folds_and_a_published_split_exclude_each_other(calls, tmp_path):
    (tmp_path / "songs.csv").touch()
    with pytest.raises(SpecError, match="--fold-column and --split-column exclude each other"):
        read("songs.csv", ["genre"], fold_column="fold", split_column="set")
    assert calls == []


def test_an_empty_path_is_no_folder():
    with pytest.raises(InputError, match="the path is empty; name a file"):
        read_source("", Options())
    with pytest.raises(InputError, match="there is no file or folder ''"):
        extract_source("", Options())
