import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from gradatim.climb.sensitivity import FeatureDrop, Importance, TrainingSize
from gradatim.errors import OutputError
from gradatim.reports import write_figures
from tests.reports.conftest import with_probabilities

SVG = "{http://www.w3.org/2000/svg}"


def written(climb, folder):
    paths = write_figures(replace(climb, collection=replace(climb.collection, media=None)), folder)
    assert sorted(path.name for path in paths) == sorted(p.name for p in folder.iterdir())
    for path in paths[:-1]:
        # Each is whole by itself: no file, font or script from elsewhere.
        root = ElementTree.parse(path).getroot()
        assert root.tag == f"{SVG}svg"
        assert root.find(f"{SVG}title").text
        for element in root.iter():
            assert element.tag != f"{SVG}script"
            assert not [name for name in element.attrib if name.endswith(("href", "src"))]
    return [path.name for path in paths], paths[-1].read_text(encoding="utf-8")


def test_every_figure_of_the_report_is_a_file(probable_climb, tmp_path):
    drop = FeatureDrop("loudness", 1, 0.1, (0.05, 0.15))
    nothing = (np.nan, np.nan)
    sizes = [TrainingSize(n, None, 0.5, (0.4, 0.6), 0.1, nothing) for n in (10.0, 20.0)]
    importance = Importance(0.6, 5, [drop], [drop])
    climb = replace(probable_climb, importance=importance, sizes=sizes)
    names, text = written(climb, tmp_path / "figures")
    assert names == [
        "ladder.svg",
        "score-parameters.svg",
        "score-seconds.svg",
        "confusion.svg",
        "calibration.svg",
        "learning-curve.svg",
        "importance-groups.svg",
        "importance-features.svg",
        *(f"epochs-{k}.svg" for k in range(1, 5)),
        "network.svg",
        "figures.md",
    ]
    assert re.findall(r"\]\((.*?)\)", text) == names[:-1]
    assert text.startswith("# Undecided: the shallow network on harmonics may be enough")


def test_the_ladder_has_a_dot_for_every_rung_and_the_matrix_all_samples(climb, tmp_path):
    written(climb, tmp_path)
    ladder = ElementTree.parse(tmp_path / "ladder.svg").getroot()
    assert len(list(ladder.iter(f"{SVG}circle"))) == len(climb.rungs)
    confusion = ElementTree.parse(tmp_path / "confusion.svg").getroot()
    counts = [text.text for text in confusion.iter(f"{SVG}text")]
    assert sum(int(text) for text in counts if text.isdigit()) == climb.collection.n_samples


def test_numbers_are_scattered_one_figure_per_target(regression_climb, tmp_path):
    names, _ = written(regression_climb, tmp_path)
    assert names == ["ladder.svg", "score-parameters.svg", "score-seconds.svg", "predicted-1.svg",
                     "predicted-2.svg", "network.svg", "figures.md"]  # fmt: skip
    first = ElementTree.parse(tmp_path / "predicted-1.svg").getroot()
    assert len(list(first.iter(f"{SVG}circle"))) == 300


def test_labels_have_no_figure_that_would_be_empty(multilabel_climb, tmp_path):
    names, _ = written(multilabel_climb, tmp_path)
    assert names == ["ladder.svg", "figures.md"]


def test_names_from_the_data_are_text_in_markdown_too(hostile_climb, tmp_path):
    command = "gradatim climb '<b>x</b>'"
    _, text = written(with_probabilities(replace(hostile_climb, command=command)), tmp_path)
    assert f"\n    {command}\n" in text
    for line in text.splitlines():
        assert line == f"    {command}" or not re.search(r"(?<!\\)<", line)


def test_a_later_climb_replaces_figures_and_a_missing_folder_is_an_error(climb, tmp_path):
    first, _ = written(climb, tmp_path / "figures")
    assert written(climb, tmp_path / "figures")[0] == first
    with pytest.raises(OutputError, match="make it first"):
        write_figures(climb, tmp_path / "nowhere" / "figures")


def test_figures_that_a_later_climb_does_not_have_are_removed_and_nothing_else(climb, tmp_path):
    write_figures(replace(climb, collection=replace(climb.collection, media=None)), tmp_path)
    mine = {"own.svg": "<svg>mine</svg>", "notes.md": "![x](confusion.svg)"}
    for name, text in {**mine, "network.svg": "<svg>not gradatim's</svg>"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    later = replace(climb, rungs=climb.rungs[:1], verdict=replace(climb.verdict, rung="majority",
                    input=""), models={})  # fmt: skip
    kept = {path.name for path in write_figures(later, tmp_path)}
    assert {path.name for path in tmp_path.iterdir()} == {*kept, *mine, "network.svg"}
    assert "epochs-1.svg" not in kept
