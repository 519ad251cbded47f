import importlib.util
from pathlib import Path

TOOL = Path("tools/make_tunes.py")
BOOKS = Path("examples/tunes")


def test_the_tunes_in_the_examples_are_those_that_the_tool_makes(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("make_tunes", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    tool.main()
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text() for path in BOOKS.glob("*.abc")}
    assert len(made) == 8
