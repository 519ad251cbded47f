"""Predictions as values, and their files, against cases worked by hand."""

import csv
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from gradatim.errors import OutputError
from gradatim.tagging import Predictions, write_predictions
from gradatim.tagging.files import _file_names, left_out_of_playlists

P = np.array([[0.7, 0.2, 0.1], [0.1, 0.45, 0.45], [0.0, 0.1, 0.9], [0.6, 0.3, 0.1]])


def make(tmp_path=None, **changes):
    names = ["x/1.wav", "x/2.wav", "3.wav", "x/4.wav"]
    given = {
        "source": "sounds",
        "task": "classification",
        "names": ("kick", "snare", "tom"),
        "paths": names,
        "values": np.array(["kick", "snare", "tom", "kick"]),
        "probabilities": P,
        "files": [] if tmp_path is None else [tmp_path / "sounds" / name for name in names],
    }
    return Predictions(**(given | changes))


def test_the_columns_are_path_prediction_probability_and_the_classes_in_order():
    columns = make().to_columns()
    assert list(columns) == ["path", "prediction", "probability", "kick", "snare", "tom"]
    assert columns["probability"] == [0.7, 0.45, 0.9, 0.6]
    assert columns["snare"] == [0.2, 0.45, 0.1, 0.3]


def test_below_its_level_a_model_abstains_and_at_it_it_does_not():
    found = make(abstain_below=0.6)
    assert found.to_columns()["prediction"] == ["kick", None, "tom", "kick"]
    assert found.to_columns()["probability"] == [0.7, 0.45, 0.9, 0.6]
    assert found.counts == {"kick": 2, "snare": 0, "tom": 1}
    assert found.to_dict()["n_abstained"] == 1


def test_a_class_called_as_another_column_is_told_from_it():
    found = make(names=("path", "prediction", "tom"), values=np.array(["path"] * 4))
    assert list(found.to_columns())[3:] == ["path (class)", "prediction (class)", "tom"]
    assert found.to_columns()["path"][2] == "3.wav"
    assert found.counts["path"] == 4


def test_of_labels_those_that_hold_are_joined():
    values = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0], [1, 1, 1]])
    columns = make(task="multilabel", values=values).to_columns()
    assert columns["prediction"] == ["kick|tom", "", "snare", "kick|snare|tom"]
    assert "probability" not in columns
    assert columns["tom"] == P[:, 2].tolist()


def test_numbers_have_a_column_for_each_target():
    two = make(task="regression", names=("bpm", "path"), values=P[:, :2], probabilities=None)
    assert list(two.to_columns()) == ["path", "bpm", "path (target)"]
    one = make(task="regression", names=("bpm",), values=P[:, 0], probabilities=None)
    assert one.to_columns()["prediction"] == P[:, 0].tolist()


def test_tables_hold_the_same_rows_in_full_precision(tmp_path):
    third = make(probabilities=P / 3, abstain_below=0.16)
    paths = [
        write_predictions(third, tmp_path / name)[0] for name in ("a.csv", "b.json", "c.parquet")
    ]
    rows = third.to_rows()
    assert json.loads(paths[1].read_text()) == rows
    assert pq.read_table(paths[2]).to_pylist() == rows
    read = list(csv.DictReader(paths[0].read_text().splitlines()))
    assert [r["prediction"] or None for r in read] == [r["prediction"] for r in rows]
    assert [float(r["tom"]) for r in read] == [r["tom"] for r in rows]
    assert rows[1]["prediction"] is None


def test_a_parquet_file_has_types_even_where_everything_is_empty(tmp_path):
    (path,) = write_predictions(make(abstain_below=1.0), tmp_path / "a.parquet")
    assert str(pq.read_schema(path).field("prediction").type) == "string"


def test_one_playlist_stands_in_the_order_of_classes_and_leaves_out_the_doubtful(tmp_path):
    (path,) = write_predictions(make(tmp_path, abstain_below=0.6), tmp_path / "all.m3u8")
    assert path.read_text() == ("#EXTM3U\n./sounds/x/1.wav\n./sounds/x/4.wav\n./sounds/3.wav\n")


def test_a_folder_gets_a_playlist_of_each_class_from_where_it_lies(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    written = write_predictions(make(tmp_path, abstain_below=0.6), folder)
    assert [path.name for path in written] == ["kick.m3u8", "snare.m3u8", "tom.m3u8"]
    assert written[0].read_text() == "#EXTM3U\n../sounds/x/1.wav\n../sounds/x/4.wav\n"
    # What an earlier model put there would else be heard again.
    assert written[1].read_text() == "#EXTM3U\n"


def test_a_file_with_several_labels_is_in_each_of_their_playlists(tmp_path):
    values = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0], [0, 0, 0]])
    lists = write_predictions(make(tmp_path, task="multilabel", values=values), tmp_path)
    assert ["sounds/x/1.wav" in path.read_text() for path in lists] == [True, False, True]


def test_a_name_that_begins_as_a_remark_is_still_a_file(tmp_path):
    files = [tmp_path / f"#{k}.wav" for k in range(4)]
    (path,) = write_predictions(make(files=files), tmp_path / "a.m3u8")
    assert path.read_text().splitlines()[1] == "./#0.wav"


def test_playlists_have_different_names_that_every_system_allows():
    labels = ["rock/pop", "rock:pop", "Rock_Pop", "..", "", "ok"]
    assert _file_names(labels) == [
        f"{name}.m3u8" for name in ("rock_pop", "rock_pop 2", "Rock_Pop 3", "_", "_ 2", "ok")
    ]


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({}, "a.txt", "names no format"),
        ({}, "a.m3u8", "is no audio"),
        ({"task": "regression", "names": ("bpm",)}, "a.m3u8", "has no classes for playlists"),
    ],
)
def test_what_cannot_be_written_is_an_error(changes, name, said, tmp_path):
    with pytest.raises(OutputError, match=said):
        write_predictions(make(**changes), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_line_break_in_a_path_is_no_second_entry(tmp_path):
    files = [tmp_path / "0.wav", *(tmp_path / f"{k}\nevil.wav" for k in range(1, 4))]
    found = make(files=files)
    (path,) = write_predictions(found, tmp_path / "a.m3u8")
    assert path.read_bytes() == b"#EXTM3U\n./0.wav\n"
    lists = write_predictions(found, tmp_path)
    assert sorted(file.read_bytes() for file in lists) == [
        b"#EXTM3U\n",
        b"#EXTM3U\n",
        b"#EXTM3U\n./0.wav\n",
    ]
    for playlist in (path, tmp_path):
        assert left_out_of_playlists(found, playlist) == files[1:]
    assert left_out_of_playlists(found, tmp_path / "a.csv") == []


def test_halves_of_characters_are_escaped_in_every_table(tmp_path):
    found = make(names=("a\udcff", "snare", "tom"), values=np.array(["a\udcff"] * 4))
    for name in ("a.csv", "a.parquet", "a.json"):
        (path,) = write_predictions(found, tmp_path / name)
        if name == "a.parquet":
            assert pq.read_table(path).to_pylist()[0]["prediction"] == "a\\udcff"
        else:
            assert "a\\udcff" in path.read_text(encoding="utf-8")
