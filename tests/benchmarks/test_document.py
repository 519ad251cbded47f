import json
import re
from pathlib import Path

import pytest

from benchmarks.document import check_document, to_document, write_document
from benchmarks.registry import BENCHES
from benchmarks.result import Options
from gradatim.errors import OutputError

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def test_json_holds_schema_version_machine_seed_and_every_result(tmp_path, make_result):
    file = tmp_path / "found.json"
    write_document(file, [make_result("w1", data={"ratio": 4.0})], Options(seed=7))
    found = json.loads(file.read_text())
    assert found["schema"] == 1
    assert (found["seed"], found["rounds"], found["quick"]) == (7, 3, False)
    assert {"gradatim", "measured", "machine"} <= set(found)
    [result] = found["results"]
    assert (result["bench"], result["ratio"], result["met"]) == ("w1", 4.0, True)


def test_a_new_document_has_a_summary_and_a_section_a_bench(tmp_path, make_result):
    file = tmp_path / "found.md"
    write_document(file, [make_result("single"), make_result("w1")], Options())
    text = file.read_text()
    assert "| `single` | 4 times peer | floor 3 | yes |\n| `w1` |" in text
    assert text.count("**4 times peer.** Target: floor 3: met.") == 2
    assert "| gradatim | 1 |\n| peer | 4 |" in text


def test_a_bench_replaces_its_own_section_and_row_and_nothing_else(tmp_path, make_result):
    file = tmp_path / "found.md"
    write_document(file, [make_result("single"), make_result("w1")], Options())
    before = file.read_text().replace("## w1", "## Tiny networks")
    file.write_text(before)
    write_document(file, [make_result("w1", r"9 times \1 peer")], Options())
    after = file.read_text()
    assert r"| `w1` | 9 times \1 peer |" in after
    assert "| `single` | 4 times peer |" in after
    old, new = (re.split(r"<!-- /?bench w1 -->", text) for text in (before, after))
    assert new[2] == old[2]
    assert "## Tiny networks" in new[0]
    assert "4 times peer" not in new[1]


def test_writing_twice_is_writing_once(tmp_path, make_result):
    file = tmp_path / "found.md"
    write_document(file, [make_result("w1")], Options())
    once = file.read_text()
    write_document(file, [make_result("w1")], Options())
    # The load of the machine may differ, but it is in the JSON only.
    assert file.read_text() == once


def test_a_document_without_a_place_is_refused_before_and_left_alone(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("# My notes\n")
    with pytest.raises(OutputError, match="no place for the results of w1"):
        check_document(file, ["w1"])
    assert file.read_text() == "# My notes\n"


def test_the_page_in_the_docs_has_a_place_for_every_bench():
    check_document(PAGE, list(BENCHES))
    assert "<!-- bench summary -->" in PAGE.read_text()


@pytest.mark.parametrize("name", ["found.txt", "found", "found.svg"])
def test_a_name_that_says_no_format_or_one_that_is_not_there_is_refused(tmp_path, name):
    with pytest.raises(OutputError):
        check_document(tmp_path / name, ["w1"])


def test_an_empty_document_is_valid_json():
    assert json.loads(json.dumps(to_document([], Options())))["results"] == []
