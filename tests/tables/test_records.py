import json

import numpy as np
import pytest

from gradatim.errors import TableError
from gradatim.tables.columns import read_columns

NOTES = {
    "bass_acoustic_000-024-025": {
        "instrument_family_str": "bass", "pitch": 24, "qualities_str": ["dark"], "instrument": 3,
    },
    "flute_synthetic_001-070-100": {
        "instrument_family_str": "flute", "pitch": 70, "qualities_str": [], "velocity": 100,
    },
}  # fmt: skip


def table(tmp_path, content, name="examples.json"):
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_columns(tmp_path / name)


def test_objects_by_key_are_rows_with_their_key(tmp_path):
    found = table(tmp_path, NOTES)
    assert found.names == (
        *("key", "instrument_family_str", "pitch", "qualities_str", "instrument", "velocity"),
    )
    assert found.texts("key") == list(NOTES)
    assert found.numbers("pitch").tolist() == [24.0, 70.0]
    assert found.is_of_lists("qualities_str")
    assert np.isnan(found.numbers("velocity")).tolist() == [True, False]
    assert found.rows.tolist() == [1, 2]


def test_a_field_called_key_is_kept(tmp_path):
    found = table(tmp_path, {"a": {"key": "C"}, "b": {"key": "D"}})
    assert (found.names, found.texts("key")) == (("key",), ["C", "D"])


def test_a_list_of_objects_and_one_on_each_line_are_rows(tmp_path):
    rows = [{"f": "a.wav", "y": 1.5}, {"f": "b.wav", "y": None}]
    lines = "\n\n".join(map(json.dumps, rows)) + "\n"
    for found in (table(tmp_path, rows), table(tmp_path, lines, "x.JSONL")):
        assert found.texts("f") == ["a.wav", "b.wav"]
        assert found.is_missing("y").tolist() == [False, True]


def test_a_label_for_each_file_is_a_table_of_two_columns(tmp_path):
    found = table(tmp_path, {"a.wav": "jazz", "b.wav": "rock"})
    assert (found.texts("key"), found.texts("value")) == (["a.wav", "b.wav"], ["jazz", "rock"])


def test_mixed_and_nested_values_are_texts(tmp_path):
    found = table(tmp_path, [{"a": 1, "b": {"c": [1]}}, {"a": "x", "b": {}}, {"a": 2**70, "b": 3}])
    assert found.texts("a") == ["1", "x", str(2**70)]
    assert found.texts("b") == ['{"c": [1]}', "{}", "3"]


def test_half_a_character_does_no_harm(tmp_path):
    assert table(tmp_path, '[{"a": "x\\ud800y"}, {"a": "z"}]').texts("a") == ["x?y", "z"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "no JSON"),
        ("", "no JSON"),
        ("3", "no table"),
        ("{}", "no table"),
        ("[]", "no table"),
        ("[1, 2]", "no table"),
        ('{"a": {"b": 1}, "c": 2}', "no table"),
        ('{"a": [1, 2], "b": [3, 4]}', "no table"),
        ("[" * 100_000, "nested too deeply|no JSON"),
        ("[{}]", "no columns"),
    ],
)
def test_what_is_no_table_is_one_sentence(tmp_path, content, why):
    with pytest.raises(TableError, match=why) as caught:
        table(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_a_sentence(tmp_path):
    (tmp_path / "a.json").write_bytes(b'[{"a": "\xff"}]')
    with pytest.raises(TableError, match="UTF-8"):
        read_columns(tmp_path / "a.json")
